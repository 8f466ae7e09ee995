"""The checks of who calls. Each one that succeeds counts the call towards the account's quota."""

import re
from hmac import compare_digest

from wechat_scheduler.sandbox.calls import ApiCall
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.tokens import IssuedKind, IssuedToken, TokenOwner
from wechat_scheduler.sandbox.world import World

ACCOUNT_TOKENS = (IssuedKind.ACCESS, IssuedKind.STABLE, IssuedKind.AUTHORIZER)
_WELL_FORMED = re.compile(r"[0-9]+_[\w-]{16,512}", re.ASCII)


def account(world: World, call: ApiCall, name: str = "appid", proof: str = "secret") -> TokenOwner:
    """The account whose appid and secret come in the fields `name` and `proof`.

    Raises RefusedError 41002, 40013, 41004, 40125, 40164, 45009, 45011.
    """
    caller = known_appid(world, call, name)
    given = call.text(proof, missing=41004)
    if not compare_digest(given.encode(), world.secret_of(caller).encode()):
        raise RefusedError(40125)
    world.whitelists.check(caller, call.client_ip)
    world.meter.spend(call.path, caller, call.now)
    return TokenOwner(caller)


def known_appid(world: World, call: ApiCall, name: str) -> str:
    """The appid in this field. Raises RefusedError 41002, 40013."""
    appid = call.text(name, missing=41002)
    if not world.exists(appid):
        raise RefusedError(40013)
    return appid


def bearer(world: World, call: ApiCall, *kinds: IssuedKind) -> IssuedToken:
    """The token in the query, if it is of one of `kinds`.

    Raises RefusedError 41001, 40014 (malformed), 40001 (unknown, replaced), 42001 (expired), 40164
    (foreign address), 45009, 45011.
    """
    token = _living(world, call, kinds)
    world.whitelists.check(token.owner.appid, call.client_ip)
    world.meter.spend(call.path, token.owner.appid, call.now)
    return token


def official_account(world: World, call: ApiCall) -> str:
    """The account that calls an API which mini-programs have not. Raises what `bearer` raises, and
    RefusedError 48001."""
    appid = bearer(world, call, *ACCOUNT_TOKENS).owner.appid
    if appid in world.mini_programs:
        raise RefusedError(48001)
    return appid


def component(world: World, call: ApiCall) -> str:
    """The platform whose token is in the query and whose appid is in the body.

    Raises what `bearer` raises, and RefusedError 61014 for an account's token, 40013 for another
    appid.
    """
    if _is_of_account(world, call):
        raise RefusedError(61014)
    token = bearer(world, call, IssuedKind.COMPONENT)
    if call.text("component_appid", missing=41002) != token.owner.appid:
        raise RefusedError(40013)
    return token.owner.appid


def _living(world: World, call: ApiCall, kinds: tuple[IssuedKind, ...]) -> IssuedToken:
    if not call.bearer:
        raise RefusedError(41001)
    if not _WELL_FORMED.fullmatch(call.bearer):
        raise RefusedError(40014)
    token = world.tokens.find(call.bearer, call.now, *kinds)
    if token is None:
        raise RefusedError(40001)
    token = world.token_deaths.strike(token, call.now)
    token.require_alive(call.now, ended=40001, expired=42001)
    return token


def _is_of_account(world: World, call: ApiCall) -> bool:
    return world.tokens.find(call.bearer, call.now, *ACCOUNT_TOKENS) is not None
