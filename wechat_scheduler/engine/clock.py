"""The only reader of time.

Instants are aware UTC datetimes, durations are timedeltas. Wall time can jump (NTP, an operator), so
the remaining lifetime of a credential, for example, is measured by `boottime`.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

# An instant of ours that is further ahead than this was written by a clock that is not the present one: that
# one was ahead, or this one is behind. Less harms nothing, since values are renewed longer than that
# before they expire.
AHEAD = timedelta(minutes=2)

# The store's clock is not taken from an answer that took longer: it may have been read at its begin or its end.
LONG_ANSWER = timedelta(seconds=1)

SET_CLOCK = "set this machine's clock from the network: timedatectl set-ntp true"

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """The source of time; tests inject one that they move by hand."""

    def now(self) -> datetime:
        """The wall clock: an aware datetime in UTC. May jump."""

    def boottime(self) -> float:
        """Seconds since an arbitrary point. Never jumps, and continues while the machine sleeps."""

    async def sleep(self, delay: timedelta) -> None:
        """Return after `delay`; at once if it is not positive."""

    async def sleep_seconds(self, seconds: float) -> None:
        """`sleep` for libraries that count in seconds (tenacity's `sleep=`)."""

    async def wait(self, event: asyncio.Event, timeout: timedelta | None) -> bool:
        """Wait until `event` is set (True) or `timeout` has passed (False); None waits for ever."""


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def boottime(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    async def sleep(self, delay: timedelta) -> None:
        await asyncio.sleep(max(0.0, delay.total_seconds()))

    async def sleep_seconds(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))

    async def wait(self, event: asyncio.Event, timeout: timedelta | None) -> bool:
        if event.is_set():
            return True
        try:
            async with asyncio.timeout(None if timeout is None else timeout.total_seconds()):
                await event.wait()
        except TimeoutError:
            return False
        return True


class SharedClock:
    """The clock of a store that several machines share, on a machine whose own may be wrong.

    `now` is the store's time, as of the last `agree` and counted on by `boottime`: what this machine's
    wall clock says, and a step of it, changes nothing. Before the first `agree` it is this machine's.
    """

    def __init__(self, own: Clock) -> None:
        self._own = own
        self._agreed: tuple[datetime, float] | None = None
        self.ahead = timedelta(0)

    def agree(self, theirs: datetime, *, asked: float, answered: float) -> None:
        """The store's clock said `theirs` between the boottimes `asked` and `answered`. `ahead` is then the
        time that this machine's wall clock is ahead of it. An answer that took long tells little: it is
        used only if there was none before."""
        if self._agreed is not None and answered - asked > LONG_ANSWER.total_seconds():
            return
        self._agreed = theirs, (asked + answered) / 2
        self.ahead = self._own.now() - self.now()

    def now(self) -> datetime:
        if self._agreed is None:
            return self._own.now()
        theirs, at = self._agreed
        return theirs + timedelta(seconds=self._own.boottime() - at)

    def boottime(self) -> float:
        return self._own.boottime()

    async def sleep(self, delay: timedelta) -> None:
        await self._own.sleep(delay)

    async def sleep_seconds(self, seconds: float) -> None:
        await self._own.sleep_seconds(seconds)

    async def wait(self, event: asyncio.Event, timeout: timedelta | None) -> bool:
        return await self._own.wait(event, timeout)


def monotonic_micros() -> int:
    """The monotonic clock in microseconds, for systemd."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000


def millis(at: datetime) -> int:
    """Milliseconds since 1970."""
    return (at - EPOCH) // timedelta(milliseconds=1)
