"""Notices that the process stood still: it was stopped, or its machine slept.

Where several processes share a store, another one may have replaced meanwhile what is in memory here.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.engine.clock import Clock

# A sign of life comes this often; without one for longer than STANDSTILL the process stood still.
EVERY: Final = timedelta(seconds=2)
STANDSTILL: Final = timedelta(seconds=10)


class Standstill:
    """`known` are the jobs in memory that another process may change."""

    def __init__(self, known: Callable[[], Iterable[JobKey]], clock: Clock) -> None:
        self._known = known
        self._clock = clock
        self._alive_at = clock.boottime()
        self._doubtful: set[JobKey] = set()

    async def beat(self) -> None:
        """Leave a sign of life."""
        self._notice()

    def doubts(self, key: JobKey) -> bool:
        """Whether the job is asked for the first time since a standstill."""
        self._notice()
        if key not in self._doubtful:
            return False
        self._doubtful.discard(key)
        return True

    def _notice(self) -> None:
        now = self._clock.boottime()
        if now - self._alive_at > STANDSTILL.total_seconds():
            self._doubtful.update(self._known())
        self._alive_at = now
