"""WeChat's addresses, quotas and how to clear them, and refused calls by their `rid`.

Sources: "获取微信服务器IP", "网络检测", "openApi管理".
"""

import re

from wechat_scheduler.sandbox.calls import ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints.callers import ACCOUNT_TOKENS, account, bearer, known_appid
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.tokens import IssuedKind, IssuedToken, TokenOwner
from wechat_scheduler.sandbox.world import World

CALLBACK_IPS = ["127.0.0.1", "101.226.103.0/25"]
API_IPS = ["127.0.0.1", "101.226.212.27"]
ACTIONS = {"dns", "ping", "all"}
OPERATORS = {"CHINANET", "UNICOM", "CAP", "DEFAULT"}
_RID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}")


def get_callback_ips(world: World, call: ApiCall) -> Reply:
    _caller(world, call)
    return {"ip_list": CALLBACK_IPS}


def get_api_ips(world: World, call: ApiCall) -> Reply:
    _caller(world, call)
    return {"ip_list": API_IPS}


def check_callback(world: World, call: ApiCall) -> Reply:
    """Always finds a working network. Raises RefusedError 40202, 40203."""
    _caller(world, call)
    action = call.text("action", missing=40202)
    if action not in ACTIONS:
        raise RefusedError(40202)
    if call.text("check_operator", missing=40203) not in OPERATORS:
        raise RefusedError(40203)
    dns = [{"ip": "127.0.0.1", "real_operator": "UNICOM"}]
    ping = [{"ip": "127.0.0.1", "from_operator": "UNICOM", "package_loss": "0%", "time": "1.000ms"}]
    found = {"dns": dns, "ping": ping}
    return found if action == "all" else {action: found[action]}


def clear_quota(world: World, call: ApiCall) -> Reply:
    owner = _caller(world, call).owner
    if call.text("appid", missing=41002) != owner.appid:
        raise RefusedError(40013)
    return _cleared(world, owner, call)


def clear_quota_with_secret(world: World, call: ApiCall) -> Reply:
    """Needs no token, so it works for an account whose quota of tokens is used up."""
    return _cleared(world, account(world, call, proof="appsecret"), call)


def clear_quota_of_component(world: World, call: ApiCall) -> Reply:
    """Clears the quota of an authorizer, or of the platform itself if `appid` is its own."""
    component = account(world, call, "component_appid", "appsecret")
    owner = TokenOwner(known_appid(world, call, "appid"), component.appid)
    if owner.appid != component.appid and not world.authorizers.granted(owner):
        raise RefusedError(61003)
    return _cleared(world, owner, call)


def get_quota(world: World, call: ApiCall) -> Reply:
    appid = _caller(world, call).owner.appid
    path = call.text("cgi_path", missing=76021)
    return {"errcode": 0, "errmsg": "ok"} | world.meter.describe(path, appid, call.now)


def clear_path_quota(world: World, call: ApiCall) -> Reply:
    """Raises RefusedError 76021 (unknown path), 48006 (the month's clearings are used up)."""
    owner = _caller(world, call).owner
    path = call.text("cgi_path", missing=76021)
    world.meter.describe(path, owner.appid, call.now)
    world.meter.clear_path(path, owner.appid, call.now)
    return {"errcode": 0, "errmsg": "ok"}


def get_rid(world: World, call: ApiCall) -> Reply:
    """Raises RefusedError 76001 (unknown), 76002 (malformed), 76003 (another account's)."""
    appid = _caller(world, call).owner.appid
    rid = call.text("rid", missing=76002)
    if not _RID.fullmatch(rid):
        raise RefusedError(76002)
    refused = world.refused_calls.find(rid)
    if refused is None:
        raise RefusedError(76001)
    if refused.appid != appid:
        raise RefusedError(76003)
    request = {
        "invoke_time": int(refused.at.timestamp()),
        "cost_in_ms": 1,
        "request_url": refused.query,
        "request_body": refused.request_body,
        "response_body": refused.response_body,
        "client_ip": refused.client_ip,
    }
    return {"errcode": 0, "errmsg": "ok", "request": request}


def _caller(world: World, call: ApiCall) -> IssuedToken:
    return bearer(world, call, *ACCOUNT_TOKENS, IssuedKind.COMPONENT)


def _cleared(world: World, owner: TokenOwner, call: ApiCall) -> Reply:
    world.meter.clear(owner.appid, call.now)
    return {"errcode": 0, "errmsg": "ok"}


ENDPOINTS = (
    Endpoint("GET", "/cgi-bin/getcallbackip", get_callback_ips),
    Endpoint("GET", "/cgi-bin/get_api_domain_ip", get_api_ips),
    Endpoint("POST", "/cgi-bin/callback/check", check_callback),
    Endpoint("POST", "/cgi-bin/clear_quota", clear_quota),
    Endpoint("POST", "/cgi-bin/clear_quota/v2", clear_quota_with_secret),
    Endpoint("POST", "/cgi-bin/component/clear_quota/v2", clear_quota_of_component),
    Endpoint("POST", "/cgi-bin/openapi/quota/get", get_quota),
    Endpoint("POST", "/cgi-bin/openapi/quota/clear", clear_path_quota),
    Endpoint("POST", "/cgi-bin/openapi/rid/get", get_rid),
)
