"""The account's own access token, twice: `/cgi-bin/token` and `/cgi-bin/stable_token`.

The two know nothing of each other. Sources: "获取接口调用凭据", "获取稳定版接口调用凭据".
"""

from datetime import timedelta

from wechat_scheduler.sandbox.calls import ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints.access import account
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.limits import Limit
from wechat_scheduler.sandbox.tokens import IssuedKind, IssuedToken, TokenOwner
from wechat_scheduler.sandbox.world import World


def get_token(world: World, call: ApiCall) -> Reply:
    """A new token each time; the one before works for five more minutes."""
    owner = _account(world, call)
    overlap = world.periods.overlap
    return _reply(world.tokens.issue(IssuedKind.ACCESS, owner, call.now, overlap=overlap), call)


def get_stable_token(world: World, call: ApiCall) -> Reply:
    """The same token until five minutes before its end; `force_refresh` replaces it at once.

    Forced refreshes beyond twenty a day, or within half a minute, refresh nothing and answer as an
    ordinary call. Whether a forced one leaves the old token an overlap is not documented: here, no.
    """
    owner = _account(world, call)
    forced = call.fields.get("force_refresh") is True
    if forced and world.meter.may_force(owner.appid, call.now):
        return _reply(_replace(world, owner, call, overlap=timedelta(0)), call)
    newest = world.tokens.newest(IssuedKind.STABLE, owner, call.now)
    if newest is None or newest.expires_at - call.now <= world.periods.overlap:
        newest = _replace(world, owner, call, overlap=world.periods.overlap)
    return _reply(newest, call)


def _account(world: World, call: ApiCall) -> TokenOwner:
    if call.fields.get("grant_type") != "client_credential":
        raise RefusedError(40002)
    return account(world, call)


def _replace(world: World, owner: TokenOwner, call: ApiCall, *, overlap: timedelta) -> IssuedToken:
    return world.tokens.issue(IssuedKind.STABLE, owner, call.now, overlap=overlap)


def _reply(token: IssuedToken, call: ApiCall) -> Reply:
    return {"access_token": token.value, "expires_in": token.expires_in(call.now)}


ENDPOINTS = (
    Endpoint(method="GET", path="/cgi-bin/token", answer=get_token, limit=Limit(day=2_000)),
    Endpoint(
        method="POST",
        path="/cgi-bin/stable_token",
        answer=get_stable_token,
        limit=Limit(day=500_000, minute=10_000),
    ),
)
