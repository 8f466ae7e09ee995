"""WeChat's quotas: calls per minute, per day and per month."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.periods import ExpiringDict, Periods

SHANGHAI = ZoneInfo("Asia/Shanghai")

# Sources: "getStableAccessToken", "API_Call_Limits".
FORCED_REFRESHES_A_DAY = 20
CLEARINGS_A_MONTH = 10
PATH_CLEARINGS_A_MONTH = 50


class Limit(NamedTuple):
    """Calls to one endpoint for each account; None where WeChat documents no number."""

    day: int | None = None
    minute: int | None = None


UNLIMITED = Limit()
# WeChat names a limit of every path. The sandbox names this one where it holds none.
NAMED = 10_000_000


class _Key(NamedTuple):
    name: str
    appid: str


class _Window:
    """Counts that start again at 0 when the window ends."""

    def __init__(self, end_after: Callable[[datetime], datetime]) -> None:
        self._end_after = end_after
        self._ends_at: datetime | None = None
        self._counts: Counter[_Key] = Counter()

    def count(self, key: _Key, now: datetime) -> int:
        if self._ends_at is None or now >= self._ends_at:
            self._counts.clear()
            self._ends_at = self._end_after(now)
        return self._counts[key]

    def add(self, key: _Key) -> None:
        self._counts[key] += 1

    def forget(self, key: _Key) -> None:
        self._counts.pop(key, None)


class Meter:
    """Counts the calls of each account to each endpoint, and refuses those beyond the limit.

    The day is a real one and ends at midnight in Shanghai, though other periods shrink.
    """

    def __init__(self, limits: Mapping[str, Limit], periods: Periods) -> None:
        self._limits = limits
        self._minute = periods.minute
        self._forced_lately = ExpiringDict[str, bool](periods.force_spacing)
        self._this_minute = _Window(lambda now: now + periods.minute)
        self._today = _Window(_midnight)
        self._this_month = _Window(_first_of_month)

    def spend(self, path: str, appid: str, now: datetime) -> None:
        """Counts one call. Raises RefusedError 45009 (per day), 45011 (per minute)."""
        limit, key = self._limits[path], _Key(path, appid)
        if _reached(limit.day, self._today.count(key, now)):
            raise RefusedError(45009)
        if _reached(limit.minute, self._this_minute.count(key, now)):
            raise RefusedError(45011)
        self._today.add(key)
        self._this_minute.add(key)

    def may_force(self, appid: str, now: datetime) -> bool:
        """Whether stable_token may refresh by force. If so, counts it."""
        key = _Key("force_refresh", appid)
        used_up = self._today.count(key, now) >= FORCED_REFRESHES_A_DAY
        if used_up or self._forced_lately.get(appid, now):
            return False
        self._today.add(key)
        self._forced_lately.put(appid, True, now)
        return True

    def clear(self, appid: str, now: datetime) -> None:
        """Sets the account's counts of the day to 0. Raises RefusedError 48006 (ten per month)."""
        key = _Key("clear_quota", appid)
        if self._this_month.count(key, now) >= CLEARINGS_A_MONTH:
            raise RefusedError(48006)
        self._this_month.add(key)
        for path in self._limits:
            self._today.forget(_Key(path, appid))

    def clear_path(self, path: str, appid: str, now: datetime) -> None:
        """Sets the count of one path to 0. Raises RefusedError 48006 (fifty per month)."""
        key = _Key("clear_path_quota", appid)
        if self._this_month.count(key, now) >= PATH_CLEARINGS_A_MONTH:
            raise RefusedError(48006)
        self._this_month.add(key)
        self._today.forget(_Key(path, appid))

    def describe(self, path: str, appid: str, now: datetime) -> dict[str, dict[str, int]]:
        """The reply of `openapi/quota/get`. Raises RefusedError 76021 if the path is unknown."""
        limit = self._limits.get(path)
        if limit is None:
            raise RefusedError(76021)
        used, daily = self._today.count(_Key(path, appid), now), limit.day or NAMED
        answer = {"quota": {"daily_limit": daily, "used": used, "remain": max(0, daily - used)}}
        if limit.minute is not None:
            seconds = max(1, round(self._minute.total_seconds()))
            answer["rate_limit"] = {"call_count": limit.minute, "refresh_second": seconds}
        return answer


def _reached(limit: int | None, count: int) -> bool:
    return limit is not None and count >= limit


def _midnight(now: datetime) -> datetime:
    return shanghai_midnight(now) + timedelta(days=1)


def _first_of_month(now: datetime) -> datetime:
    inside_next_month = shanghai_midnight(now).replace(day=1) + timedelta(days=32)
    return inside_next_month.replace(day=1)


def shanghai_midnight(now: datetime) -> datetime:
    """When the day of `now` began."""
    return now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
