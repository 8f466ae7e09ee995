"""Counts the calls of consumers that have a limit. Each process counts its own."""

import enum
from datetime import date, timedelta
from typing import Final

from wechat_scheduler.credentials.policy import next_quota_day, quota_day
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.gateway.model import Consumer

_MINUTE: Final = 60.0  # seconds


class QuotaWindow(enum.Enum):
    """The time that a limit counts in: a minute, or a day in Shanghai, as WeChat counts."""

    MINUTE = enum.auto()
    DAY = enum.auto()


@dataclass(slots=True, kw_only=True)
class _Count:
    """`until` is a boottime."""

    until: float = 0.0
    in_minute: int = 0
    day: date = date.min
    in_day: int = 0


class CallLimits:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: dict[str, _Count] = {}

    def spend(self, consumer: Consumer) -> QuotaWindow | None:
        """Count a call. Returns the window whose calls are used up; then nothing is counted."""
        if not consumer.per_minute and not consumer.per_day:
            return None
        count = self._current(consumer.name)
        if consumer.per_minute and count.in_minute >= consumer.per_minute:
            return QuotaWindow.MINUTE
        if consumer.per_day and count.in_day >= consumer.per_day:
            return QuotaWindow.DAY
        count.in_minute += 1
        count.in_day += 1
        return None

    def pause(self, consumer: Consumer, window: QuotaWindow) -> timedelta:
        """How long a window that is used up still lasts."""
        if window is QuotaWindow.DAY:
            now = self._clock.now()
            return next_quota_day(now) - now
        left = self._current(consumer.name).until - self._clock.boottime()
        return timedelta(seconds=left)

    def _current(self, name: str) -> _Count:
        count = self._counts.setdefault(name, _Count())
        boottime, today = self._clock.boottime(), quota_day(self._clock.now())
        if boottime >= count.until:
            count.until, count.in_minute = boottime + _MINUTE, 0
        if today != count.day:
            count.day, count.in_day = today, 0
        return count
