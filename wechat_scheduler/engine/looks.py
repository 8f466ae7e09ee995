"""Spaces a loop's looks at what is due, so that they cost the store little."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from wechat_scheduler.engine.clock import Clock

# The part of the time in which a look may occupy the database. With messages of 10,000 apps waiting, PostgreSQL needs
# 0.1 s to find the first of them, and each daemon on it asks.
SHARE: Final = 0.02
# One that took long because the database was away must not put off what got lost then.
LONGEST: Final = timedelta(seconds=5)


class Looks:
    """`pause` is the time between two looks: `every`, or longer if the last look was expensive."""

    def __init__(self, every: timedelta, clock: Clock) -> None:
        self._every = every
        self._clock = clock
        self.pause = every

    @contextmanager
    def taken(self) -> Iterator[None]:
        """A block that asks the store. One that raises does not count."""
        began = self._clock.boottime()
        yield
        took = timedelta(seconds=self._clock.boottime() - began)
        self.pause = max(self._every, min(took / SHARE, LONGEST))
