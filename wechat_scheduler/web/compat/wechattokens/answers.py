"""Answers in WeChat's form: HTTP 200, errors with a number as `errcode` and a sentence as `errmsg` (全局返回码).

A success has no `errcode`, but for a ticket's, which is 0.
"""

from types import MappingProxyType
from typing import Any, Final

import msgspec
from aiohttp import hdrs, web

from wechat_scheduler.errors import (
    ForbiddenError,
    RequestError,
    ThrottledError,
    UnauthorizedError,
    UnavailableError,
    WeChatError,
)
from wechat_scheduler.gateway.refused_callers import CallerRefusedError
from wechat_scheduler.gateway.refused_calls import CallRefusedError
from wechat_scheduler.gateway.refused_tokens import TokenRefusal, TokenRefusedError
from wechat_scheduler.web.compat.errcodes import SLOWER, WRONG_SECRET, errcode_of
from wechat_scheduler.web.kit.shapes import TroubleError

_UNAUTHORIZED: Final = (48001, "api unauthorized")
_TYPE: Final = "application/json; charset=utf-8"

_TOKENS: Final = MappingProxyType(
    {
        TokenRefusal.UNKNOWN: (40001, "invalid credential"),
        TokenRefusal.ENDED: (40001, "invalid credential"),
        TokenRefusal.EXPIRED: (42001, "access_token expired"),
    }
)


class ErrcodeError(RequestError):
    """The response has this `errcode`."""

    def __init__(self, errcode: int, message: str) -> None:
        super().__init__(message)
        self.errcode = errcode


def respond(fields: dict[str, Any]) -> web.Response:
    return web.Response(body=msgspec.json.encode(fields), headers={hdrs.CONTENT_TYPE: _TYPE})


def refused(request: web.Request, error: RequestError) -> web.Response:
    errcode, words = _refusal(error)
    return respond({"errcode": errcode, "errmsg": f"{words}: {error}" if words else str(error)})


def failed(error: WeChatError) -> web.Response:
    """WeChat did not answer."""
    return respond({"errcode": -1, "errmsg": f"system error: {error}", "advice": error.advice})


def _refusal(error: RequestError) -> tuple[int, str]:
    """The errcode, and WeChat's words for it."""
    match error:
        case ErrcodeError():
            return error.errcode, ""
        case CallerRefusedError():
            return errcode_of(error)
        case TokenRefusedError():
            return _TOKENS[error.refusal]
        case CallRefusedError():
            return SLOWER if error.pause else _UNAUTHORIZED
        case ThrottledError():
            return SLOWER
        case UnauthorizedError():
            return WRONG_SECRET
        case ForbiddenError():
            return _UNAUTHORIZED
        case UnavailableError() | TroubleError():
            return -1, "system error"
    return 47001, "data format error"
