"""The daemon's pulse: proves that the store is writable, shows that this node is alive, and compares clocks.

A store can be readable but not writable, as on a full disk. A clock can be wrong by a day while
every timer runs: the store's newest time and WeChat's `Date` show that. Where several machines share a
store, the clock of the store decides.
"""

import enum
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from wechat_scheduler.engine.clock import AHEAD, SET_CLOCK, Clock, SharedClock
from wechat_scheduler.engine.nodes import Node
from wechat_scheduler.errors import StorageError

log = structlog.get_logger(__name__)

EVERY: Final = timedelta(seconds=5)

# The commits of the last minute, by which a slow store is known.
COMMITS: Final = 12

# A problem that lasts is logged again after this time.
AGAIN: Final = timedelta(minutes=5)

BEHIND_OR_WAS_AHEAD: Final = (
    f"if it is slow, {SET_CLOCK}; if it was fast before, do nothing: "
    "the work that it postponed is due now"
)

DOUBT: Final = (
    "the database is older than before: its log was cut, or a copy replaced it without wechat-scheduler "
    "restore; all credentials are fetched again, but registrations, messages and reminders may be "
    "missing: restore a backup if there is a newer one"
)


class _News(enum.Enum):
    """What to log about a problem."""

    NONE = enum.auto()
    BEGINS = enum.auto()
    ENDS = enum.auto()


class PulseStore(Protocol):
    """The part of the store that the pulse needs. Every method may raise StorageError."""

    async def time(self) -> datetime | None:
        """The store's own clock; None if that is this machine's."""

    async def beat(self, node: Node) -> datetime | None:
        """Store the node's heartbeat, with its instant as the newest, in a transaction that needs space
        on the disk. Returns the newest before; None if there was none."""

    async def leave(self, name: str) -> None:
        """Remove the node, which is stopping."""

    async def bring_back(self, now: datetime) -> None:
        """Make work due that was postponed by a clock that was ahead of the present one."""

    async def doubt(self, now: datetime) -> None:
        """After lost commits: make every credential due, under versions that no reader has seen, and
        mark the messages that are due as possibly sent."""


class Mark(Protocol):
    """The last pulse, outside of the database; empty if there was none."""

    def read(self) -> str: ...

    def write(self, text: str) -> None: ...


class Pulse:
    """`node` is this process, with the instant of its start. `shared` is `clock` where the store's clock is
    to decide, else None. `upstream` tells how far `clock` is ahead of WeChat's, None if unknown; `set_back`
    is called after the clock was set back, once the store's rows are brought back."""

    def __init__(
        self,
        store: PulseStore,
        *,
        node: Node,
        shared: SharedClock | None,
        mark: Mark | None,
        clock: Clock,
        upstream: Callable[[], timedelta | None],
        set_back: Callable[[], None],
    ) -> None:
        self._store = store
        self._node = node
        self._shared = shared
        self._mark = mark
        self._clock = clock
        self._upstream = upstream
        self._set_back = set_back
        self._zero: datetime | None = None
        self._said_at: dict[str, float] = {}
        self._commits: deque[float] = deque(maxlen=COMMITS)
        self.store_error = ""

    async def run_once(self) -> None:
        """One beat. Afterwards `store_error` says why the store is not writable; it is empty if it is."""
        try:
            await self._agree()
            await self._beat()
            self.store_error = ""
        except StorageError as error:
            self.store_error = str(error)
        news = self._news("store", bool(self.store_error))
        if news is _News.BEGINS:
            log.error("store.not_writable", error=self.store_error)
        elif news is _News.ENDS:
            log.info("store.writable")
        self._compare("clock", self._upstream() or timedelta(0), "WeChat's")
        self._compare("own_clock", self.ahead, "the database's")

    @property
    def ahead(self) -> timedelta:
        """How far this machine's clock is ahead of the store's."""
        return self._node.ahead

    @property
    def commit_time(self) -> timedelta:
        """The median of how long the last COMMITS commits of the pulse took."""
        from statistics import median  # with fractions and decimals

        return timedelta(seconds=median(self._commits) if self._commits else 0.0)

    async def leave(self) -> None:
        """Store that this node stops. If the store fails now, the node is listed as silent."""
        with suppress(StorageError):
            await self._store.leave(self._node.name)

    def trusts_the_clock(self) -> bool:
        """False while this clock is ahead of WeChat's: nothing may expire or be deleted by it."""
        offset = self._upstream()
        return offset is None or offset <= AHEAD

    async def _agree(self) -> None:
        """Use the store's clock instead of this machine's."""
        if self._shared is None:
            return
        asked = self._clock.boottime()
        theirs = await self._store.time()
        answered = self._clock.boottime()
        if theirs is not None:
            self._shared.agree(theirs, asked=asked, answered=answered)
            answer = timedelta(seconds=answered - asked)
            self._node = replace(self._node, ahead=self._shared.ahead, answer=answer)

    async def _beat(self) -> None:
        now = self._clock.now()
        self._node = replace(self._node, seen_at=now)
        began = self._clock.boottime()
        newest = await self._store.beat(self._node)
        self._commits.append(self._clock.boottime() - began)
        if self._mark is not None:
            await self._check_commits(self._mark, newest, now)
        zero = now - timedelta(seconds=self._clock.boottime())
        began, stepped = self._zero is None, self._zero is not None and self._zero - zero > AHEAD
        is_ahead = newest is not None and newest - now > AHEAD
        if stepped or (began and (is_ahead or newest is None)):
            await self._store.bring_back(now)
            self._set_back()
        self._zero = zero
        if stepped:
            log.warning("clock.set_back", advice="what it put off is due now")
        elif newest is not None and self._news("instants", is_ahead) is _News.BEGINS:
            log.error(
                "clock.behind_store",
                **_apart(now - newest, "the store's"),
                advice=BEHIND_OR_WAS_AHEAD,
            )

    async def _check_commits(self, mark: Mark, newest: datetime | None, now: datetime) -> None:
        """At the first beat, compare the store's newest instant with the mark."""
        if self._zero is None and (newest.isoformat() if newest else "") < mark.read():
            log.error("store.lost_commits", advice=DOUBT)
            await self._store.doubt(now)
        mark.write(now.isoformat())

    def _compare(self, name: str, offset: timedelta, whose: str) -> None:
        """Log that a clock is wrong, and later that it is right again."""
        news = self._news(name, abs(offset) > AHEAD)
        if news is _News.BEGINS:
            log.error(f"{name}.wrong", **_apart(offset, whose), advice=SET_CLOCK)
        elif news is _News.ENDS:
            log.info(f"{name}.right")

    def _news(self, about: str, is_bad: bool) -> _News:
        """What to log about a problem now: its begin, its end, and a repetition each AGAIN."""
        boottime, said_at = self._clock.boottime(), self._said_at.get(about)
        if not is_bad:
            self._said_at.pop(about, None)
            return _News.NONE if said_at is None else _News.ENDS
        if said_at is not None and boottime - said_at < AGAIN.total_seconds():
            return _News.NONE
        self._said_at[about] = boottime
        return _News.BEGINS


def _apart(offset: timedelta, whose: str) -> dict[str, object]:
    how = "ahead of" if offset > timedelta(0) else "behind"
    return {"seconds": round(abs(offset).total_seconds()), "it_is": f"{how} {whose}"}
