"""Calls of Tencent's OpenAPI V3: their parameters, app and user, and the form of the responses.

A call is checked in Tencent's order: parameters, appid, API, address, frequency, signature, user; then
the parameters of the API itself. Every response has status 200 and type `text/html`, and the outcome
is in `ret` ("公共返回码说明").
"""

import enum
import re
from collections.abc import Mapping
from html import escape
from typing import Final

import msgspec
from aiohttp import web

from wechat_scheduler.audience.model import Alias, App
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.errors import RequestError, ThrottledError
from wechat_scheduler.web.compat.tencent.signature import SIG, is_signed
from wechat_scheduler.web.kit.bodies import form_fields
from wechat_scheduler.web.kit.error_formats import TroubleError
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.kit.slashes import tidied

COMMON: Final = ("openid", "openkey", "appid", SIG, "pf")
MOST_PARAMETERS: Final = 100
_APPID = re.compile(r"[0-9]{1,16}")
_OPENID = re.compile(r"[0-9A-Fa-f]{32}")
_NAME = re.compile(r"[A-Za-z0-9_]{1,32}")
# Reads bytes that are not UTF-8 as surrogates, so that they are signed as they were sent.
_AS_SENT: Final = "surrogateescape"

XML: Final = "xml"
# The format that a request wants its response in.
FORMAT = web.RequestKey("FORMAT", str)


class Ret(enum.IntEnum):
    """The codes in use here. Negative ones refuse the call, positive ones its content."""

    OK = 0
    INVALID = 1000
    BUSY = 1001
    NO_LOGIN = 1002
    FROZEN = 1003
    WORDS = 2000
    NO_RIGHT = 2001
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
    """The response has this `ret`; `field` is the wrong parameter."""

    def __init__(self, ret: Ret, message: str, *, field: str = "") -> None:
        super().__init__(message, field=field)
        self.ret = ret


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCall:
    """`alias` is the user that the call is about."""

    app: App
    alias: Alias
    params: Mapping[str, str] = field(repr=False)


async def admitted(request: web.Request) -> SignedCall:
    """The call, with address, signature and user verified. Raises TencentError, ThrottledError,
    StorageError."""
    app, params = await known(request)
    address = request.app[SERVICES].authenticator.address(request)
    if app.networks and not any(address in network for network in app.networks if address):
        raise TencentError(Ret.ADDRESS, "the app may not be used from this address")
    # A client that joined its address and the path signs the path that it means, or the one it sends.
    paths = (tidied(request.method, request.path), request.path)
    if not any(is_signed(app.app_key, request.method, path, params) for path in paths):
        request.app[SERVICES].authenticator.wrong_token(request, reason="signature")
        raise TencentError(Ret.SIGNATURE, "signature verification failed")
    return SignedCall(app=app, alias=await _user(request, app, params), params=params)


async def known(request: web.Request) -> tuple[App, Mapping[str, str]]:
    """The app that a call names, and its parameters, without verification. Raises TencentError."""
    # The format of the query holds if the body cannot be read.
    query = request.raw_path.partition("?")[2]
    request[FORMAT] = dict(_pairs(query)).get("format", "")
    params = _single([*_pairs(query), *_pairs((await request.read()).decode(errors=_AS_SENT))])
    request[FORMAT] = params.get("format", "")
    for name in COMMON:
        if not params.get(name):
            raise TencentError(Ret.PARAMETERS, "is missing", field=name)
    appid = params["appid"]
    directory = request.app[SERVICES].directory
    app = await directory.find_app(int(appid)) if _APPID.fullmatch(appid) else None
    if app is None:
        raise TencentError(Ret.NO_APP, "there is no app with this id", field="appid")
    return app, params


async def _user(request: web.Request, app: App, params: Mapping[str, str]) -> Alias:
    services = request.app[SERVICES]
    openid, openkey = params["openid"], params["openkey"]
    alias = await services.openids.known(app, openid) if _OPENID.fullmatch(openid) else None
    if alias is None:
        raise TencentError(Ret.OPENID, "no user has it", field="openid")
    if not services.openids.opens(alias, openkey):
        if alias.openkey_until is None or alias.openkey_until <= services.clock.now():
            raise TencentError(Ret.NO_LOGIN, "请先登录")
        raise TencentError(Ret.OPENID, "is not the user's current one", field="openkey")
    return alias


def _pairs(text: str) -> list[tuple[str, str]]:
    return form_fields(text, errors=_AS_SENT, most=MOST_PARAMETERS)


def _single(pairs: list[tuple[str, str]]) -> Mapping[str, str]:
    """Refuses a parameter that occurs twice: the signature may mean one and the reader the other."""
    params: dict[str, str] = {}
    for name, value in pairs:
        if name in params:
            shown = name if _NAME.fullmatch(name) else ""
            raise TencentError(Ret.PARAMETERS, "occurs twice", field=shown)
        params[name] = value
    return params


def respond(request: web.Request, fields: Mapping[str, int | str]) -> web.Response:
    """The fields in the format that the request wants."""
    render = _xml if request.get(FORMAT) == XML else _json
    return web.Response(text=render(fields), content_type="text/html", charset="utf-8")


def refused(request: web.Request, error: RequestError) -> web.Response:
    """The error as `{"ret", "msg"}`."""
    return respond(request, {"ret": _ret(error).value, "msg": str(error)})


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
