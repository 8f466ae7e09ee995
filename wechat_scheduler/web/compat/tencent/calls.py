"""What every call of Tencent's OpenAPI V3 has in common: its parameters, and who is behind them.

The order in which it is looked at is Tencent's: parameters, appid, API, address, frequency,
signature, user; then what is the API's own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web

from wechat_scheduler.audience.model import Alias, App
from wechat_scheduler.web.compat.tencent.answers import FORMAT, Ret, TencentError
from wechat_scheduler.web.compat.tencent.signature import SIG, is_signed
from wechat_scheduler.web.kit.services import SERVICES

COMMON: Final = ("openid", "openkey", "appid", SIG, "pf")
MOST_PARAMETERS: Final = 100
_APPID = re.compile(r"[0-9]{1,16}")
_OPENID = re.compile(r"[0-9A-Fa-f]{32}")
_NAME = re.compile(r"[A-Za-z0-9_]{1,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCall:
    """`alias` is the user whom a signed call is about."""

    app: App
    alias: Alias
    params: Mapping[str, str] = field(repr=False)


async def admitted(request: web.Request) -> SignedCall:
    """A call that is what it says. Raises TencentError, ThrottledError, StorageError."""
    app, params = await known(request)
    address = request.app[SERVICES].doorkeeper.address(request)
    if app.networks and not any(address in network for network in app.networks if address):
        raise TencentError(Ret.ADDRESS, "the app may not be used from this address")
    if not is_signed(app.app_key, request.method, request.path, params):
        request.app[SERVICES].doorkeeper.wrong_token(request, reason="signature")
        raise TencentError(Ret.SIGNATURE, "signature verification failed")
    return SignedCall(app=app, alias=await _user(request, app, params), params=params)


async def known(request: web.Request) -> tuple[App, Mapping[str, str]]:
    """The app that a call names, and its parameters; nothing is proven. Raises TencentError."""
    # First of the address alone, for a body that cannot be read.
    query = request.raw_path.partition("?")[2]
    request[FORMAT] = dict(_pairs(query)).get("format", "")
    params = _single([*_pairs(query), *_pairs((await request.read()).decode(errors=_AS_SENT))])
    request[FORMAT] = params.get("format", "")
    for name in COMMON:
        if not params.get(name):
            raise TencentError(Ret.PARAMETERS, "is missing", field=name)
    appid = params["appid"]
    app = request.app[SERVICES].directory.app(int(appid)) if _APPID.fullmatch(appid) else None
    if app is None:
        raise TencentError(Ret.NO_APP, "there is no app of that id", field="appid")
    return app, params


async def _user(request: web.Request, app: App, params: Mapping[str, str]) -> Alias:
    services = request.app[SERVICES]
    openid, openkey = params["openid"], params["openkey"]
    alias = await services.openids.known(app, openid) if _OPENID.fullmatch(openid) else None
    if alias is None:
        raise TencentError(Ret.OPENID, "nobody is known by it", field="openid")
    if not services.openids.opens(alias, openkey):
        if alias.openkey_until is None or alias.openkey_until <= services.clock.now():
            raise TencentError(Ret.NO_LOGIN, "请先登录")
        raise TencentError(Ret.OPENID, "is not the one that the user has now", field="openkey")
    return alias


_AS_SENT: Final = "surrogateescape"


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            text, keep_blank_values=True, errors=_AS_SENT, max_num_fields=MOST_PARAMETERS
        )
    except ValueError as error:
        message = f"there are more than {MOST_PARAMETERS} parameters"
        raise TencentError(Ret.PARAMETERS, message) from error


def _single(pairs: list[tuple[str, str]]) -> Mapping[str, str]:
    """A parameter that stands there twice is signed as one, and read as another."""
    params: dict[str, str] = {}
    for name, value in pairs:
        if name in params:
            shown = name if _NAME.fullmatch(name) else ""
            raise TencentError(Ret.PARAMETERS, "stands there twice", field=shown)
        params[name] = value
    return params
