"""Limits how often callers may do something."""

from datetime import timedelta
from typing import Final

from wechat_scheduler.access.model import Address, network_of
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.windows import Windows
from wechat_scheduler.errors import ThrottledError
from wechat_scheduler.reasons import Reason

# A system whose key was changed sends a few wrong ones before its operator sees it. Keys have 256
# bits, so this protects the log and the processor.
WRONG_KEYS: Final = 20
WRONG: Final = (
    "too many wrong keys or secrets came from this address: correct them, and wait a minute"
)


class Rate:
    """Counts by name. Allows at most `most` in the `period` that begins with the first; 0 means no
    limit."""

    def __init__(
        self,
        clock: Clock,
        *,
        most: int,
        period: timedelta,
        sentence: str = "too many requests in a short time",
    ) -> None:
        self._windows = Windows(clock, period)
        self._most = most
        self._sentence = sentence

    def allows(self, name: str) -> bool:
        """Count one more, if it may be."""
        return self._windows.spend(name, self._most) is None

    def count(self, name: str) -> None:
        """Raises ThrottledError if there were too many."""
        pause = self._windows.spend(name, self._most)
        if pause is not None:
            raise ThrottledError(self._sentence, reason=Reason.REQUEST_THROTTLED, retry_after=pause)


class Throttle:
    """Counts wrong keys, or what else strangers do, by address, in the minute that begins with the first."""

    def __init__(self, clock: Clock, *, most: int = WRONG_KEYS, sentence: str = WRONG) -> None:
        self._rate = Rate(clock, most=most, period=timedelta(minutes=1), sentence=sentence)

    def count(self, address: Address | None) -> None:
        """Raises ThrottledError if there were too many."""
        self._rate.count(network_of(address))
