"""The audit log: changes are stored with what they change, reads once a minute.

Each change has an entry of its own; the reads of an object by a key share one entry an hour.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final, Protocol, TypeAlias

from wechat_scheduler.access.actions import Action
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import StorageError

HOUR: Final = timedelta(hours=1)
# Counts per transaction: few enough not to delay other writers.
BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """`object` is a job (`wx1/access_token/oABC`), an account (`wx1`), a key's id or a consumer
    (`consumer/shop`); never a secret. `key` is a key's id, or a consumer that reads.

    An entry for reads counts `count` reads in the hour that begins at `at`; its `address` is empty. An entry for
    a change of many counts these.
    `id` grows with every entry and is 0 before it is stored.
    """

    id: int = 0
    at: datetime
    key: str
    address: str = ""
    action: Action
    object: str
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """A filter of entries; an empty field matches all. `object` also matches the objects below it:
    `wx1` matches `wx1/access_token`. `since` and `until` are times of the entries, `until` excluded; `before` is
    the id of the last entry of the previous page."""

    key: str = ""
    action: str = ""
    object: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int = 0
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A key, or a consumer, and its reads of one object; the last was in the hour that begins at `last`."""

    key: str
    reads: int
    last: datetime


class AuditStore(Protocol):
    """Stores entries. Every method is atomic and may raise StorageError."""

    async def add(self, entry: AuditEntry) -> None:
        """Store an entry for a change that is stored already."""

    async def count(self, reads: Sequence[AuditEntry]) -> None:
        """Add the counts to the entries of the same key, object and hour."""

    async def used(self, keys: Mapping[str, datetime]) -> None:
        """Store the last use of each key by its id, and of each consumer (`consumer/NAME`)."""

    async def find(self, wanted: AuditFilter) -> Sequence[AuditEntry]:
        """The matching entries, newest first."""

    async def readers(self, name: str, *, since: datetime) -> Sequence[Reader]:
        """Who read the object of that name since then, who read most first."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """The reads of one object by one key in one hour. From the boottime `until` on, a new tally has to
    be requested."""

    key: str
    what: object
    hour: datetime
    until: float
    reads: int = 0


Entries: TypeAlias = Callable[[object], Sequence[AuditEntry]]

_entries: ContextVar[Entries | None] = ContextVar("entries", default=None)


def entries_to_store() -> Entries | None:
    """Makes the entries of this task's next change from what the store returns for it; None if the change
    is not to be noted."""
    return _entries.get()


def noted() -> None:
    """The entries were stored."""
    _entries.set(None)


class Auditor:
    """Notes changes; counts reads and uses of keys in memory until `flush`."""

    def __init__(self, store: AuditStore, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._tallies: dict[tuple[str, object], Tally] = {}
        self._ended: list[Tally] = []
        self._used: dict[str, datetime] = {}
        self._flushing = asyncio.Lock()

    def seen(self, key: str) -> None:
        """Note the use of a key."""
        self._used[key] = self._clock.now()

    def tally(self, key: str, what: object) -> Tally:
        """The tally for reads of `what` by `key` now; the log names `what` by its `str`."""
        tally = self._tallies.get((key, what))
        if tally is None or self._clock.boottime() >= tally.until:
            if tally is not None:
                self._ended.append(tally)
            tally = self._tallies[key, what] = self._new_tally(key, what)
        return tally

    @contextmanager
    def noting(
        self, action: Action, objects: Callable[[Any], Iterable[str]], *, key: str, address: str
    ) -> Iterator[None]:
        """The first change that the block stores gets an entry for each of its `objects`, in its own
        transaction. They are made from what the store returns."""

        def entries(result: object) -> Sequence[AuditEntry]:
            at = self._clock.now()
            return [
                AuditEntry(at=at, key=key, address=address, action=action, object=name)
                for name in objects(result)
            ]

        token = _entries.set(entries)
        try:
            yield
        finally:
            _entries.reset(token)

    async def note(
        self, action: Action, name: str, *, key: str, address: str, count: int = 1
    ) -> None:
        """Store an entry for a change of `name` that is made. Raises StorageError."""
        await self._store.add(
            AuditEntry(
                at=self._clock.now(),
                key=key,
                address=address,
                action=action,
                object=name,
                count=count,
            )
        )

    async def flush(self) -> None:
        """Store the counts. Raises StorageError; nothing is lost by it."""
        async with self._flushing:
            await self._write_reads()
            await self._write_used()

    async def settle_uses(self) -> None:
        """Store the last uses before they are shown, but not the reads: a page may ask every two seconds, and ten
        thousand jobs may have been read since. A store that takes nothing shows the uses of its last flush."""
        for tally in self._counted():
            self._used.setdefault(tally.key, self._clock.now())
        with suppress(StorageError):
            async with self._flushing:
                await self._write_used()

    async def find(self, wanted: AuditFilter) -> Sequence[AuditEntry]:
        """Like `AuditStore.find`, with what was counted until now. A store that takes nothing has what was counted
        until its last flush."""
        with suppress(StorageError):
            await self.flush()
        return await self._store.find(wanted)

    async def readers(self, what: object, *, since: datetime) -> Sequence[Reader]:
        """Who read it since then, but for the last minute; who read most comes first."""
        return await self._store.readers(str(what), since=since)

    def _new_tally(self, key: str, what: object) -> Tally:
        now = self._clock.now()
        hour = now.replace(minute=0, second=0, microsecond=0)
        until = self._clock.boottime() + (hour + HOUR - now).total_seconds()
        return Tally(key=key, what=what, hour=hour, until=until)

    async def _write_reads(self) -> None:
        self._lay_by()
        tallies = iter(self._counted())
        while batch := [(tally, tally.reads) for tally in islice(tallies, BATCH)]:
            await self._store.count([_entry(tally, reads) for tally, reads in batch])
            for tally, reads in batch:
                tally.reads -= reads
                self._used.setdefault(tally.key, self._clock.now())
        self._ended = [tally for tally in self._ended if tally.reads]

    def _counted(self) -> Sequence[Tally]:
        """Those with reads that are not stored."""
        return [tally for tally in (*self._ended, *self._tallies.values()) if tally.reads]

    async def _write_used(self) -> None:
        used, self._used = self._used, {}
        try:
            if used:
                await self._store.used(used)
        except StorageError:
            self._used = used | self._used
            raise

    def _lay_by(self) -> None:
        """Move the tallies of past hours to `_ended`."""
        now = self._clock.boottime()
        over = [place for place, tally in self._tallies.items() if tally.until <= now]
        self._ended += [self._tallies.pop(place) for place in over]


def _entry(tally: Tally, reads: int) -> AuditEntry:
    return AuditEntry(
        at=tally.hour,
        key=tally.key,
        action=Action.READ,
        object=str(tally.what),
        count=reads,
    )
