"""`ETag` and `If-Match`: a change of what another has changed since it was read is refused."""

import hashlib
from typing import Final

import msgspec
from aiohttp import hdrs, web

from wechat_scheduler.errors import RequestError
from wechat_scheduler.reasons import Reason

_ANY: Final = "*"
# Characters of a tag: of all that one thing ever was, no two have the same.
_LONG: Final = 24


class PreconditionError(RequestError):
    """The request is meant for another state of what is stored."""

    status = 412


def tag_of(shown: object) -> str:
    """The tag of what a response shows, in quotes."""
    return f'"{hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:_LONG]}"'


def tagged(shown: object) -> dict[str, str]:
    """The header of a response that shows it."""
    return {hdrs.ETAG: tag_of(shown)}


def require_match(request: web.Request, shown: object) -> None:
    """`shown` is how the stored thing would be shown now. Raises PreconditionError if the request is meant for another
    state of it."""
    given = request.headers.get(hdrs.IF_MATCH)
    if given is None or given.strip() == _ANY:
        return
    tags = {f'"{tag.value}"' for tag in request.if_match or () if not tag.is_weak}
    if tag_of(shown) not in tags:
        raise PreconditionError(
            "it was changed since: read it again, and send the change with its new ETag",
            reason=Reason.REQUEST_OUTDATED,
        )
