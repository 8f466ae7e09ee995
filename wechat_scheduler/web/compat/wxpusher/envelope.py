"""WxPusher's envelope and codes, and the loose values of its clients.

Every response has HTTP status 200; `code` and `msg` tell the error [issue logs of wxpusher-client].
"""

import enum
import math
import re
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias, TypeVar
from urllib.parse import parse_qsl, unquote_to_bytes

import msgspec
from aiohttp import web

from wechat_scheduler.errors import (
    CompressedError,
    ConflictError,
    InvalidRequestError,
    RequestError,
    ThrottledError,
    TooLargeError,
)
from wechat_scheduler.web.kit.bodies import decode, whole_pairs
from wechat_scheduler.web.kit.error_formats import TroubleError
from wechat_scheduler.web.kit.ids import ID
from wechat_scheduler.web.kit.query import NulError
from wechat_scheduler.web.kit.route import Handler

T = TypeVar("T")

OK: Final = "处理成功"
_WHOLE = re.compile(r"-?[0-9]{1,16}")
_SWITCH: Final = {"true": True, "1": True, "false": False, "0": False}

Loose: TypeAlias = int | float | str | None
"""A number, a number as text, or nothing: `null` and `""` count as left out."""


class ErrorCode(enum.IntEnum):
    """The codes in use here [ResultCode of the Java SDK]."""

    OK = 1000
    BUSINESS = 1001
    UNAUTHORISED = 1002
    NOWHERE = 1004
    TROUBLE = 1005
    WECHAT = 1006


class WxPusherError(RequestError):
    """An error in WxPusher's words. The message names the field."""

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


def success(data: object, msg: str = OK) -> str:
    """The text of a successful response."""
    return msgspec.json.encode(WxPusherEnvelope(ErrorCode.OK, msg, data, True)).decode()


def respond(text: str) -> web.Response:
    return web.Response(text=text, content_type="application/json")


def as_route(handler: Callable[[web.Request], Awaitable[str]]) -> Handler:
    """A route's handler from one that returns the text of the response."""

    async def handle(request: web.Request) -> web.StreamResponse:
        return respond(await handler(request))

    return handle


def refused(request: web.Request, error: RequestError) -> web.Response:
    code, msg = worded(request, error)
    return respond(msgspec.json.encode(WxPusherEnvelope(code, msg, None, False)).decode())


def unrouted(request: web.Request, error: web.HTTPException) -> web.Response:
    """The response to a path or a method that no route has."""
    msg = f"接口[({request.method}){request.path}]不存在"
    return refused(request, WxPusherError(msg, code=ErrorCode.NOWHERE))


def worded(request: web.Request, error: RequestError) -> tuple[ErrorCode, str]:
    """The error as WxPusher words it."""
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
        case CompressedError():
            return ErrorCode.BUSINESS, "请求体不能压缩"
        case TroubleError(status=503):
            return ErrorCode.TROUBLE, "服务器内部错误：存储暂时不可用，请稍后重试"
        case TroubleError():
            return ErrorCode.TROUBLE, "服务器内部错误"
        case NulError():
            return ErrorCode.BUSINESS, "网址中含有 NUL（%00）"
        case InvalidRequestError():
            return ErrorCode.BUSINESS, str(error)
        case _:
            return ErrorCode.TROUBLE, f"接口 [{request.path}] 出现异常：{error}"


def read(body: bytes, form: type[T], path: str) -> T:
    """The body. Raises WxPusherError 1005 if it is no JSON or has values of wrong types."""
    try:
        return decode(body, form)
    except InvalidRequestError as error:
        what = f"{error.field} 的类型不正确" if error.field else "请求体必须是 JSON 对象"
        raise malformed(path, what) from error


def malformed(path: str, what: str) -> WxPusherError:
    return WxPusherError(f"接口 [{path}] 出现异常：{what}", code=ErrorCode.TROUBLE)


def query_of(request: web.Request) -> dict[str, str]:
    """The query, the first value of each name, with halves of surrogate pairs replaced. Raises
    WxPusherError if it is not in UTF-8."""
    query = request.rel_url.raw_query_string
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    return {name: _text(value.encode(errors="surrogateescape")) for name, value in reversed(pairs)}


def check_path(request: web.Request) -> None:
    """Raises WxPusherError if the path is not in UTF-8."""
    _text(unquote_to_bytes(request.rel_url.raw_path))


def _text(value: bytes) -> str:
    try:
        return whole_pairs(value).decode()
    except UnicodeDecodeError as error:
        raise WxPusherError("请求地址必须用 UTF-8 编码") from error


def text_of(value: Loose) -> str:
    """The value as text; empty for null."""
    return "" if value is None else str(value)


def whole(value: Loose, field: str, *, least: int, most: int, default: int) -> int:
    """The whole number; the original takes 1.0 for 1 too. Raises WxPusherError if it is none or out of bounds."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = text_of(value).strip()
    if not text:
        return default
    if isinstance(value, float) or not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
        raise WxPusherError(f"{field} 必须是 {least} 到 {most} 的整数", field=field)
    return int(text)


def switch(value: Loose, field: str) -> bool | None:
    """A boolean, None if it is left out. Raises WxPusherError."""
    text = text_of(value).strip().lower()
    if text and text not in _SWITCH:
        raise WxPusherError(f"{field} 必须是 true 或 false", field=field)
    return _SWITCH.get(text)


def id_of(value: str, field: str) -> int:
    """An id. Raises WxPusherError if it cannot be one."""
    if not ID.fullmatch(value.strip()):
        raise WxPusherError(f"{field} 不合法", field=field)
    return int(value)
