"""WeChat's own endpoints for tokens and tickets, answered with what is kept here.

    GET|POST /cgi-bin/token                          获取接口调用凭据
    POST     /cgi-bin/stable_token                   获取稳定版接口调用凭据
    GET      /cgi-bin/ticket/getticket               JS-SDK 附录1, 卡券 api_ticket
    POST     /cgi-bin/component/api_component_token  第三方平台 component_access_token
    POST     /cgi-bin/component/api_authorizer_token 第三方平台 authorizer_access_token

However many ask, WeChat is asked once. A verify ticket or a refresh token of the caller's is accepted,
and the kept one is used.
"""

import math
from contextlib import suppress
from types import MappingProxyType
from typing import Final

from aiohttp import web

from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.cells import Cell
from wechat_scheduler.credentials.model import (
    ACCESS_TOKEN,
    AUTHORIZER_TOKEN,
    COMPONENT_TOKEN,
    JobKey,
)
from wechat_scheduler.errors import NotFoundError, RequestError, UnavailableError
from wechat_scheduler.gateway.bearers import Bearer
from wechat_scheduler.gateway.callers import GatewayCaller
from wechat_scheduler.gateway.refused_callers import CallerRefusal, CallerRefusedError
from wechat_scheduler.gateway.refused_calls import CallRefusal
from wechat_scheduler.gateway.stand_ins import LIFETIME
from wechat_scheduler.web.compat.replies import respond
from wechat_scheduler.web.compat.wechattokens.answers import ErrcodeError
from wechat_scheduler.web.compat.wechattokens.callers import (
    TokenFields,
    appid_of,
    fields_of,
    proven,
    text_of,
)
from wechat_scheduler.web.kit.memo import Terms
from wechat_scheduler.web.kit.services import SERVICES, Services
from wechat_scheduler.web.kit.slashes import tidied

TICKETS: Final = MappingProxyType({"jsapi": "jsapi_ticket", "wx_card": "wx_card_ticket"})
_BEARERS: Final = ("access_token", "component_access_token")


async def token(request: web.Request) -> web.Response:
    """`GET` and `POST /cgi-bin/token`."""
    return await _access_token(request, await fields_of(request), forced=False)


async def stable_token(request: web.Request) -> web.Response:
    """`POST /cgi-bin/stable_token`. `force_refresh` reports the current value as dead."""
    fields = await fields_of(request)
    return await _access_token(request, fields, forced=fields.get("force_refresh") is True)


async def component_token(request: web.Request) -> web.Response:
    """`POST /cgi-bin/component/api_component_token`."""
    fields = await fields_of(request)
    appid = appid_of(fields, "component_appid")
    caller = await proven(request, appid, COMPONENT_TOKEN, fields, "component_appsecret")
    try:
        given = await _given(request, caller, JobKey(appid, COMPONENT_TOKEN), COMPONENT_TOKEN)
    except NotFoundError as error:
        key, wrong = JobKey(appid, ACCESS_TOKEN), CallerRefusal.ACCOUNT
        raise await _unkept(request.app[SERVICES], key, wrong) from error
    return respond(given)


async def authorizer_token(request: web.Request) -> web.Response:
    """`POST /cgi-bin/component/api_authorizer_token`. The refresh token comes back as it was sent."""
    bearer, fields = await _bearer(request), await fields_of(request)
    if bearer.key.kind != COMPONENT_TOKEN:
        raise ErrcodeError(61014, "must use component token for component api")
    if appid_of(fields, "component_appid") != bearer.key.appid:
        raise CallerRefusedError(CallerRefusal.APPID)
    key = JobKey(bearer.key.appid, AUTHORIZER_TOKEN, appid_of(fields, "authorizer_appid"))
    try:
        given = await _given(request, _caller(bearer), key, AUTHORIZER_TOKEN)
    except NotFoundError as error:
        what = "component is not authorized by this account"
        raise ErrcodeError(61003, f"{what}, as far as is known here: {error}") from error
    return respond(
        given | {"authorizer_refresh_token": text_of(fields, "authorizer_refresh_token")}
    )


async def ticket(request: web.Request) -> web.Response:
    """`GET /cgi-bin/ticket/getticket`: the ticket of the account whose token is shown."""
    services, bearer = request.app[SERVICES], await _bearer(request)
    path = tidied(request.method, request.path)
    services.passage.let_pass(request.method, path, bearer.consumer)
    kind = TICKETS.get(request.query.get("type", ""))
    if kind is None:
        raise ErrcodeError(40097, "invalid args: type must be jsapi or wx_card")
    if bearer.key.kind == COMPONENT_TOKEN:
        raise ErrcodeError(48001, "api unauthorized: a platform has no tickets, its accounts have")
    key = bearer.key._replace(kind=kind)
    try:
        cell = await current(services, key)
    except NotFoundError as error:
        raise ErrcodeError(48001, f"api unauthorized here: {error}") from error
    _tally(services, _caller(bearer), key)
    value, left = value_of(services, cell)
    return respond({"errcode": 0, "errmsg": "ok", "ticket": value, "expires_in": left})


