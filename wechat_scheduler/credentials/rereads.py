"""Reads jobs again that another process changed, or this one. A change is announced once, and the store may not
respond then."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import Protocol

from wechat_scheduler.credentials.cells import Cell
from wechat_scheduler.credentials.model import JobKey, Snapshot
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Background
from wechat_scheduler.errors import StorageError

# Until the store answers, each job is tried this often.
READ_AGAIN = timedelta(seconds=1)

# Jobs that are compared with the store at once.
PART = 1_000


class Compared(Protocol):
    """The store, as far as it compares."""

    async def changed(self, known: Sequence[Snapshot]) -> Sequence[JobKey]:
        """Those of the jobs that it holds in another state, or not at all. Raises StorageError."""


class Rereads:
    """`reload` reads one job, and raises StorageError. `believe` is told of each job whose cell is up to date.
    `background` runs what no caller waits for."""

    def __init__(
        self,
        store: Compared,
        cells: Mapping[JobKey, Cell],
        reload: Callable[[JobKey], Awaitable[None]],
        believe: Callable[[JobKey], None],
        clock: Clock,
        background: Background,
    ) -> None:
        self._store = store
        self._cells = cells
        self._reload = reload
        self._believe = believe
        self._clock = clock
        self._background = background
        self._waiting: dict[JobKey, None] = {}
        self._is_reading = False

    async def read_own(self, key: JobKey) -> None:
        """Read a job that this process changed: it hears no signal of its own. Raises StorageError, and reads the job
        then as soon as the store answers."""
        try:
            await self._reload(key)
        except StorageError:
            self._background("reload", self._read_changed([key]))
            raise

    async def read(self, key: JobKey) -> None:
        """Read the job, with those that wait for that too if the store does not answer."""
        if not await self._is_read(key):
            await self._read_changed([key])

    async def read_all(self) -> None:
        """Read those of all jobs in memory that have changed."""
        await self._read_changed(self._cells)

    async def _read_changed(self, keys: Iterable[JobKey]) -> None:
        """Read those of these that have changed. While an earlier call does that, it reads them behind those that it
        has still to read, and this one returns: however often it is called, each job has its turn."""
        self._waiting |= dict.fromkeys(keys)
        if self._is_reading:
            return
        self._is_reading = True
        try:
            while self._waiting:
                await self._read_part()
        finally:
            self._is_reading = False

    async def _read_part(self) -> None:
        keys = list(islice(self._waiting, PART))
        for key in keys:  # what is said to have changed from now on is read again
            del self._waiting[key]
        try:
            changed = await self._changed(keys)
        except StorageError:  # those who use the store say so
            self._waiting = dict.fromkeys(keys) | self._waiting
            await self._clock.sleep(READ_AGAIN)
            return
        for key in changed:
            while not await self._is_read(key):
                await self._clock.sleep(READ_AGAIN)

    async def _changed(self, keys: Sequence[JobKey]) -> Sequence[JobKey]:
        held = {key: self._cells[key].snapshot for key in keys if key in self._cells}
        known = [snapshot for snapshot in held.values() if snapshot is not None]
        changed = dict.fromkeys(key for key, snapshot in held.items() if snapshot is None)
        changed |= dict.fromkeys(await self._store.changed(known))
        for snapshot in known:
            if snapshot.key not in changed:
                self._believe(snapshot.key)
        return list(changed)

    async def _is_read(self, key: JobKey) -> bool:
        try:
            await self._reload(key)
        except StorageError:  # those who use the store say so
            return False
        return True
