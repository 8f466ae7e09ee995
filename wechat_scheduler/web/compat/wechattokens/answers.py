"""Answers in WeChat's form: HTTP 200, errors with a number as `errcode` and a sentence as `errmsg` (全局返回码).

A success has no `errcode`, but for a ticket's, which is 0.
"""

from aiohttp import web

from wechat_scheduler.errors import (
    ForbiddenError,
    RequestError,
    ThrottledError,
    UnauthorizedError,
    UnavailableError,
    WeChatError,
)
from wechat_scheduler.web.compat.errcodes import (
    SLOWER,
    UNAUTHORIZED,
    WRONG_SECRET,
    GatewayRefusal,
    errcode_of,
)
from wechat_scheduler.web.compat.replies import BUSY, respond, unanswered
from wechat_scheduler.web.kit.error_formats import TroubleError
from wechat_scheduler.web.kit.services import Services


class ErrcodeError(RequestError):
    """The response has this `errcode`."""

    def __init__(self, errcode: int, message: str) -> None:
        super().__init__(message)
        self.errcode = errcode


def refused(request: web.Request, error: RequestError) -> web.Response:
    errcode, sentence = _refusal(error)
    return respond({"errcode": errcode, "errmsg": sentence})


def failed(services: Services, error: WeChatError, *, appid: str, caller: str) -> web.Response:
    """WeChat did not answer."""
    return respond(unanswered(services, error, appid=appid, caller=caller)._asdict())


def _refusal(error: RequestError) -> tuple[int, str]:
    """The errcode, and its sentence."""
    if isinstance(error, ErrcodeError):
        return error.errcode, str(error)
    if isinstance(error, GatewayRefusal):
        return errcode_of(error)
    errcode, words = _meaning(error)
    return errcode, f"{words}: {error}"


def _meaning(error: RequestError) -> tuple[int, str]:
    """The errcode, and WeChat's words for it."""
    match error:
        case ThrottledError():
            return SLOWER
        case UnauthorizedError():
            return WRONG_SECRET
        case ForbiddenError():
            return UNAUTHORIZED
        case UnavailableError() | TroubleError():
            return BUSY, "system error"
    return 47001, "data format error"
