"""An account's access token, stable access token, and tickets for its web pages and cards.

Sources: "获取接口调用凭据", "获取稳定版接口调用凭据", "JS-SDK 说明文档 附录1", "卡券 api_ticket".
"""

from datetime import timedelta

from wechat_scheduler.sandbox.calls import ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints.callers import ACCOUNT_TOKENS, account, bearer
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.limits import Limit
from wechat_scheduler.sandbox.tokens import IssuedKind, IssuedToken, TokenOwner
from wechat_scheduler.sandbox.world import World

_TICKETS = {"jsapi": IssuedKind.JSAPI_TICKET, "wx_card": IssuedKind.CARD_TICKET}


def get_token(world: World, call: ApiCall) -> Reply:
    """A new token on each call; the old one works for five more minutes."""
    owner = _account(world, call)
    overlap = world.periods.overlap
    return _reply(world.tokens.issue(IssuedKind.ACCESS, owner, call.now, overlap=overlap), call)


def get_stable_token(world: World, call: ApiCall) -> Reply:
    """The same token until five minutes before its expiry; `force_refresh` replaces it at once.

    More than twenty forced calls a day, or two within 30 seconds, refresh nothing. WeChat does not
    document whether the old token works on after a forced refresh; here it does not.
    """
    owner = _account(world, call)
    forced = call.fields.get("force_refresh") is True
    if forced and world.meter.may_force(owner.appid, call.now):
        return _reply(_replace(world, owner, call, overlap=timedelta(0)), call)
    newest = world.tokens.newest(IssuedKind.STABLE, owner, call.now)
    if newest is None or newest.expires_at - call.now <= world.periods.overlap:
        newest = _replace(world, owner, call, overlap=world.periods.overlap)
    return _reply(newest, call)


def get_ticket(world: World, call: ApiCall) -> Reply:
    """The same ticket until its expiry: not documented, but reported by users of WeChat.

    With an authorizer's token, a platform gets the ticket of that account.
    """
    owner = TokenOwner(bearer(world, call, *ACCOUNT_TOKENS).owner.appid)
    kind = _TICKETS.get(call.text("type", missing=40097))
    if kind is None:
        raise RefusedError(40097)
    newest = world.tokens.newest(kind, owner, call.now)
    ticket = newest or world.tokens.issue(kind, owner, call.now)
    expires_in = ticket.expires_in(call.now)
    return {"errcode": 0, "errmsg": "ok", "ticket": ticket.value, "expires_in": expires_in}


def _account(world: World, call: ApiCall) -> TokenOwner:
    if call.fields.get("grant_type") != "client_credential":
        raise RefusedError(40002)
    return account(world, call)


def _replace(world: World, owner: TokenOwner, call: ApiCall, *, overlap: timedelta) -> IssuedToken:
    return world.tokens.issue(IssuedKind.STABLE, owner, call.now, overlap=overlap)


def _reply(token: IssuedToken, call: ApiCall) -> Reply:
    return {"access_token": token.value, "expires_in": token.expires_in(call.now)}


ENDPOINTS = (
    Endpoint("GET", "/cgi-bin/token", get_token, Limit(day=2_000)),
    Endpoint("POST", "/cgi-bin/stable_token", get_stable_token, Limit(day=500_000, minute=10_000)),
    # WeChat documents "very limited" and no number; this one is a third party's.
    Endpoint("GET", "/cgi-bin/ticket/getticket", get_ticket, Limit(day=2_000)),
)
