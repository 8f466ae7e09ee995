"""A clock that only moves when a test moves it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta

from wechat_scheduler.engine.clock import Clock

START = datetime(2026, 11, 18, 2, 30, tzinfo=UTC)
# Between two tries of a busy WeChat there is a second at most.
NAP = timedelta(seconds=1)


class FakeClock:
    """`advance` moves both clocks and wakes whoever slept until then; `jump` moves the wall alone."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._boot = 1_000.0
        self._moved = asyncio.Event()
        self._sleepers = 0
        self._slept = asyncio.Event()

    def now(self) -> datetime:
        return self._now

    def boottime(self) -> float:
        return self._boot

    async def sleep(self, delay: timedelta) -> None:
        await self.sleep_seconds(delay.total_seconds())

    async def sleep_seconds(self, seconds: float) -> None:
        deadline = self._boot + seconds
        self._sleepers += 1
        self._slept.set()
        try:
            while self._boot < deadline:
                await self._moved.wait()
        finally:
            self._sleepers -= 1

    async def wait(self, event: asyncio.Event, timeout: timedelta | None) -> bool:
        if event.is_set():
            return True
        if timeout is None:
            await event.wait()
            return True
        waiters = {
            asyncio.create_task(event.wait()),  # noqa: TID251 - the two things being waited for
            asyncio.create_task(self.sleep(timeout)),  # noqa: TID251
        }
        try:
            await asyncio.wait(waiters, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiter in waiters:
                waiter.cancel()
        return event.is_set()

    async def asleep(self) -> None:
        """Wait until somebody sleeps."""
        while not self._sleepers:
            self._slept.clear()
            await self._slept.wait()

    async def flow(self, step: timedelta) -> None:
        """Move on by `step` whenever somebody falls asleep, until cancelled: nobody stands by."""
        while True:
            self.advance(step)
            self._slept.clear()
            await self._slept.wait()

    def advance(self, delay: timedelta) -> None:
        self._now += delay
        self._boot += delay.total_seconds()
        self._wake()

    def advance_to(self, instant: datetime) -> None:
        """Move on to `instant`; never backwards."""
        self.advance(max(timedelta(0), instant - self._now))

    def jump(self, delay: timedelta) -> None:
        """What an operator or NTP does: the wall clock alone moves."""
        self._now += delay
        self._wake()

    def _wake(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()


@contextmanager
def unmoved(clock: Clock) -> Iterator[None]:
    """Around a test that shares a place with others of its file: fails it if it moved the time of all."""
    yield
    assert clock.now() == START, "a test that moves the time has a place of its own"


@asynccontextmanager
async def flowing(clock: FakeClock, step: timedelta = NAP) -> AsyncIterator[None]:
    """Ends each wait of at most `step` at once."""
    async with asyncio.TaskGroup() as group:
        moments = group.create_task(clock.flow(step))
        yield
        moments.cancel()
