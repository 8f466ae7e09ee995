"""Deletes what has ended, a few rows at a time, so that no other writer waits for long."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass

SLICE: Final = 500
"""Rows that one transaction deletes: some milliseconds of the writer's time."""

SLICES: Final = 100
"""Transactions for one kind of rows in one round. The rest waits for the next round."""

Forget: TypeAlias = Callable[[datetime, int], Awaitable[int]]
"""Deletes rows that ended before an instant, about so many, and returns how many they were: fewer only
if there are no more. May raise StorageError."""


@dataclass(slots=True)
class Retention:
    """A kind of rows that are kept for `lasts` after their end. It may be changed at any time."""

    lasts: timedelta
    forget: Forget


class Housekeeping:
    """Deletes ended rows of each kind in turn."""

    def __init__(self, *kinds: Retention, clock: Clock) -> None:
        self._kinds = kinds
        self._clock = clock

    async def forget(self) -> None:
        """One round. Raises StorageError."""
        for kept in self._kinds:
            before = self._clock.now() - kept.lasts
            for _ in range(SLICES):
                if await kept.forget(before, SLICE) < SLICE:
                    break
