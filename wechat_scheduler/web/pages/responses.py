"""Pages and their errors as HTTP responses."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.errors import (
    NotFoundError,
    RequestError,
    SchedulerError,
    UnavailableError,
    WeChatError,
)
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.envelope import SOON
from wechat_scheduler.web.kit.route import Handler
from wechat_scheduler.web.kit.shapes import shaped
from wechat_scheduler.web.pages.bulletin import bulletin_page
from wechat_scheduler.web.pages.document import Page

GONE: Final = 410
WORDS: Final = {
    400: ("操作无效", "请返回后重试。"),
    404: ("页面不存在", "链接不完整，或者内容已经过期。"),
    413: ("内容过大", "请返回后重试。"),
    429: ("操作太频繁", "请稍后再试。"),
}
TROUBLE: Final = ("暂时无法打开", "请稍后再试。")


def page_response(page: Page, status: int = 200) -> web.Response:
    return web.Response(status=status, body=page.html.encode(), headers=page.headers)


def redirected(to: str) -> web.Response:
    """A 303 that the browser follows with GET. `to` is a secret: no Referer carries it elsewhere."""
    headers = {hdrs.LOCATION: to, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    return web.Response(status=303, headers=headers)


def paged(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Handler:
    """The handler with its errors as pages, which reveal nothing to strangers."""
    return shaped(handler, refused)


def named(name: str | None) -> str:
    """The name in a capability. Raises NotFoundError for None: the link is not one of ours."""
    if name is None:
        raise NotFoundError("this link is not complete", reason=Reason.ROUTE_UNKNOWN)
    return name


def no_code(error: SchedulerError) -> UnavailableError:
    """The error of a page whose QR code WeChat does not draw."""
    wait = error.retry_after if isinstance(error, WeChatError | UnavailableError) else None
    return UnavailableError(
        f"WeChat draws no code: {error}",
        reason=Reason.WECHAT_UNAVAILABLE,
        retry_after=wait or SOON,
    )


def refused(request: web.Request, error: RequestError) -> web.StreamResponse:
    """The page of an error, by its status."""
    title, text = WORDS.get(error.status, TROUBLE)
    return page_response(bulletin_page(title, text), error.status)
