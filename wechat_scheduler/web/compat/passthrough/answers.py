"""The gateway's own answers, in WeChat's form: HTTP 200, a number as `errcode`, a sentence as `errmsg`.

Beside them, `advice` says what to do where WeChat would say nothing.
"""

from collections.abc import Mapping
from types import MappingProxyType
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
from wechat_scheduler.gateway.refused_callers import CallerRefusedError
from wechat_scheduler.gateway.refused_calls import CallRefusal, CallRefusedError
from wechat_scheduler.gateway.refused_tokens import TokenRefusal, TokenRefusedError
from wechat_scheduler.reasons import Verdict
from wechat_scheduler.web.compat.errcodes import errcode_of
from wechat_scheduler.web.kit.shapes import TroubleError

BUSY: Final = -1
TOO_FAST: Final = 45011
UNAUTHORIZED: Final = 48001
_MALFORMED: Final = 47001
_TYPE: Final = "application/json; charset=utf-8"

ERRCODES: Final[Mapping[CallRefusal | TokenRefusal, int]] = MappingProxyType(
    {
        TokenRefusal.UNKNOWN: 40001,
        TokenRefusal.ENDED: 40001,
        TokenRefusal.EXPIRED: 42001,
        CallRefusal.PATH: UNAUTHORIZED,
        CallRefusal.USER_TOKENS: UNAUTHORIZED,
        CallRefusal.MISSING: 41001,
        CallRefusal.TWO_TOKENS: 40014,
        CallRefusal.TOO_MANY: TOO_FAST,
        CallRefusal.TOO_FAST: TOO_FAST,
    }
)
# What other errors of a request mean to WeChat's callers; the first that fits.
_OF_ERRORS: Final[tuple[tuple[type[RequestError], int], ...]] = (
    (ThrottledError, TOO_FAST),
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
    if isinstance(error, CallRefusedError | TokenRefusedError):
        return _answer(ERRCODES[error.refusal], error.sentence)
    if isinstance(error, CallerRefusedError):
        errcode, words = errcode_of(error)
        return _answer(errcode, f"{words}: {error}")
    errcode = next((code for kind, code in _OF_ERRORS if isinstance(error, kind)), _MALFORMED)
    if errcode == BUSY:
        return _answer(errcode, "system error", str(error))
    return _answer(errcode, str(error))


def failed(error: WeChatError) -> web.Response:
    """WeChat did not answer, or could not be asked."""
    if error.verdict is Verdict.SLOWER:
        return _answer(TOO_FAST, str(error), error.advice)
    return _answer(BUSY, f"system error: {error}", error.advice)


def unrouted(request: web.Request, error: web.HTTPException) -> web.Response:
    return _answer(UNAUTHORIZED, CallRefusal.PATH.sentence)


def _answer(errcode: int, errmsg: str, advice: str = "") -> web.Response:
    body = msgspec.json.encode(GatewayAnswer(errcode, errmsg, advice))
    return web.Response(body=body, headers={hdrs.CONTENT_TYPE: _TYPE})
