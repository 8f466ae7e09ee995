"""WeChat's other paths that take a secret: it is checked, and WeChat gets the registered one in its place.

    GET  /sns/oauth2/access_token                  网页授权 code
    GET  /sns/jscode2session                       小程序登录
    POST /cgi-bin/clear_quota/v2                   使用AppSecret重置API调用次数
    POST /cgi-bin/component/api_start_push_ticket  启动票据推送服务
    POST /cgi-bin/component/clear_quota/v2         使用AppSecret重置第三方平台API调用次数

WeChat's pages disagree about whether parameters stand in the query or in the body: both are taken.
"""

from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import msgspec
from aiohttp import hdrs, web

from wechat_scheduler.credentials.model import ACCESS_TOKEN, COMPONENT_TOKEN
from wechat_scheduler.errors import InvalidRequestError, WeChatError
from wechat_scheduler.gateway.callers import GatewayCaller
from wechat_scheduler.gateway.queries import replaced, values_in
from wechat_scheduler.gateway.relaying import PassedCall, are_texts
from wechat_scheduler.web.compat.replies import given_back
from wechat_scheduler.web.compat.wechattokens.answers import failed
from wechat_scheduler.web.compat.wechattokens.callers import (
    appid_of,
    fields_of,
    is_json,
    proven,
)
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.kit.slashes import tidied


class SecretPlace(NamedTuple):
    """The parameters that name the account and carry its secret, and the kind of token that it opens, too."""

    appid: str
    secret: str
    kind: str


_OF_ACCOUNT: Final = SecretPlace("appid", "secret", ACCESS_TOKEN)
PLACES: Final = MappingProxyType(
    {
        "/sns/oauth2/access_token": _OF_ACCOUNT,
        "/sns/jscode2session": _OF_ACCOUNT,
        "/cgi-bin/clear_quota/v2": SecretPlace("appid", "appsecret", ACCESS_TOKEN),
        "/cgi-bin/component/api_start_push_ticket": SecretPlace(
            "component_appid", "component_secret", COMPONENT_TOKEN
        ),
        "/cgi-bin/component/clear_quota/v2": SecretPlace(
            "component_appid", "appsecret", COMPONENT_TOKEN
        ),
    }
)


async def pass_secret(request: web.Request) -> web.StreamResponse:
    services, path = request.app[SERVICES], tidied(request.method, request.path)
    place, fields = PLACES[path], await fields_of(request)
    appid = appid_of(fields, place.appid)
    caller = await proven(request, appid, place.kind, fields, place.secret)
    real = await services.callers.real_secret(appid)
    call = _with_secret(await call_of(request, path), place.secret, real)
    return await relayed(request, call, account=appid, caller=caller)


async def relayed(
    request: web.Request, call: PassedCall, *, account: str, caller: GatewayCaller | None
) -> web.StreamResponse:
    """WeChat's answer to a call whose caller is proven."""
    services = request.app[SERVICES]
    try:
        return await given_back(request, services, services.passage.sent(call, account, caller))
    except WeChatError as error:
        return failed(services, error, appid=account, caller=caller.label if caller else "")


async def call_of(request: web.Request, path: str) -> PassedCall:
    """The call with the headers that WeChat needs. Raises InvalidRequestError."""
    body = await request.read()
    headers = [
        (name, request.headers[name])
        for name in (hdrs.ACCEPT, hdrs.CONTENT_TYPE, hdrs.USER_AGENT)
        if name in request.headers
    ]
    if not are_texts(headers):
        raise InvalidRequestError("the request has bytes that are not UTF-8")
    return PassedCall(
        method=request.method,
        path=path,
        query=request.rel_url.raw_query_string,
        headers=tuple(headers),
        body=body or None,
        length=len(body),
        address=request.app[SERVICES].authenticator.address(request),
    )


def _with_secret(call: PassedCall, name: str, real: str) -> PassedCall:
    """The call with this secret wherever it has one, and in the query if it has none."""
    body = call.body if isinstance(call.body, bytes) else b""
    in_query, in_body = values_in(call.query, (name,)), _has(body, name)
    query = replaced(call.query, (name,), dict.fromkeys(in_query, real))
    if not (in_query or in_body):
        query = "&".join(filter(None, (query, f"{name}={quote(real, safe='')}")))
    if in_body:
        body = _replaced(body, name, real)
    return replace(call, query=query, body=body or None, length=len(body))


def _has(body: bytes, name: str) -> bool:
    if not is_json(body):
        return bool(values_in(body.decode(errors="replace"), (name,)))
    return name in decode(body, dict[str, Any])


def _replaced(body: bytes, name: str, real: str) -> bytes:
    if is_json(body):
        found = decode(body, dict[str, Any])
        return msgspec.json.encode(found | {name: real})
    text = body.decode(errors="replace")
    return replaced(text, (name,), dict.fromkeys(values_in(text, (name,)), real)).encode()
