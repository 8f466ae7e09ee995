"""Counts by name, in periods of which each begins with its first count."""

from collections import OrderedDict
from datetime import timedelta
from typing import Final

from wechat_scheduler.engine.clock import Clock

# A caller with more names than are counted at a time can push out its own count.
NAMES: Final = 10_000


class Windows:
    """The name that was counted the longest time ago is forgotten first."""

    def __init__(self, clock: Clock, period: timedelta) -> None:
        self._clock = clock
        self._period = period.total_seconds()
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def spend(self, name: str, most: int) -> timedelta | None:
        """Count one, at most `most` in a period; 0 means no limit. Returns how long the period still lasts, if all are
        spent; then nothing is counted."""
        if not most:
            return None
        now = self._clock.boottime()
        until, count = self._counts.pop(name, (0.0, 0))
        if now >= until:
            until, count = now + self._period, 0
        is_spent = count >= most
        self._counts[name] = until, count if is_spent else count + 1
        if len(self._counts) > NAMES:
            self._counts.popitem(last=False)
        return timedelta(seconds=until - now) if is_spent else None
