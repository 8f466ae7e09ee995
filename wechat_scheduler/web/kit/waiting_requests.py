"""Requests that stay open until something happens, such as a rotation: how many there may be, and when
they end.

Each costs a connection and some kilobytes. A stop ends them all at once: they would hold it up until
their time is over, and their callers come back to the next process.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from aiohttp import web

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.counts import release
from wechat_scheduler.engine.turns import LoopTurns
from wechat_scheduler.errors import ThrottledError
from wechat_scheduler.reasons import Reason

# Of one key, and of all.
OF_A_KEY: Final = 2_000
MOST: Final = 8_000
# They take no more than this part of the connections that there may be: other requests need the rest.
SHARE: Final = 2

SOON: Final = timedelta(seconds=5)
TOO_MANY: Final = "too many requests of this API key wait for changes: end some, or retry later"

# The seconds that a request waited on purpose.
WAITED: Final = web.RequestKey("WAITED", float)


class EndingConnection:
    """A connection that calls `on_lost` at its end; for a request that is answered this must do nothing."""

    __slots__ = ()

    on_lost: Callable[[], None]


class WaitingRequest:
    """A request that stays open. Its handler waits for `wait` again and again until `is_over`: the daemon
    stops, or the caller has hung up."""

    def __init__(self, those: "WaitingRequests", request: web.Request) -> None:
        self._all = those
        self._request = request
        self._woken = asyncio.Event()

    @property
    def is_over(self) -> bool:
        return self._all.is_ending or self._request.transport is None

    def wake(self) -> None:
        """Let `wait` return. Of many that are woken together, a few continue in each turn of the loop."""
        self._all.turns.give(self._woken.set)

    def cut_if_stuck(self) -> None:
        """End the connection at once if its client does not take what was written."""
        transport = self._request.transport
        if transport is not None and transport.get_write_buffer_size():
            transport.abort()

    def rest(self) -> None:
        """What woke it so far is known."""
        self._woken.clear()

    async def wait(self, longest: timedelta) -> None:
        """Return after the next `wake`, or one since `rest`."""
        clock = self._all.clock
        began = clock.boottime()
        await clock.wait(self._woken, longest)
        waited = self._request.get(WAITED, 0.0) + clock.boottime() - began
        self._request[WAITED] = waited


class WaitingRequests:
    """All requests that stay open. `connections` gives the maximum number of connections."""

    def __init__(self, connections: Callable[[], int], clock: Clock) -> None:
        self.clock = clock
        self.turns = LoopTurns()
        self.is_ending = False
        self._connections = connections
        self._open: dict[WaitingRequest, None] = {}
        self._of_keys: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    @contextmanager
    def open(self, request: web.Request, key: str) -> Iterator[WaitingRequest]:
        """A place for `request`, whose key has the id `key`. Raises ThrottledError if there is none."""
        most = min(MOST, self._connections() // SHARE)
        if len(self._open) >= most or self._of_keys[key] >= OF_A_KEY:
            raise ThrottledError(TOO_MANY, reason=Reason.REQUEST_THROTTLED, retry_after=SOON)
        one = WaitingRequest(self, request)
        self._open[one] = None
        self._of_keys[key] += 1
        protocol = request.protocol
        if isinstance(protocol, EndingConnection):
            protocol.on_lost = one.wake
        try:
            yield one
        finally:
            del self._open[one]
            release(self._of_keys, key)

    def wake_all(self) -> None:
        """Let each check whether it may continue: a key has changed."""
        for one in self._open:
            one.wake()

    def end(self) -> None:
        """End all of them: the daemon stops. It does not wait for those that do not read."""
        self.is_ending = True
        for one in self._open:
            one.cut_if_stuck()
        self.wake_all()
