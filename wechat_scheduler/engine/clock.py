"""The only reader of time.

Instants are aware UTC datetimes, durations are timedeltas. Wall time can jump (NTP, an operator), so
the remaining lifetime of a credential, for example, is measured by `boottime`.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

from wechat_scheduler.engine.instants import Instants, MachineClock

# A stored time that is further in the future than this was written by another clock: that one was fast,
# or this one is slow. A smaller difference is harmless, since values are renewed earlier than that
# before they expire.
AHEAD = timedelta(minutes=2)

# Two clocks go apart by at most this share of the time that passes: NTP corrects no faster.
DRIFT = 0.0005

SET_CLOCK = "set this machine's clock from the network: timedatectl set-ntp true"

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Instants, Protocol):
    """The source of time; tests inject one that they move by hand."""

    async def sleep(self, delay: timedelta) -> None:
        """Return after `delay`; at once if it is not positive."""

    async def sleep_seconds(self, seconds: float) -> None:
        """`sleep` for libraries that count in seconds (tenacity's `sleep=`)."""

    async def wait(self, event: asyncio.Event, timeout: timedelta | None) -> bool:
        """Wait until `event` is set (True) or `timeout` has passed (False); None waits for ever."""


class SystemClock(MachineClock):
    """The machine's clocks."""

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


class _Reading(NamedTuple):
    """The store's clock said `theirs` at the boottime `at`, or at most `spread` seconds before or after."""

    theirs: datetime
    at: float
    spread: float

    def now(self, boottime: float) -> datetime:
        return self.theirs + timedelta(seconds=boottime - self.at)

    def error(self, boottime: float) -> float:
        """How wrong it may be by then, in seconds."""
        return self.spread + DRIFT * (boottime - self.at)


class SharedClock:
    """The clock of a store that several machines share, on a machine whose own may be wrong.

    `now` is the store's time, by the answer that tells it best, and counted on by `boottime`: what this machine's
    wall clock says, and a step of it, changes nothing. Before the first `agree` it is this machine's.
    """

    def __init__(self, own: Clock) -> None:
        self._own = own
        self._agreed: _Reading | None = None
        self.ahead = timedelta(0)

    def agree(self, theirs: datetime, *, asked: float, answered: float) -> None:
        """The store's clock said `theirs` between the boottimes `asked` and `answered`. `ahead` is then the
        time that this machine's wall clock is ahead of it. As in NTP, a quick answer counts more than a
        slow one, until it is old; but if both cannot be true, the store's clock was set."""
        new = _Reading(theirs, (asked + answered) / 2, (answered - asked) / 2)
        if self._agreed is None or self._gives_way(self._agreed, new, answered):
            self._agreed = new
        self.ahead = self._own.now() - self.now()

    @staticmethod
    def _gives_way(old: _Reading, new: _Reading, boottime: float) -> bool:
        apart = abs((old.now(boottime) - new.now(boottime)).total_seconds())
        errors = old.error(boottime), new.error(boottime)
        return errors[1] <= errors[0] or apart > sum(errors)

    def now(self) -> datetime:
        return self._agreed.now(self._own.boottime()) if self._agreed else self._own.now()

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


def rfc3339(instant: datetime) -> str:
    """As `2026-11-22T03:57:27Z`, cut to the second."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
