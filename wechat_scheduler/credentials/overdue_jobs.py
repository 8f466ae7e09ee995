"""Reschedules overdue jobs in the background when a reader notices one."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from wechat_scheduler.credentials.cells import LATENESS, Cell
from wechat_scheduler.credentials.model import JobKey, Snapshot
from wechat_scheduler.credentials.ports import Store
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Background
from wechat_scheduler.errors import StorageError

log = structlog.get_logger(__name__)

# How long a reader waits for the store after the process stood still; then memory answers.
PATIENCE = timedelta(seconds=1)


class Overdue:
    """Runs at most one nudge for each job at a time. The job is read again by `reload`, since another process
    may have done what is overdue here; if it did not, the job is made due, and the loop is woken by
    `wake`."""

    def __init__(
        self,
        store: Store,
        reload: Callable[[JobKey], Awaitable[None]],
        wake: Callable[[], None],
        *,
        clock: Clock,
        background: Background,
    ) -> None:
        self._store = store
        self._reload = reload
        self._wake = wake
        self._clock = clock
        self._background = background
        self._ends: dict[JobKey, asyncio.Event] = {}

    def begin_if_late(self, cell: Cell) -> None:
        """Begin to make an overdue job due in the store too. The value in memory does not wait for that."""
        boottime = self._clock.boottime()
        if boottime <= cell.nudge_boot:
            return
        cell.nudge_boot = boottime + LATENESS
        self._begin(cell, is_late=True)

    async def look_again(self, cell: Cell) -> None:
        """Read the job again; wait at most PATIENCE."""
        self._begin(cell, is_late=False)
        await self.end(cell.key, PATIENCE)

    def _begin(self, cell: Cell, *, is_late: bool) -> None:
        if cell.key not in self._ends:
            self._ends[cell.key] = asyncio.Event()
            self._background("nudge", self._nudge(cell, cell.snapshot, is_late=is_late))

    async def end(self, key: JobKey, patience: timedelta | None) -> None:
        """Wait for the end of the nudge that is under way, if there is one, but no longer than that."""
        if key in self._ends:
            await self._clock.wait(self._ends[key], patience)

    async def _nudge(self, cell: Cell, known: Snapshot | None, *, is_late: bool) -> None:
        """`known` is what was late: the loop may publish another before this runs. A StorageError is only logged:
        memory can answer."""
        key = cell.key
        try:
            if not self._store.is_alone:
                await self._reload(key)
            if is_late and cell.snapshot is not None and _is_due_as_before(cell.snapshot, known):
                due_at = cell.snapshot.due_at  # the loop may refresh the job before this arrives
                await self._store.hasten(key, now=self._clock.now(), due_at=due_at)
                await self._reload(key)
        except StorageError as error:
            log.warning("credential.nudge_failed", kind=key.kind, error=str(error))
        finally:
            self._ends.pop(key).set()
        self._wake()


def _is_due_as_before(found: Snapshot, known: Snapshot | None) -> bool:
    """Whether no other process has handled the job."""
    return known is not None and found.due_at == known.due_at
