"""Accounts that let a third-party platform (a component) act for them."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.periods import Periods
from wechat_scheduler.sandbox.tokens import (
    IssuedKind,
    IssuedToken,
    IssuedTokens,
    TokenOwner,
    TokenState,
)


class AuthorizerGrant(NamedTuple):
    """What comes of an account's consent; the code is what the `authorized` push carries."""

    authorizer_appid: str
    authorizer_refresh_token: str
    authorization_code: str


class AuthorizerTokens(NamedTuple):
    access: IssuedToken
    refresh: IssuedToken


class Authorizer(NamedTuple):
    appid: str
    refresh_token: str
    since: datetime


class Authorizers:
    """Who authorised which platform, and the tokens of each.

    WeChat does not say whether a refresh changes the refresh token; here it always does, and the
    one before works for five more minutes (an official answer in WeChat's forum), so that a client
    that keeps the old one is found out.
    """

    def __init__(self, tokens: IssuedTokens, periods: Periods) -> None:
        self._tokens = tokens
        self._periods = periods
        self._since: dict[str, dict[str, datetime]] = {}

    def granted(self, owner: TokenOwner) -> bool:
        return owner.appid in self._since.get(owner.component_appid, {})

    def grant(self, owner: TokenOwner, now: datetime) -> AuthorizerGrant:
        """Authorise, or authorise anew: then the running access token dies at once."""
        self._since.setdefault(owner.component_appid, {})[owner.appid] = now
        self._end(IssuedKind.AUTHORIZER, owner, now)
        refresh = self._refresh_token(owner, now)
        code = self._tokens.issue(IssuedKind.AUTHORIZATION_CODE, owner, now)
        return AuthorizerGrant(owner.appid, refresh.value, code.value)

    def revoke(self, owner: TokenOwner, now: datetime) -> None:
        self._since.get(owner.component_appid, {}).pop(owner.appid, None)
        self._end(IssuedKind.AUTHORIZER, owner, now)
        self._end(IssuedKind.AUTHORIZER_REFRESH, owner, now)

    def exchange(self, component_appid: str, code: str, now: datetime) -> AuthorizerTokens:
        """Tokens for a code. Raises RefusedError 61009 (unknown, used), 61010 (expired), 61003."""
        found = self._tokens.find(code, now, IssuedKind.AUTHORIZATION_CODE)
        if found is None or found.owner.component_appid != component_appid:
            raise RefusedError(61009)
        if found.state(now) is not TokenState.ALIVE:
            raise RefusedError(61010 if found.state(now) is TokenState.EXPIRED else 61009)
        refresh = self.current(found.owner, now)
        self._tokens.end(found, now)
        return AuthorizerTokens(self._access_token(found.owner, now), refresh)

    def refresh(self, owner: TokenOwner, refresh_token: str, now: datetime) -> AuthorizerTokens:
        """New tokens. Raises RefusedError 61003 (not authorised), 61023 (not a valid token)."""
        if not self.granted(owner):
            raise RefusedError(61003)
        found = self._tokens.find(refresh_token, now, IssuedKind.AUTHORIZER_REFRESH)
        if found is None or found.owner != owner or found.state(now) is not TokenState.ALIVE:
            raise RefusedError(61023)
        return AuthorizerTokens(self._access_token(owner, now), self._refresh_token(owner, now))

    def current(self, owner: TokenOwner, now: datetime) -> IssuedToken:
        """The refresh token that is not going to end. Raises RefusedError 61003."""
        if not self.granted(owner):
            raise RefusedError(61003)
        newest = self._tokens.newest(IssuedKind.AUTHORIZER_REFRESH, owner, now)
        return newest or self._refresh_token(owner, now)

    def count(self, component_appid: str) -> int:
        return len(self._since.get(component_appid, {}))

    def page(
        self, component_appid: str, offset: int, count: int, now: datetime
    ) -> Iterator[Authorizer]:
        granted = self._since.get(component_appid, {})
        for appid, since in islice(granted.items(), offset, offset + count):
            owner = TokenOwner(appid, component_appid)
            yield Authorizer(appid, self.current(owner, now).value, since)

    def _access_token(self, owner: TokenOwner, now: datetime) -> IssuedToken:
        return self._tokens.issue(IssuedKind.AUTHORIZER, owner, now, overlap=self._periods.overlap)

    def _refresh_token(self, owner: TokenOwner, now: datetime) -> IssuedToken:
        overlap = self._periods.overlap
        return self._tokens.issue(IssuedKind.AUTHORIZER_REFRESH, owner, now, overlap=overlap)

    def _end(self, kind: IssuedKind, owner: TokenOwner, now: datetime) -> None:
        if token := self._tokens.newest(kind, owner, now):
            self._tokens.end(token, now)
