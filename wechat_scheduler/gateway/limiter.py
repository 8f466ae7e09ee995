"""Limits concurrent calls: one account, or one caller of it, uses no slots of the others."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.counts import release
from wechat_scheduler.engine.windows import Windows
from wechat_scheduler.gateway.refused_calls import CallRefusal, CallRefusedError

# The share of an account's places that one of its callers may take, in quarters.
OF_A_CALLER: Final = 3

# The share of all places, an eighth, that is for accounts and callers which have none. Of the others none takes more
# than three times those that are free, so that several that flood leave places, too.
RESERVED: Final = 8
OF_FREE: Final = 3
_ALL: Final = ("*", "")

# Calls that name no account need no proof: all of them together take half of all places at most.
OF_STRANGERS: Final = 2
_STRANGERS: Final = ("", "")
SOON: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)


class CallLimiter:
    """At most `altogether` calls at once, with their answers; `most` of them of one account, three quarters of
    these for one caller, and less once few are free; and `per_minute` of an account in a minute (0 means no
    limit). Calls over the limit are rejected, not queued."""

    def __init__(self, *, altogether: int, most: int, per_minute: int, clock: Clock) -> None:
        self._altogether = altogether
        self.most = most
        self.per_minute = per_minute
        self._open: Counter[tuple[str, str]] = Counter()
        self._minutes = Windows(clock, MINUTE)

    @contextmanager
    def passing(self, account: str, caller: str) -> Iterator[None]:
        """Hold a slot until the end of the block. Calls without an `account` share none: each caller has slots of
        its own. Raises CallRefusedError."""
        place = account or f"caller/{caller}"
        free = self._altogether - self._open[_ALL]
        share = max(1, OF_FREE * (free - self._altogether // RESERVED))
        most = {_ALL: self._altogether, (place, ""): min(self.most, share)}
        if not account:
            most[_STRANGERS] = max(1, self._altogether // OF_STRANGERS)
        if caller:
            most[place, caller] = max(1, self.most * OF_A_CALLER // 4)
            most["*", caller] = share
        if any(self._open[name] >= number for name, number in most.items()):
            raise CallRefusedError(CallRefusal.TOO_MANY, pause=SOON)
        pause = self._minutes.spend(place, self.per_minute)
        if pause is not None:
            raise CallRefusedError(CallRefusal.TOO_FAST, pause=pause)
        for name in most:
            self._open[name] += 1
        try:
            yield
        finally:
            for name in most:
                release(self._open, name)
