"""WxPusher on the wire: the envelope, the codes, and values as loose as its clients write them.

Every answer is HTTP 200; what went wrong is in `code` and `msg` [issue logs of wxpusher-client].
"""

import enum
import math
import re
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias, TypeVar

import msgspec
from aiohttp import web

from wechat_scheduler.errors import (
    ConflictError,
    InvalidRequestError,
    RequestError,
    ThrottledError,
    TooLargeError,
)
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.route import Handler
from wechat_scheduler.web.kit.shapes import TroubleError

T = TypeVar("T")

OK: Final = "处理成功"
_ID = re.compile(r"[0-9]{1,16}")
_WHOLE = re.compile(r"-?[0-9]{1,16}")
_SWITCH: Final = {"true": True, "1": True, "false": False, "0": False}

Loose: TypeAlias = int | float | str | None
"""A number, or a number as text, or nothing at all: `null` and `""` are what was left out."""


class ErrorCode(enum.IntEnum):
    """Of the original's codes [ResultCode of the Java SDK] those that are answered here."""

    OK = 1000
    BUSINESS = 1001
    UNAUTHORISED = 1002
    NOWHERE = 1004
    TROUBLE = 1005
    WECHAT = 1006


class WxPusherError(RequestError):
    """What was asked for does not go, said in WxPusher's words. `str(error)` names the field."""

    def __init__(
        self, message: str, *, code: ErrorCode = ErrorCode.BUSINESS, field: str = ""
    ) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


class WxPusherEnvelope(msgspec.Struct):
    """`data` is null where `success` is false."""

    code: int
    msg: str
    data: object
    success: bool


def answered(data: object, msg: str = OK) -> str:
    """The text of a good answer."""
    return msgspec.json.encode(WxPusherEnvelope(ErrorCode.OK, msg, data, True)).decode()


def respond(text: str) -> web.Response:
    return web.Response(text=text, content_type="application/json")


def answering(handler: Callable[[web.Request], Awaitable[str]]) -> Handler:
    """A handler of a route from one that returns the text of its answer."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return respond(await handler(request))

    return answer


def refused(request: web.Request, error: RequestError) -> web.Response:
    code, msg = worded(request, error)
    return respond(msgspec.json.encode(WxPusherEnvelope(code, msg, None, False)).decode())


def unrouted(request: web.Request, error: web.HTTPException) -> web.Response:
    """What the original says of a path, or a method, that it does not have."""
    msg = f"接口[({request.method}){request.path}]不存在"
    return refused(request, WxPusherError(msg, code=ErrorCode.NOWHERE))


def worded(request: web.Request, error: RequestError) -> tuple[ErrorCode, str]:
    """What WxPusher's users are told of an error."""
    match error:
        case WxPusherError():
            return error.code, str(error)
        case ThrottledError():
            seconds = math.ceil(error.retry_after.total_seconds())
            return ErrorCode.BUSINESS, f"请求过于频繁，请 {seconds} 秒后再试"
        case ConflictError():
            return ErrorCode.BUSINESS, "Idempotency-Key 已经用于另一个请求"
        case TooLargeError():
            return ErrorCode.BUSINESS, "请求体过大"
        case TroubleError(status=503):
            return ErrorCode.TROUBLE, "服务器内部错误：存储暂时不可用，请稍后重试"
        case TroubleError():
            return ErrorCode.TROUBLE, "服务器内部错误"
        case InvalidRequestError():
            return ErrorCode.BUSINESS, str(error)
        case _:
            return ErrorCode.TROUBLE, f"接口 [{request.path}] 出现异常：{error}"


def read(decoder: "msgspec.json.Decoder[T]", body: bytes, path: str) -> T:
    """Raises WxPusherError 1005 at what is no JSON, or of another type than documented."""
    try:
        return decode(decoder, body)
    except InvalidRequestError as error:
        raise malformed(path, str(error)) from error


def malformed(path: str, what: str) -> WxPusherError:
    return WxPusherError(f"接口 [{path}] 出现异常：{what}", code=ErrorCode.TROUBLE)


def text_of(value: Loose) -> str:
    """As it was written, a number too."""
    return "" if value is None else str(value)


def whole(value: Loose, field: str, *, least: int, most: int, default: int) -> int:
    """Raises WxPusherError unless it is a whole number in those bounds, or left out."""
    text = text_of(value).strip()
    if not text:
        return default
    if isinstance(value, float) or not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
        raise WxPusherError(f"{field} 必须是 {least} 到 {most} 的整数", field=field)
    return int(text)


def switch(value: Loose, field: str) -> bool | None:
    """None if it was left out. Raises WxPusherError."""
    text = text_of(value).strip().lower()
    if text and text not in _SWITCH:
        raise WxPusherError(f"{field} 必须是 true 或 false", field=field)
    return _SWITCH.get(text)


def id_of(value: str, field: str) -> int:
    """Raises WxPusherError for what cannot be one of ours."""
    if not _ID.fullmatch(value):
        raise WxPusherError(f"{field} 不合法", field=field)
    return int(value)
