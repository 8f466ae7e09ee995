"""The consent of users (OAuth2) and of authorizers (third-party platforms), and its tokens."""

import random
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.periods import ExpiringDict, Periods
from wechat_scheduler.sandbox.tokens import (
    IssuedKind,
    IssuedToken,
    IssuedTokens,
    TokenOwner,
    random_text,
)


class TokenPair(NamedTuple):
    access: IssuedToken
    refresh: IssuedToken


class UserGrant(NamedTuple):
    """What a business has after a user agreed. The code can be exchanged for tokens once."""

    openid: str
    refresh_token: str
    code: str


class OAuthUsers:
    """The users' consents and tokens.

    Where WeChat's documentation is silent or contradicts itself: a refresh issues a new access
    token (the old one lives until its own expiry) and a new refresh token for thirty days, and the
    old refresh token works for five more minutes.
    """

    def __init__(self, tokens: IssuedTokens, periods: Periods, rng: random.Random) -> None:
        self._tokens = tokens
        self._periods = periods
        self._rng = rng
        self._revoked = ExpiringDict[TokenOwner, bool](periods.oauth_refresh)

    def new_openid(self) -> str:
        return "o" + random_text(self._rng, 20)

    def grant(self, owner: TokenOwner, now: datetime) -> UserGrant:
        self._revoked.discard(owner)
        refresh = self._refresh_token(owner, now)
        code = self._tokens.issue(IssuedKind.OAUTH_CODE, owner, now)
        return UserGrant(owner.openid, refresh.value, code.value)

    def revoke(self, owner: TokenOwner, now: datetime) -> None:
        """Ends all tokens of this user, as a change of password does."""
        self._revoked.put(owner, True, now)

    def require_consent(self, owner: TokenOwner, now: datetime) -> None:
        """Raises RefusedError 42007 if the user revoked it."""
        if self._revoked.get(owner, now):
            raise RefusedError(42007)

    def exchange(self, app: TokenOwner, code: str, now: datetime) -> TokenPair:
        """Tokens for a code. Raises what `redeem` does."""
        return self._issue(self.redeem(app, code, now), now)

    def redeem(self, app: TokenOwner, code: str, now: datetime) -> TokenOwner:
        """The user of a code. Raises RefusedError 40029 (unknown), 40163 (used), 42003 (expired)."""
        found = self._tokens.find(code, now, IssuedKind.OAUTH_CODE)
        if found is None or not _same_app(found.owner, app):
            raise RefusedError(40029)
        found.require_alive(now, ended=40163, expired=42003)
        self._tokens.end(found, now)
        return found.owner

    def new_session_key(self) -> str:
        return b64encode(self._rng.randbytes(16)).decode()

    def refresh(self, app: TokenOwner, refresh_token: str, now: datetime) -> TokenPair:
        """New tokens. Raises RefusedError 40030 (unknown, replaced), 42002 (expired), 42007."""
        found = self._tokens.find(refresh_token, now, IssuedKind.USER_REFRESH)
        if found is None or not _same_app(found.owner, app):
            raise RefusedError(40030)
        self.require_consent(found.owner, now)
        found.require_alive(now, ended=40030, expired=42002)
        return self._issue(found.owner, now)

    def _issue(self, owner: TokenOwner, now: datetime) -> TokenPair:
        access = self._tokens.issue(IssuedKind.USER, owner, now)
        return TokenPair(access, self._refresh_token(owner, now))

    def _refresh_token(self, owner: TokenOwner, now: datetime) -> IssuedToken:
        overlap = self._periods.overlap
        return self._tokens.issue(IssuedKind.USER_REFRESH, owner, now, overlap=overlap)


class AuthorizerGrant(NamedTuple):
    """What a platform has after an account agreed. The `authorized` push carries the code."""

    authorizer_appid: str
    authorizer_refresh_token: str
    authorization_code: str


class Authorizer(NamedTuple):
    appid: str
    refresh_token: str
    since: datetime


