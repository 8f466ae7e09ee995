"""How Tencent's OpenAPI V3 answers ("公共返回码说明"): 200, `text/html`, and the outcome in `ret`."""

import enum
from collections.abc import Mapping
from html import escape
from typing import Final

import msgspec
from aiohttp import web

from wechat_scheduler.errors import RequestError, ThrottledError
from wechat_scheduler.web.kit.shapes import TroubleError

JSON: Final = "json"
XML: Final = "xml"

# In which of them a request wants its answer, as far as it could be read.
FORMAT = web.RequestKey("FORMAT", str)


class Ret(enum.IntEnum):
    """The codes that are given here. Below zero the call was refused as such, above it its content."""

    OK = 0
    INVALID = 1000
    BUSY = 1001
    NO_LOGIN = 1002
    WORDS = 2000
    TOO_MANY = 2003
    PARAMETERS = -1
    NO_APP = -2
    ADDRESS = -4
    SIGNATURE = -5
    FREQUENCY = -6
    NO_API = -9
    NO_CONSENT = -20
    OPENID = -64


class TencentError(RequestError):
    """The call gets this `ret`; `field` is the parameter that is to blame."""

    def __init__(self, ret: Ret, message: str, *, field: str = "") -> None:
        super().__init__(message, field=field)
        self.ret = ret


def answer(request: web.Request, fields: Mapping[str, int | str]) -> web.Response:
    """`fields` in the format that the request wants."""
    render = _xml if request.get(FORMAT) == XML else _json
    return web.Response(text=render(fields), content_type="text/html", charset="utf-8")


def refused(request: web.Request, error: RequestError) -> web.Response:
    """`{"ret", "msg"}`, whatever went wrong."""
    return answer(request, {"ret": _ret(error).value, "msg": str(error)})


def _ret(error: RequestError) -> Ret:
    match error:
        case TencentError():
            return error.ret
        case ThrottledError():
            return Ret.FREQUENCY
        case TroubleError():
            return Ret.BUSY
    return Ret.PARAMETERS


def _json(fields: Mapping[str, int | str]) -> str:
    return msgspec.json.encode(fields).decode()


def _xml(fields: Mapping[str, int | str]) -> str:
    inner = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in fields.items())
    return f'<?xml version="1.0" encoding="UTF-8"?><data>{inner}</data>'
