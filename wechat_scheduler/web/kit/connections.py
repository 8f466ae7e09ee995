"""Closes connections of clients that are too slow, and idle ones while there are too many.

A deadline that each byte renewed would be useless: a client that sends a byte each 5 s would keep its connection
for ever. So a head has one deadline as a whole, and a body or a response a slowest rate.
"""

import asyncio
import heapq
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, NamedTuple, Protocol

import structlog
from aiohttp import web

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.web.kit.memo import Memo
from wechat_scheduler.web.kit.request_lines import LenientConnection
from wechat_scheduler.web.kit.waiting_requests import EndingConnection

log = structlog.get_logger(__name__)

# The time for a head, from the connect or from its first byte, and for a pause in a body or a response.
PATIENCE: Final = timedelta(seconds=30)

# Bytes a second. Each of them prolongs the time for a body or a response by its share.
SLOWEST: Final = 500

# The pause between two looks at the connections.
EVERY: Final = timedelta(seconds=5)

# Beyond the most, this share of it is closed at once: finding the longest idle ones looks at all.
SHARE_CLOSED: Final = 16

ADVICE: Final = "raise LimitNOFILE= of the unit, or `ulimit -n`; behind a proxy, let it keep fewer"


class ConnectionTally(Protocol):
    """Counts connections that the daemon closed. Must neither block nor raise."""

    def count(self, name: str, *labels: str) -> None: ...


class Owed(NamedTuple):
    """What a connection waits for its client to send or to take, and how many bytes of it moved.
    `turn` tells one wait from the next."""

    what: str
    turn: int
    moved: int


class TimedConnection(LenientConnection, EndingConnection):
    """Tells `connections` when it opens and ends, and what it waits for."""

    __slots__ = ("_body", "_came", "_connections", "_partial_at", "_resumed", "on_lost")

    def __init__(
        self, connections: "Connections", memo: Memo, manager: web.Server, **options: Any
    ) -> None:
        super().__init__(memo, manager, **options)
        self._connections = connections
        self._body: Any = None
        self._came = 0
        # The number of requests before the head that is due: the first is due from the connect on.
        self._partial_at = 0
        self._resumed = 0
        self.on_lost = _nothing

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._connections.opened(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self._connections.ended(self)
        self.on_lost()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._resumed += 1

    def owed(self) -> Owed | None:
        """The end of the wait; None while the connection waits for nothing, or for the daemon itself."""
        if self.transport is None:
            return None
        if self._paused:
            return Owed("response", self._resumed, -self.transport.get_write_buffer_size())
        if self._reading_paused or self._buffer_paused:
            return None
        if self._answering:
            return None
        if self._held:
            return Owed("body", self._request_count, len(self._held))
        if self._body_is_open():
            return Owed("body", self._request_count, self._came)
        is_partial = self._partial_at == self._request_count
        return Owed("head", self._request_count, 0) if is_partial else None

    def is_idle(self) -> bool:
        """Whether no request is in progress."""
        return self.is_between() and self._waiter is not None and not self._waiter.done()

    def last_moved(self) -> float:
        """Grows with the time of the connect or of the last response."""
        return self._next_keepalive_close_time

    def cut(self) -> None:
        """End the connection at once; what was not sent yet is lost."""
        if self.transport is not None:
            self.transport.abort()

    def _take(self, data: bytes) -> None:
        before, was_open = self._request_count, self._body_is_open()
        super()._take(data)
        if self._request_count > before:
            self._body, self._came = self._messages[-1][1], 0
        elif was_open:
            self._came += len(data)
        elif data:
            self._partial_at = self._request_count

    def _body_is_open(self) -> bool:
        return self._body is not None and not self._body.is_eof()


class Connections:
    """All connections of the server. `room` gives the maximum, from the number of those that are open."""

    def __init__(self, *, room: Callable[[int], int], tally: ConnectionTally, clock: Clock) -> None:
        self._room = room
        self._tally = tally
        self._clock = clock
        self._open: dict[TimedConnection, None] = {}  # in the order of their opening
        self._waits: dict[TimedConnection, tuple[Owed, float]] = {}
        self._most = room(0)
        self._is_full = False

    def __len__(self) -> int:
        return len(self._open)

    @property
    def most(self) -> int:
        """How many there may be."""
        return self._most

    def opened(self, connection: TimedConnection) -> None:
        """Close others if there are too many."""
        self._open[connection] = None
        if len(self._open) > self._most:
            self._make_room(connection)

    def ended(self, connection: TimedConnection) -> None:
        self._open.pop(connection, None)

    async def cut_slow(self) -> None:
        """Cut the connections of clients that are too slow; to be called once in `EVERY`."""
        now, before = self._clock.boottime(), self._waits
        owing = [(it, owed) for it in self._open if (owed := it.owed()) is not None]
        self._waits = {it: _since(before.get(it), owed, now) for it, owed in owing}
        late = [(it, owed) for it, owed in owing if _is_late(*self._waits[it], owed, now)]
        for connection, owed in late:
            self._end(connection, f"slow_{owed.what}")
            connection.cut()
        self._measure()

    def _measure(self) -> None:
        self._most = self._room(len(self._open))
        if len(self._open) < self._most * 3 // 4:
            self._is_full = False

    def _make_room(self, newest: TimedConnection) -> None:
        """Close the longest idle connections; the newest one if there are none."""
        if not self._is_full:
            self._is_full = True
            log.error("http.connections_full", most=self._most, advice=ADVICE)
        idle = [it for it in self._open if it.is_idle()]
        closed = heapq.nsmallest(
            max(1, self._most // SHARE_CLOSED), idle, key=TimedConnection.last_moved
        )
        for connection in closed or [newest]:
            self._end(connection, "full")
            connection.force_close()

    def _end(self, connection: TimedConnection, cause: str) -> None:
        self._open.pop(connection, None)
        self._tally.count("connections_closed", cause)


def _nothing() -> None:
    """For a connection whose end interests no request."""


def _since(before: tuple[Owed, float] | None, owed: Owed, now: float) -> tuple[Owed, float]:
    """The beginning of the wait, and its time."""
    if before is not None and before[0][:2] == owed[:2]:
        return before
    return owed, now


def _is_late(first: Owed, began: float, owed: Owed, now: float) -> bool:
    moved = owed.moved - first.moved
    return now - began > PATIENCE.total_seconds() + moved / SLOWEST
