"""Asks WeChat for the calls of a path that an account has left today."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol

from wechat_scheduler.engine.clock import Clock

# WeChat counts the questions, too.
ASKED_EVERY: Final = timedelta(minutes=1)
# Answers that are remembered; the oldest is forgotten first.
REMEMBERED: Final = 1000


class ApiQuota(NamedTuple):
    """The calls of a path in a day: how many WeChat allows, how many it counted, and how many are left."""

    daily_limit: int
    used: int
    remain: int


class Quotas(Protocol):
    """WeChat's call counts. Both methods raise WeChatError, and RequestError without a token of the account."""

    async def quota(self, appid: str, path: str) -> ApiQuota: ...

    async def clear(self, appid: str, path: str) -> None:
        """Reset WeChat's count of today's calls to this path. WeChat allows this 50 times a month."""


class QuotaDesk:
    """Reads and resets WeChat's call counts. It asks about a path at most once per ASKED_EVERY."""

    def __init__(self, quotas: Quotas, *, clock: Clock) -> None:
        self._quotas = quotas
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, ApiQuota]] = {}
        self._asked_at: dict[tuple[str, str], datetime] = {}

    async def quota(self, appid: str, path: str) -> ApiQuota:
        until, known = self._known.get((appid, path), (0.0, None))
        if known is not None and self._clock.boottime() < until:
            return known
        found = await self._quotas.quota(appid, path)
        self._known.pop((appid, path), None)
        if len(self._known) >= REMEMBERED:
            oldest = next(iter(self._known))
            del self._known[oldest], self._asked_at[oldest]
        until = self._clock.boottime() + ASKED_EVERY.total_seconds()
        self._known[appid, path] = until, found
        self._asked_at[appid, path] = self._clock.now()
        return found

    def known_today(self, today: datetime) -> Mapping[tuple[str, str], ApiQuota]:
        """The last answers since the beginning of the day, by account and path."""
        return {
            place: quota
            for place, (_, quota) in self._known.items()
            if self._asked_at[place] >= today
        }

    async def clear(self, appid: str, path: str) -> None:
        await self._quotas.clear(appid, path)
        self._known.pop((appid, path), None)
        self._asked_at.pop((appid, path), None)
