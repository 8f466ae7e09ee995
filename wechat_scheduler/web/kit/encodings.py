"""Refuses compressed bodies."""

from typing import Any, Final

from aiohttp import hdrs, web

from wechat_scheduler.errors import CompressedError
from wechat_scheduler.reasons import Reason

# Arguments of a `web.Application`. aiohttp would inflate a body even to throw it away.
NO_INFLATING: Final[dict[str, Any]] = {"auto_decompress": False}

# Some clients put the charset here.
_PLAIN: Final = {"", "identity", "utf-8", "utf8"}


def refuse_compressed(request: web.Request) -> None:
    """Raises CompressedError, before the caller has proved anything."""
    if hdrs.CONTENT_ENCODING not in request.headers or not request.body_exists:
        return
    names = ",".join(request.headers.getall(hdrs.CONTENT_ENCODING, ())).split(",")
    if not {name.strip().lower() for name in names} <= _PLAIN:
        raise CompressedError(
            "the body is compressed; send it as it is, without Content-Encoding",
            reason=Reason.BODY_COMPRESSED,
        )
