"""The addresses from which accounts are called, and tokens that end while they are used."""

import random
from collections.abc import Collection
from datetime import datetime

from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.periods import Periods
from wechat_scheduler.sandbox.tokens import IssuedToken, IssuedTokens


class Whitelists:
    """The IP whitelists of accounts. An account without one takes calls from everywhere.

    Source: "IP白名单", by which it covers every call with an access_token.
    """

    def __init__(self) -> None:
        self._addresses: dict[str, frozenset[str]] = {}

    def set(self, appid: str, addresses: Collection[str] | None) -> None:
        if addresses is None:
            self._addresses.pop(appid, None)
        else:
            self._addresses[appid] = frozenset(addresses)

    def check(self, appid: str, address: str) -> None:
        """Raises RefusedError 40164, which names the address."""
        listed = self._addresses.get(appid)
        if listed is not None and address not in listed:
            words = f"invalid ip {address} ipv6 ::ffff:{address}, not in whitelist"
            raise RefusedError(40164, words)


class TokenDeaths:
    """Ends a share of the tokens that are used, as if another program had forced a new one. Since WeChat
    forces one no sooner than 30 seconds after the last, younger tokens are spared."""

    def __init__(self, tokens: IssuedTokens, periods: Periods, rng: random.Random) -> None:
        self.share = 0.0
        self.count = 0
        self._tokens = tokens
        self._periods = periods
        self._rng = rng

    def strike(self, token: IssuedToken, now: datetime) -> IssuedToken:
        """The token, which may have ended just now."""
        age = self._periods.token - (token.expires_at - now)
        spared = token.ends_at is not None or age < self._periods.force_spacing
        if spared or self._rng.random() >= self.share:
            return token
        self.count += 1
        return self._tokens.end(token, now)
