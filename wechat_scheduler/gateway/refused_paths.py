"""Remembers paths at which WeChat refuses even a fresh token: something else is wrong there, such as a call
of a platform's path with the token of an account. Reporting the token again and again would use up its
refreshes of a day."""

from collections import OrderedDict
from datetime import timedelta
from typing import Final

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.engine.clock import Clock

# The second time in a row counts, since a token may end right after its issue. The pause doubles, so that a path takes
# about ten of the 20 refreshes that WeChat forces in a day.
BELIEVED: Final = 1
FIRST_PAUSE: Final = timedelta(minutes=5)
LONGEST_PAUSE: Final = timedelta(days=1)
# Paths that are remembered; the one that was refused the longest time ago is forgotten first.
REMEMBERED: Final = 1000


class RefusedPaths:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: OrderedDict[tuple[JobKey, str], tuple[int, float]] = OrderedDict()

    def believes(self, key: JobKey, path: str) -> bool:
        """Whether a refusal at this path is blamed on the job's token."""
        _, until = self._known.get((key, path), (0, 0.0))
        return self._clock.boottime() >= until

    def refused(self, key: JobKey, path: str) -> None:
        """Record that a fresh token was refused."""
        times = self._known.pop((key, path), (0, 0.0))[0] + 1
        pause = timedelta(0)
        if times > BELIEVED:
            pause = min(FIRST_PAUSE * 2 ** min(times - BELIEVED - 1, 20), LONGEST_PAUSE)
        self._known[key, path] = (times, self._clock.boottime() + pause.total_seconds())
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def took(self, key: JobKey, path: str) -> None:
        """Record that a token was accepted."""
        if self._known:
            self._known.pop((key, path), None)
