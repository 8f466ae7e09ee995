"""How often something may be asked for, by whoever it is counted for."""

from collections import OrderedDict
from datetime import timedelta
from typing import Final

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import ThrottledError

# Names remembered at a time: who has more of them to ask by could forget himself.
NAMES: Final = 4096


class Rate:
    """At most `most` in the `period` that begins with the first; 0 is no limit."""

    def __init__(self, clock: Clock, *, most: int, period: timedelta) -> None:
        self._clock = clock
        self._most = most
        self._period = period
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def count(self, name: str) -> None:
        """One more. Raises ThrottledError if there were too many."""
        if not self._most:
            return
        now = self._clock.boottime()
        until, count = self._counts.pop(name, (0.0, 0))
        if now >= until:
            until, count = now + self._period.total_seconds(), 0
        self._counts[name] = (until, count + 1)
        if len(self._counts) > NAMES:
            self._counts.popitem(last=False)
        if count >= self._most:
            pause = timedelta(seconds=until - now)
            raise ThrottledError("too many requests in a short time", retry_after=pause)
