"""Users who let a business act for them on the web: OAuth2."""

import random
from datetime import datetime
from typing import NamedTuple

from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.periods import Periods
from wechat_scheduler.sandbox.shelf import Shelf
from wechat_scheduler.sandbox.tokens import (
    IssuedKind,
    IssuedToken,
    IssuedTokens,
    TokenOwner,
    TokenState,
    random_text,
)


class UserGrant(NamedTuple):
    """What a business holds after a user agreed. The code is a second way in, good for once."""

    openid: str
    refresh_token: str
    code: str


class UserTokens(NamedTuple):
    access: IssuedToken
    refresh: IssuedToken


class Users:
    """Issues and rotates the tokens of users.

    Where WeChat's pages say nothing or contradict themselves, this is what happens here: each
    refresh issues a new access token (the old one lives on to its own expiry), a new refresh token
    with thirty days of its own, and lets the refresh tokens before it work for five minutes more.
    """

    def __init__(self, tokens: IssuedTokens, periods: Periods, rng: random.Random) -> None:
        self._tokens = tokens
        self._periods = periods
        self._rng = rng
        self._revoked = Shelf[TokenOwner, bool](periods.oauth_refresh)

    def new_openid(self) -> str:
        return "o" + random_text(self._rng, 20)

    def grant(self, owner: TokenOwner, now: datetime) -> UserGrant:
        self._revoked.discard(owner)
        refresh = self._refresh_token(owner, now)
        code = self._tokens.issue(IssuedKind.OAUTH_CODE, owner, now)
        return UserGrant(owner.openid, refresh.value, code.value)

    def revoke(self, owner: TokenOwner, now: datetime) -> None:
        """Let no token of this user work any longer, as after a change of password."""
        self._revoked.put(owner, True, now)

    def require_consent(self, owner: TokenOwner, now: datetime) -> None:
        """Raises RefusedError 42007 if the user has taken it back."""
        if self._revoked.get(owner, now):
            raise RefusedError(42007)

    def exchange(self, app: TokenOwner, code: str, now: datetime) -> UserTokens:
        """The code of a redirect for tokens.

        Raises RefusedError 40029 (unknown), 40163 (used), 42003 (expired).
        """
        found = self._tokens.find(code, now, IssuedKind.OAUTH_CODE)
        if found is None or not _same_app(found.owner, app):
            raise RefusedError(40029)
        if found.state(now) is not TokenState.ALIVE:
            raise RefusedError(42003 if found.state(now) is TokenState.EXPIRED else 40163)
        self._tokens.end(found, now)
        return self._issue(found.owner, now)

    def refresh(self, app: TokenOwner, refresh_token: str, now: datetime) -> UserTokens:
        """New tokens for a refresh token.

        Raises RefusedError 40030 (unknown or replaced), 42002 (expired), 42007 (taken back).
        """
        found = self._tokens.find(refresh_token, now, IssuedKind.USER_REFRESH)
        if found is None or not _same_app(found.owner, app):
            raise RefusedError(40030)
        self.require_consent(found.owner, now)
        if found.state(now) is not TokenState.ALIVE:
            raise RefusedError(42002 if found.state(now) is TokenState.EXPIRED else 40030)
        return self._issue(found.owner, now)

    def _issue(self, owner: TokenOwner, now: datetime) -> UserTokens:
        access = self._tokens.issue(IssuedKind.USER, owner, now)
        return UserTokens(access, self._refresh_token(owner, now))

    def _refresh_token(self, owner: TokenOwner, now: datetime) -> IssuedToken:
        overlap = self._periods.overlap
        return self._tokens.issue(IssuedKind.USER_REFRESH, owner, now, overlap=overlap)


def _same_app(owner: TokenOwner, app: TokenOwner) -> bool:
    return owner.appid == app.appid and owner.component_appid == app.component_appid
