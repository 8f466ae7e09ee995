"""The tokens of third-party platforms (components) and their authorizers.

Sources: "第三方平台 token_getcomponentaccesstoken" and the pages beside it, "启动票据推送服务".
"""

from wechat_scheduler.sandbox.calls import Answer, ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints.callers import account, component
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.grants import TokenPair
from wechat_scheduler.sandbox.pushes.codec import original_id
from wechat_scheduler.sandbox.tokens import IssuedKind, TokenOwner
from wechat_scheduler.sandbox.world import World

MOST_IN_A_PAGE = 500
PERMISSIONS = [{"funcscope_category": {"id": 1}}]


def get_component_token(world: World, call: ApiCall) -> Reply:
    """Raises RefusedError 61006 (unknown ticket), 61005 (twelve hours old)."""
    owner = account(world, call, "component_appid", "component_appsecret")
    value = call.text("component_verify_ticket", missing=61006)
    ticket = world.tokens.find(value, call.now, IssuedKind.VERIFY_TICKET)
    if ticket is None or ticket.owner != owner:
        raise RefusedError(61006)
    ticket.require_alive(call.now, ended=61006, expired=61005)
    overlap = world.periods.overlap
    token = world.tokens.issue(IssuedKind.COMPONENT, owner, call.now, overlap=overlap)
    return {"component_access_token": token.value, "expires_in": token.expires_in(call.now)}


def start_push_ticket(world: World, call: ApiCall) -> Reply:
    owner = account(world, call, "component_appid", "component_secret")
    healthy = world.platform_pushes.restart(owner.appid, call.now)
    return {"errcode": 0, "errmsg": "in a normal state" if healthy else "ok"}


def create_preauth_code(world: World, call: ApiCall) -> Reply:
    owner = TokenOwner(component(world, call))
    code = world.tokens.issue(IssuedKind.PREAUTH_CODE, owner, call.now)
    return {"pre_auth_code": code.value, "expires_in": code.expires_in(call.now)}


def query_auth(world: World, call: ApiCall) -> Reply:
    component_appid = component(world, call)
    code = call.text("authorization_code", missing=61009)
    tokens = world.authorizers.exchange(component_appid, code, call.now)
    info = {"authorizer_appid": tokens.access.owner.appid} | _tokens(tokens, call)
    return {"authorization_info": info | {"func_info": PERMISSIONS}}


def get_authorizer_token(world: World, call: ApiCall) -> Reply:
    owner = _authorizer(world, call)
    refresh_token = call.text("authorizer_refresh_token", missing=61023)
    return _tokens(world.authorizers.refresh(owner, refresh_token, call.now), call)


def get_authorizer_list(world: World, call: ApiCall) -> Reply:
    """Raises RefusedError 40170 for a `count` over 500."""
    component_appid = component(world, call)
    offset, count = call.number("offset", default=0), call.number("count", MOST_IN_A_PAGE)
    if count > MOST_IN_A_PAGE:
        raise RefusedError(40170)
    page = world.authorizers.page(component_appid, offset, count, call.now)
    listed = [
        {
            "authorizer_appid": it.appid,
            "refresh_token": it.refresh_token,
            "auth_time": int(it.since.timestamp()),
        }
        for it in page
    ]
    return {"total_count": world.authorizers.count(component_appid), "list": listed}


def get_authorizer_info(world: World, call: ApiCall) -> Reply:
    owner = _authorizer(world, call)
    refresh = world.authorizers.current(owner, call.now)
    return {
        "authorizer_info": _description(owner),
        "authorization_info": {
            "authorizer_appid": owner.appid,
            "authorizer_refresh_token": refresh.value,
            "func_info": PERMISSIONS,
        },
    }


def _authorizer(world: World, call: ApiCall) -> TokenOwner:
    component_appid = component(world, call)
    return TokenOwner(call.text("authorizer_appid", missing=40013), component_appid)


def _tokens(tokens: TokenPair, call: ApiCall) -> Reply:
    return {
        "authorizer_access_token": tokens.access.value,
        "expires_in": tokens.access.expires_in(call.now),
        "authorizer_refresh_token": tokens.refresh.value,
    }


def _description(owner: TokenOwner) -> Reply:
    return {
        "nick_name": f"sandbox account {owner.appid}",
        "service_type_info": {"id": 2},
        "verify_type_info": {"id": 0},
        "user_name": original_id(owner.appid),
        "principal_name": "sandbox",
    }


def _endpoint(name: str, answer: Answer) -> Endpoint:
    return Endpoint("POST", f"/cgi-bin/component/{name}", answer)


# WeChat documents the quota of each as "limited", without a number.
ENDPOINTS = (
    _endpoint("api_component_token", get_component_token),
    _endpoint("api_start_push_ticket", start_push_ticket),
    _endpoint("api_create_preauthcode", create_preauth_code),
    _endpoint("api_query_auth", query_auth),
    _endpoint("api_authorizer_token", get_authorizer_token),
    _endpoint("api_get_authorizer_list", get_authorizer_list),
    _endpoint("api_get_authorizer_info", get_authorizer_info),
)
