"""Tokens, tickets and codes: how they look, how long they live, and how they end.

The endpoints decide which errcode refuses which one.
"""

import random
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from wechat_scheduler.engine.records import dataclass, field, replace
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.periods import ExpiringDict, Periods

NEVER = timedelta(days=3650)


class IssuedKind(Enum):
    """What WeChat issues. A value is the prefix, and `size` random bytes in URL-safe base64."""

    ACCESS = "access_token", "92_", 99
    STABLE = "stable access_token", "93_", 99
    JSAPI_TICKET = "jsapi_ticket", "", 64
    CARD_TICKET = "wx_card ticket", "", 64
    USER = "oauth2 access_token", "94_", 66
    USER_REFRESH = "oauth2 refresh_token", "94_", 66
    OAUTH_CODE = "oauth2 code", "0", 23
    VERIFY_TICKET = "component_verify_ticket", "ticket@@@", 64
    COMPONENT = "component_access_token", "95_", 99
    PREAUTH_CODE = "pre_auth_code", "preauthcode@@@", 64
    AUTHORIZATION_CODE = "authorization_code", "queryauthcode@@@", 64
    AUTHORIZER = "authorizer_access_token", "96_", 99
    AUTHORIZER_REFRESH = "authorizer_refresh_token", "refreshtoken@@@", 32

    def __init__(self, title: str, prefix: str, size: int) -> None:
        self.title, self.prefix, self.size = title, prefix, size


class TokenState(Enum):
    """ENDED: replaced, used or revoked. EXPIRED: too old."""

    ALIVE = "alive"
    ENDED = "ended"
    EXPIRED = "expired"


class TokenOwner(NamedTuple):
    """The account, and the platform and the user if the token is for one."""

    appid: str
    component_appid: str = ""
    openid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedToken:
    kind: IssuedKind
    owner: TokenOwner
    value: str = field(repr=False)
    expires_at: datetime
    ends_at: datetime | None = None

    def state(self, now: datetime) -> TokenState:
        if now >= self.expires_at:
            return TokenState.EXPIRED
        return (
            TokenState.ENDED
            if self.ends_at is not None and now >= self.ends_at
            else TokenState.ALIVE
        )

    def require_alive(self, now: datetime, *, ended: int, expired: int) -> None:
        """Raises RefusedError with the errcode `ended` or `expired`."""
        state = self.state(now)
        if state is not TokenState.ALIVE:
            raise RefusedError(expired if state is TokenState.EXPIRED else ended)

    def expires_in(self, now: datetime) -> int:
        """Whole seconds left."""
        return max(0, int((self.expires_at - now).total_seconds()))


class IssuedTokens:
    """All tokens, and the newest of each kind and owner.

    Ended and expired tokens are kept for about one lifetime, because WeChat's errcode tells them
    from unknown ones.
    """

    def __init__(self, periods: Periods, rng: random.Random) -> None:
        self._rng = rng
        self._lifetimes = _lifetimes(periods)
        self._known = {
            kind: ExpiringDict[str, IssuedToken](2 * self._lifetimes[kind]) for kind in IssuedKind
        }
        self._newest = {
            kind: ExpiringDict[TokenOwner, IssuedToken](self._lifetimes[kind])
            for kind in IssuedKind
        }
        self._ended = ExpiringDict[str, IssuedToken](periods.overlap + periods.token)

    def issue(
        self,
        kind: IssuedKind,
        owner: TokenOwner,
        now: datetime,
        *,
        overlap: timedelta | None = None,
    ) -> IssuedToken:
        """A new token. The old one works for `overlap` more, or until its expiry if None."""
        before = self.newest(kind, owner, now)
        if before is not None and overlap is not None:
            self.end(before, now, after=overlap)
        expires_at = now + self._lifetimes[kind]
        token = IssuedToken(kind=kind, owner=owner, value=self._value(kind), expires_at=expires_at)
        self._known[kind].put(token.value, token, now)
        self._newest[kind].put(owner, token, now)
        return token

    def newest(self, kind: IssuedKind, owner: TokenOwner, now: datetime) -> IssuedToken | None:
        """The newest token, if it is alive."""
        token = self._newest[kind].get(owner, now)
        return token if token is not None and token.state(now) is TokenState.ALIVE else None

    def find(self, value: str, now: datetime, *kinds: IssuedKind) -> IssuedToken | None:
        """The token of one of `kinds` with this value, in any state; None if unknown."""
        for kind in kinds:
            if token := self._known[kind].get(value, now):
                return token
        ended = self._ended.get(value, now)
        return ended if ended is not None and ended.kind in kinds else None

    def end(
        self, token: IssuedToken, now: datetime, *, after: timedelta = timedelta(0)
    ) -> IssuedToken:
        """Ends `token` after this time, and returns it so."""
        self._known[token.kind].discard(token.value)
        if self._newest[token.kind].get(token.owner, now) is token:
            self._newest[token.kind].discard(token.owner)
        ended = replace(token, ends_at=now + after)
        self._ended.put(token.value, ended, now)
        return ended

    def __len__(self) -> int:
        return len(self._ended) + sum(len(shelf) for shelf in self._known.values())

    def _value(self, kind: IssuedKind) -> str:
        return kind.prefix + random_text(self._rng, kind.size)


def random_text(rng: random.Random, size: int) -> str:
    """`size` random bytes in URL-safe base64."""
    return urlsafe_b64encode(rng.randbytes(size)).decode().rstrip("=")


def _lifetimes(periods: Periods) -> Mapping[IssuedKind, timedelta]:
    return dict.fromkeys(IssuedKind, periods.token) | {
        IssuedKind.USER_REFRESH: periods.oauth_refresh,
        IssuedKind.OAUTH_CODE: periods.oauth_code,
        IssuedKind.VERIFY_TICKET: periods.verify_ticket,
        IssuedKind.PREAUTH_CODE: periods.authorization_code,
        IssuedKind.AUTHORIZATION_CODE: periods.authorization_code,
        IssuedKind.AUTHORIZER_REFRESH: NEVER,
    }
