"""Time for threads."""

import threading
from typing import Protocol

from wechat_scheduler.engine.instants import Instants, MachineClock


class ThreadClock(Instants, Protocol):
    """A clock with which threads wait; tests inject one that they move by hand."""

    def wait_for(self, event: threading.Event, seconds: float) -> bool:
        """Wait until `event` is set (True) or `seconds` have passed (False)."""


class SystemThreadClock(MachineClock):
    """The machine's clocks."""

    def wait_for(self, event: threading.Event, seconds: float) -> bool:
        return event.wait(max(0.0, seconds))
