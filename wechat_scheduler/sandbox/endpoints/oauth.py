"""OAuth2: the tokens of users, directly and through a third-party platform; the login of mini-programs.

The replies are JSON with the type text/plain. Sources: "网页授权", "代公众号发起网页授权", "小程序登录".
"""

from wechat_scheduler.sandbox.calls import Answer, ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints.callers import account, bearer, known_appid
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.grants import TokenPair
from wechat_scheduler.sandbox.limits import UNLIMITED, Limit
from wechat_scheduler.sandbox.tokens import IssuedKind, TokenOwner
from wechat_scheduler.sandbox.world import World

SCOPE = "snsapi_userinfo"


def exchange_code(world: World, call: ApiCall) -> Reply:
    _require_grant_type(call, "authorization_code")
    app = account(world, call)
    return _exchange(world, call, app)


def log_in(world: World, call: ApiCall) -> Reply:
    """The sandbox takes a code of any account for one of `wx.login`."""
    _require_grant_type(call, "authorization_code")
    app = account(world, call)
    user = world.oauth_users.redeem(app, call.text("js_code", missing=41008), call.now)
    return {"session_key": world.oauth_users.new_session_key(), "openid": user.openid}


def exchange_code_for_component(world: World, call: ApiCall) -> Reply:
    _require_grant_type(call, "authorization_code")
    return _exchange(world, call, _app_of_component(world, call))


def refresh(world: World, call: ApiCall) -> Reply:
    """Needs no secret: the refresh token is enough."""
    _require_grant_type(call, "refresh_token")
    app = TokenOwner(known_appid(world, call, "appid"))
    world.meter.spend(call.path, app.appid, call.now)
    return _refresh(world, call, app)


def refresh_for_component(world: World, call: ApiCall) -> Reply:
    _require_grant_type(call, "refresh_token")
    return _refresh(world, call, _app_of_component(world, call))


def check(world: World, call: ApiCall) -> Reply:
    """Raises RefusedError 40003 if the token is another user's."""
    _openid(world, call)
    return {"errcode": 0, "errmsg": "ok"}


def describe(world: World, call: ApiCall) -> Reply:
    """What the user agreed to show. Raises RefusedError 40003 if the token is another user's."""
    openid = _openid(world, call)
    shown = {"nickname": f"sandbox user {openid}", "sex": 0, "province": "", "city": ""}
    return {"openid": openid} | shown | {"country": "", "headimgurl": "", "privilege": []}


def _openid(world: World, call: ApiCall) -> str:
    token = bearer(world, call, IssuedKind.USER)
    world.oauth_users.require_consent(token.owner, call.now)
    if call.text("openid", missing=41009) != token.owner.openid:
        raise RefusedError(40003)
    return token.owner.openid


def _require_grant_type(call: ApiCall, expected: str) -> None:
    if call.fields.get("grant_type") != expected:
        raise RefusedError(40002)


def _app_of_component(world: World, call: ApiCall) -> TokenOwner:
    if not call.bearer:
        raise RefusedError(41021)
    appid = known_appid(world, call, "appid")
    component_appid = bearer(world, call, IssuedKind.COMPONENT).owner.appid
    if call.text("component_appid", missing=41002) != component_appid:
        raise RefusedError(40013)
    return TokenOwner(appid, component_appid)


def _exchange(world: World, call: ApiCall, app: TokenOwner) -> Reply:
    return _reply(world.oauth_users.exchange(app, call.text("code", missing=41008), call.now), call)


def _refresh(world: World, call: ApiCall, app: TokenOwner) -> Reply:
    refresh_token = call.text("refresh_token", missing=41003)
    return _reply(world.oauth_users.refresh(app, refresh_token, call.now), call)


def _reply(tokens: TokenPair, call: ApiCall) -> Reply:
    return {
        "access_token": tokens.access.value,
        "expires_in": tokens.access.expires_in(call.now),
        "refresh_token": tokens.refresh.value,
        "openid": tokens.access.owner.openid,
        "scope": SCOPE,
    }


def _endpoint(path: str, answer: Answer, limit: Limit = UNLIMITED) -> Endpoint:
    return Endpoint("GET", path, answer, limit, content_type="text/plain")


ENDPOINTS = (
    _endpoint("/sns/oauth2/access_token", exchange_code),
    _endpoint("/sns/jscode2session", log_in),
    _endpoint("/sns/oauth2/refresh_token", refresh, Limit(minute=50_000)),
    _endpoint("/sns/oauth2/component/access_token", exchange_code_for_component),
    _endpoint("/sns/oauth2/component/refresh_token", refresh_for_component),
    _endpoint("/sns/auth", check),
    _endpoint("/sns/userinfo", describe),
)
