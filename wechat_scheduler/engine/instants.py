"""Reads the machine's clocks. It needs no event loop, so programs that only read time import none."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Instants(Protocol):
    """The part of a clock that reads time."""

    def now(self) -> datetime:
        """The wall clock: an aware datetime in UTC. May jump."""

    def boottime(self) -> float:
        """Seconds since an arbitrary point. Never jumps, and continues while the machine sleeps."""


# A business system may run where there is no such clock; the other one continues in sleep there.
_BOOTTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class MachineClock:
    """The machine's clocks, read."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def boottime(self) -> float:
        return time.clock_gettime(_BOOTTIME)