async def _access_token(request: web.Request, fields: TokenFields, *, forced: bool) -> web.Response:
    if text_of(fields, "grant_type") != "client_credential":
        raise ErrcodeError(40002, "invalid grant_type: grant_type must be client_credential")
    services, appid = request.app[SERVICES], appid_of(fields, "appid")
    caller = await proven(request, appid, ACCESS_TOKEN, fields, "secret")
    try:
        key = await services.accounts.job(appid)
        if forced:
            await _force(services, key)
        return respond(await _given(request, caller, key, ACCESS_TOKEN))
    except NotFoundError as error:
        services.accounts.forget(appid)
        key, wrong = JobKey(appid, COMPONENT_TOKEN), CallerRefusal.PLATFORM
        raise await _unkept(services, key, wrong) from error


async def _unkept(services: Services, other: JobKey, wrong: CallerRefusal) -> CallerRefusedError:
    """No token of this kind is kept; `wrong` tells it, if there is one of the other kind."""
    try:
        await services.manager.look(other)
    except RequestError:
        return CallerRefusedError(CallerRefusal.APPID)
    return CallerRefusedError(wrong)


async def _given(
    request: web.Request, caller: GatewayCaller, key: JobKey, name: str
) -> dict[str, object]:
    """The answer's fields: a stand-in for a consumer that gets these, else the value. Raises NotFoundError."""
    services = request.app[SERVICES]
    if caller.consumer is not None and caller.consumer.stand_in:
        with suppress(UnavailableError):  # a stand-in outlasts that
            await services.manager.fetch(key, waits=False)
        _tally(services, caller, key)
        value = services.stand_ins.issue(caller.consumer, key, services.clock.now())
        return {name: value, "expires_in": int(LIFETIME.total_seconds())}
    cell = await current(services, key)
    value, left = value_of(services, cell)
    _tally(services, caller, key)
    if caller.steady and key.kind == ACCESS_TOKEN:
        _remember(request, caller, cell)
    return {name: value, "expires_in": left}


async def current(services: Services, key: JobKey) -> Cell:
    """The cell with a value that no call has found dead, if there is one soon. Raises what Healing.current does."""
    cell = await services.healing.current(key)
    if cell.snapshot is not None and cell.snapshot.suspect and cell.credential is not None:
        await services.healing.successor(key, cell.credential.value)
        return await services.healing.current(key)
    return cell


async def _force(services: Services, key: JobKey) -> None:
    """Report the current value as dead, and wait for its successor, unless the value was issued just now: then
    WeChat would refresh nothing, either."""
    cell = await current(services, key)
    credential, snapshot = cell.credential, cell.snapshot
    if credential is None or snapshot is None:
        return
    now = services.clock.now()
    when = policy.believe_at(now=now, issued_at=credential.issued_at, longest=snapshot.longest)
    if when <= now:
        await services.healing.successor(key, credential.value)


def value_of(services: Services, cell: Cell) -> tuple[str, int]:
    """The value and the whole seconds that it has left. Raises UnavailableError."""
    boottime = services.clock.boottime()
    credential = cell.valid(boottime)
    if credential is None:  # it expired just now
        raise services.manager.unavailable(cell)
    return credential.value, math.floor(cell.expires_boot - boottime)


def _tally(services: Services, caller: GatewayCaller, key: JobKey) -> None:
    services.auditor.tally(caller.label, key).reads += 1


def _remember(request: web.Request, caller: GatewayCaller, cell: Cell) -> None:
    """The response is the same until the next whole second of the lifetime."""
    services, boottime = request.app[SERVICES], request.app[SERVICES].clock.boottime()
    tally = services.auditor.tally(caller.label, cell.key)
    step = cell.expires_boot - math.floor(cell.expires_boot - boottime)
    until = min(step, cell.same_until(boottime), tally.until)
    terms = Terms(cell=cell, credential=cell.credential, until=until, tally=tally)
    services.memo.remember(request, terms)


async def _bearer(request: web.Request) -> Bearer:
    """Whose token the query shows. An unknown one may just be old: its SDK has to read 40001, however often it
    comes, to fetch another. Raises ErrcodeError 41001, TokenRefusedError, CallerRefusedError."""
    services = request.app[SERVICES]
    shown = next(filter(None, (request.query.get(name) for name in _BEARERS)), "")
    if not shown:
        raise ErrcodeError(41001, CallRefusal.MISSING.sentence)
    bearer = await services.tokens.read(shown)
    if bearer.consumer is not None:
        services.callers.admit(bearer.consumer, services.authenticator.address(request))
    return bearer


def _caller(bearer: Bearer) -> GatewayCaller:
    return GatewayCaller(bearer.label, steady=False, consumer=bearer.consumer)
