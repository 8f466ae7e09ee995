"""Long answers, a page at a time."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.errors import InvalidRequestError

PAGE: Final = 100
LARGEST_PAGE: Final = 1000


def limit_of(request: web.Request) -> int:
    """How much of it is wanted at once: `limit=`. Raises InvalidRequestError."""
    text = request.query.get("limit", "")
    if not text:
        return PAGE
    if not text.isdecimal() or len(text) > 4 or not 1 <= int(text) <= LARGEST_PAGE:
        raise InvalidRequestError(f"must be a number from 1 to {LARGEST_PAGE}", field="limit")
    return int(text)


def link_to_next(request: web.Request, **query: str) -> dict[str, str]:
    """The header that names the page after this one: the same request with that `query`."""
    return {hdrs.LINK: f'<{request.rel_url.update_query(query)}>; rel="next"'}
