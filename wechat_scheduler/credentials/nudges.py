"""Makes overdue jobs due, beside the readers who notice that they are overdue."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from wechat_scheduler.credentials.cells import LATENESS, Cell
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.ports import Store
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Background
from wechat_scheduler.errors import StorageError

log = structlog.get_logger(__name__)


class Nudges:
    """At most one for each job at a time. After it the job is read again by `reload`, and the loop is woken
    by `wake`."""

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
        if cell.key not in self._ends:
            self._ends[cell.key] = asyncio.Event()
            self._background("nudge", self._nudge(cell.key))

    async def end(self, key: JobKey, patience: timedelta | None) -> None:
        """Wait for the end of the nudge that is under way, if there is one, but no longer than that."""
        if key in self._ends:
            await self._clock.wait(self._ends[key], patience)

    async def _nudge(self, key: JobKey) -> None:
        """A StorageError is only logged: memory can answer."""
        try:
            await self._store.hasten(key, now=self._clock.now())
            await self._reload(key)
        except StorageError as error:
            log.warning("credential.nudge_failed", kind=key.kind, error=str(error))
        finally:
            self._ends.pop(key).set()
        self._wake()
