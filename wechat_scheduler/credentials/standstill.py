"""Detects that the process stood still: it was stopped, or its machine slept.

Where several processes share a store, another one may have replaced meanwhile what is in memory here.
"""

import math
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.engine.clock import Clock

# A heartbeat comes this often; without one for longer than STANDSTILL the process stood still.
EVERY: Final = timedelta(seconds=2)
STANDSTILL: Final = timedelta(seconds=10)


class Standstill:
    """`known` are the jobs in memory that another process may change. At the boottime `alive_until` the process
    stood still, unless a heartbeat came before."""

    def __init__(self, known: Callable[[], Iterable[JobKey]], clock: Clock) -> None:
        self._known = known
        self._clock = clock
        self._doubtful: dict[JobKey, float] = {}
        self._listeners: list[Callable[[], None]] = []
        self.alive_until = clock.boottime() + STANDSTILL.total_seconds()

    def on_standstill(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each standstill."""
        self._listeners.append(listener)

    async def beat(self) -> None:
        """Record that the process runs."""
        self._notice()

    def doubts(self, key: JobKey) -> bool:
        """Whether to read the store before the job is handed out. While that fails, this is True only now
        and then, so that callers do not wait each time."""
        self._notice()
        now = self._clock.boottime()
        if self._doubtful.get(key, math.inf) > now:
            return False
        self._doubtful[key] = now + STANDSTILL.total_seconds()
        return True

    def believes(self, key: JobKey) -> bool:
        """Whether the job was read since the last standstill."""
        return key not in self._doubtful

    def believe(self, key: JobKey) -> None:
        """Record that the job was read from the store."""
        self._doubtful.pop(key, None)

    def _notice(self) -> None:
        now = self._clock.boottime()
        if now > self.alive_until:
            self._doubtful.update(dict.fromkeys(self._known(), now))
            for listener in self._listeners:
                listener()
        self.alive_until = now + STANDSTILL.total_seconds()
