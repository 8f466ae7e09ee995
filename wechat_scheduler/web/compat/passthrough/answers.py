"""The gateway's own answers, in WeChat's form: HTTP 200, a number as `errcode`, a sentence as `errmsg`.

Beside them, `advice` repeats what to do where WeChat did not answer.
"""

from typing import Final

import msgspec
from aiohttp import hdrs, web

from wechat_scheduler.errors import (
    NotFoundError,
    RequestError,
    ThrottledError,
    TooLargeError,
    UnavailableError,
    WeChatError,
)
from wechat_scheduler.gateway.refused_calls import CallRefusal, CallRefusedError
from wechat_scheduler.web.compat.errcodes import SLOWER, GatewayRefusal, errcode_of
from wechat_scheduler.web.compat.replies import BUSY, respond, unanswered
from wechat_scheduler.web.kit.error_formats import TroubleError
from wechat_scheduler.web.kit.services import Services

_MALFORMED: Final = 47001

# What other errors of a request mean to WeChat's callers; the first that fits.
_OF_ERRORS: Final[tuple[tuple[type[RequestError], int], ...]] = (
    (ThrottledError, SLOWER[0]),
    (NotFoundError, 40001),
    (TooLargeError, 45001),
    (UnavailableError, BUSY),
    (TroubleError, BUSY),
)


class GatewayAnswer(msgspec.Struct, omit_defaults=True):
    """An error."""

    errcode: int
    errmsg: str
    advice: str = ""


def refused(request: web.Request, error: RequestError) -> web.Response:
    if isinstance(error, GatewayRefusal):
        return _answer(*errcode_of(error))
    errcode = next((code for kind, code in _OF_ERRORS if isinstance(error, kind)), _MALFORMED)
    if errcode == BUSY:
        return _answer(errcode, f"system error: {error}")
    return _answer(errcode, str(error))


def failed(services: Services, error: WeChatError, *, appid: str, caller: str) -> web.Response:
    """WeChat did not answer, or could not be asked."""
    return _answer(*unanswered(services, error, appid=appid, caller=caller))


def unrouted(request: web.Request, error: web.HTTPException) -> web.Response:
    refusal = CallRefusal.METHOD
    if request.method in (hdrs.METH_GET, hdrs.METH_POST):
        refusal = CallRefusal.FAMILY
    call = f"{request.method} {request.path}"
    return refused(request, CallRefusedError(refusal, call=call))


def closed(request: web.Request, error: web.HTTPException) -> web.Response:
    """The gateway is off."""
    return refused(request, CallRefusedError(CallRefusal.OFF))


def _answer(errcode: int, errmsg: str, advice: str = "") -> web.Response:
    return respond(GatewayAnswer(errcode, errmsg, advice))
