"""Limits the calls that pass: one account, or one caller of it, takes no place from the others."""

from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.gateway.refused_calls import CallRefusal, CallRefusedError

# The share of an account's places that one of its callers may take, in quarters.
OF_A_CALLER: Final = 3

# The share of all places, an eighth, that is for accounts and callers which have none. Of the others none takes more
# than three times those that are free, so that several that flood leave places, too.
RESERVED: Final = 8
OF_FREE: Final = 3
_ALL: Final = ("*", "")
SOON: Final = timedelta(seconds=1)
MINUTE: Final = 60.0  # seconds

# Accounts that are counted at a time; the one that called the longest time ago is forgotten first.
COUNTED: Final = 10_000


class Turnstile:
    """At most `altogether` calls at once, with their answers; `most` of them of one account, three quarters of
    these for one caller, and less once few are free; and `per_minute` of an account in a minute (0 is no
    limit). Nothing waits here: a flood that waits is one that grows."""

    def __init__(self, *, altogether: int, most: int, per_minute: int, clock: Clock) -> None:
        self._altogether = altogether
        self.most = most
        self.per_minute = per_minute
        self._clock = clock
        self._open: Counter[tuple[str, str]] = Counter()
        self._minutes: OrderedDict[str, tuple[float, int]] = OrderedDict()

    @contextmanager
    def passing(self, account: str, caller: str) -> Iterator[None]:
        """A place until the end of the block. Raises CallRefusedError."""
        free = self._altogether - self._open[_ALL]
        share = max(1, OF_FREE * (free - self._altogether // RESERVED))
        most = {_ALL: self._altogether, (account, ""): min(self.most, share)}
        if caller:
            most[account, caller] = max(1, self.most * OF_A_CALLER // 4)
            most["*", caller] = share
        if any(self._open[name] >= number for name, number in most.items()):
            raise CallRefusedError(CallRefusal.TOO_MANY, pause=SOON)
        self._count(account)
        self._open.update(most.keys())
        try:
            yield
        finally:
            for name in most:
                self._open[name] -= 1
                if not self._open[name]:
                    del self._open[name]

    def _count(self, account: str) -> None:
        if not self.per_minute:
            return
        now = self._clock.boottime()
        until, count = self._minutes.pop(account, (0.0, 0))
        if now >= until:
            until, count = now + MINUTE, 0
        self._minutes[account] = (until, min(count + 1, self.per_minute))
        if len(self._minutes) > COUNTED:
            self._minutes.popitem(last=False)
        if count >= self.per_minute:
            raise CallRefusedError(CallRefusal.TOO_FAST, pause=timedelta(seconds=until - now))