class Authorizers:
    """The consents and tokens of accounts for which platforms act.

    WeChat does not document whether a refresh changes the refresh token. Here it does, and the old
    one works for five more minutes (an official answer in WeChat's forum): a client that keeps the
    old one fails.
    """

    def __init__(self, tokens: IssuedTokens, periods: Periods) -> None:
        self._tokens = tokens
        self._overlap = periods.overlap
        self._since: dict[str, dict[str, datetime]] = {}

    def granted(self, owner: TokenOwner) -> bool:
        return owner.appid in self._since.get(owner.component_appid, {})

    def grant(self, owner: TokenOwner, now: datetime) -> AuthorizerGrant:
        """Authorises the platform. If it was authorised already, its access token ends at once."""
        self._since.setdefault(owner.component_appid, {})[owner.appid] = now
        self._end(IssuedKind.AUTHORIZER, owner, now)
        refresh = self._issue(IssuedKind.AUTHORIZER_REFRESH, owner, now)
        code = self._tokens.issue(IssuedKind.AUTHORIZATION_CODE, owner, now)
        return AuthorizerGrant(owner.appid, refresh.value, code.value)

    def revoke(self, owner: TokenOwner, now: datetime) -> None:
        self._since.get(owner.component_appid, {}).pop(owner.appid, None)
        self._end(IssuedKind.AUTHORIZER, owner, now)
        self._end(IssuedKind.AUTHORIZER_REFRESH, owner, now)

    def exchange(self, component_appid: str, code: str, now: datetime) -> TokenPair:
        """Tokens for a code. Raises RefusedError 61009 (unknown, used), 61010 (expired), 61003."""
        found = self._tokens.find(code, now, IssuedKind.AUTHORIZATION_CODE)
        if found is None or found.owner.component_appid != component_appid:
            raise RefusedError(61009)
        found.require_alive(now, ended=61009, expired=61010)
        refresh = self.current(found.owner, now)
        self._tokens.end(found, now)
        return TokenPair(self._issue(IssuedKind.AUTHORIZER, found.owner, now), refresh)

    def refresh(self, owner: TokenOwner, refresh_token: str, now: datetime) -> TokenPair:
        """New tokens. Raises RefusedError 61003 (not authorised), 61023 (not a valid token)."""
        if not self.granted(owner):
            raise RefusedError(61003)
        found = self._tokens.find(refresh_token, now, IssuedKind.AUTHORIZER_REFRESH)
        if found is None or found.owner != owner:
            raise RefusedError(61023)
        found.require_alive(now, ended=61023, expired=61023)
        return TokenPair(
            self._issue(IssuedKind.AUTHORIZER, owner, now),
            self._issue(IssuedKind.AUTHORIZER_REFRESH, owner, now),
        )

    def current(self, owner: TokenOwner, now: datetime) -> IssuedToken:
        """The newest refresh token. Raises RefusedError 61003 (not authorised)."""
        if not self.granted(owner):
            raise RefusedError(61003)
        newest = self._tokens.newest(IssuedKind.AUTHORIZER_REFRESH, owner, now)
        return newest or self._issue(IssuedKind.AUTHORIZER_REFRESH, owner, now)

    def count(self, component_appid: str) -> int:
        return len(self._since.get(component_appid, {}))

    def page(
        self, component_appid: str, offset: int, count: int, now: datetime
    ) -> Iterator[Authorizer]:
        granted = self._since.get(component_appid, {})
        for appid, since in islice(granted.items(), offset, offset + count):
            owner = TokenOwner(appid, component_appid)
            yield Authorizer(appid, self.current(owner, now).value, since)

    def _issue(self, kind: IssuedKind, owner: TokenOwner, now: datetime) -> IssuedToken:
        return self._tokens.issue(kind, owner, now, overlap=self._overlap)

    def _end(self, kind: IssuedKind, owner: TokenOwner, now: datetime) -> None:
        if token := self._tokens.newest(kind, owner, now):
            self._tokens.end(token, now)


def _same_app(owner: TokenOwner, app: TokenOwner) -> bool:
    return owner.appid == app.appid and owner.component_appid == app.component_appid
