"""The front desk of the credentials: registrations come in, values go out."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from wechat_scheduler.clock import Clock
from wechat_scheduler.credentials.cells import LATENESS, Cell
from wechat_scheduler.credentials.inputs import Sibling
from wechat_scheduler.credentials.model import JobKey, JobView, Registration, Snapshot
from wechat_scheduler.credentials.ports import Store
from wechat_scheduler.credentials.requirements import Requirements
from wechat_scheduler.errors import ConflictError, NotFoundError, StorageError, UnavailableError

log = structlog.get_logger(__name__)

# When a caller is to come back for a value whose fetch has not failed, only not ended.
SOON = timedelta(seconds=1)


class Manager:
    """Owns the cells."""

    def __init__(
        self,
        store: Store,
        requirements: Requirements,
        *,
        clock: Clock,
        deadline: timedelta,
    ) -> None:
        self._store = store
        self._requirements = requirements
        self._clock = clock
        self._deadline = deadline
        self._wakes: tuple[Callable[[], None], ...] = ()
        self._cells: dict[JobKey, Cell] = {}
        self._names: dict[JobKey, JobKey] = {}

    def on_work(self, *wakes: Callable[[], None]) -> None:
        """Call these whenever there may be something new to do."""
        self._wakes = wakes

    async def register(self, registration: Registration) -> Sequence[JobKey]:
        """Take over what a business system wants kept; returns the jobs that changed.

        Raises InvalidRequestError if a task lacks the `params` it cannot do without.
        """
        await self._requirements.check(registration)
        changed = await self._store.register(registration, now=self._clock.now())
        if changed:
            self._names.clear()
            for key in changed:
                await self.reload(key)
            log.info("registration.changed", appid=registration.account.appid, jobs=len(changed))
            self._wake()
        return changed

    async def remove(self, key: JobKey, *, owner: str) -> None:
        """Withdraw `owner`'s interest (everybody's, if empty). Raises NotFoundError."""
        name = await self._name(key)
        if not await self._store.remove(name, owner=owner):
            raise NotFoundError(_no_job(key))
        self._names.clear()
        await self.reload(name)
        log.info("registration.removed", appid=name.appid, kind=name.kind, subject=name.subject)

    async def refresh(self, key: JobKey) -> None:
        """Make the job due now. Raises NotFoundError."""
        name = await self._name(key)
        if not await self._store.hasten(name, now=self._clock.now()):
            raise NotFoundError(_no_job(key))
        await self.reload(name)
        self._wake()

    async def view(
        self, *, appid: str, kind: str, subject: str, after: JobKey | None, limit: int
    ) -> Sequence[JobView]:
        return await self._store.view(
            appid=appid, kind=kind, subject=subject, after=after, limit=limit
        )

    async def fetch(self, key: JobKey) -> Cell:
        """The cell of a credential that is valid now, waited for if need be.

        Raises NotFoundError, ConflictError if `key` fits several jobs, UnavailableError.
        """
        cell = await self._cell(await self._name(key))
        if cell is None:
            raise NotFoundError(_no_job(key))
        await self._nudge_if_late(cell)
        if cell.valid(self._clock.boottime()) is None:
            await self._wait(cell)
        return cell

    async def sibling(self, key: JobKey) -> Sibling | None:
        try:
            cell = await self._cell(await self._name(key))
        except (NotFoundError, ConflictError):
            return None
        if cell is None:
            return None
        await self._nudge_if_late(cell)
        if cell.valid(self._clock.boottime()) is None:
            await self.reload(cell.key)  # another process may have fetched it just now
        if cell.snapshot is None:
            return None
        credential = cell.valid(self._clock.boottime())
        return Sibling(
            key=cell.key,
            value=credential.value if credential else "",
            version=cell.credential.version if cell.credential else 0,
            ailing=cell.snapshot.fault is not None,
        )

    def unavailable(self, cell: Cell) -> UnavailableError:
        """Why this cell has nothing to hand out, and when to come back."""
        fault = cell.snapshot.fault if cell.snapshot else None
        if cell.snapshot is None or fault is None:
            return UnavailableError(f"{cell.key} is still being fetched", retry_after=SOON)
        pause = max(SOON, cell.snapshot.due_at - self._clock.now())
        advice = f"; {fault.advice}" if fault.advice else ""
        return UnavailableError(
            f"{cell.key} has no valid value: {fault.message}{advice}", retry_after=pause
        )

    def publish(self, snapshot: Snapshot) -> None:
        """What was just stored is from now on what is handed out."""
        cell = self._cells.get(snapshot.key)
        if cell is not None:
            cell.hold(snapshot, self._clock)
        if snapshot.subject != snapshot.key.subject:
            self._names.clear()
        self._wake()

    async def reload(self, key: JobKey) -> None:
        """The store knows better than memory: a registration, a removal, or another process."""
        cell = self._cells.get(key)
        while cell is not None and not cell.removed:
            generation = cell.generation
            snapshot = await self._store.load(key)
            if cell.generation == generation:
                self._hold(cell, snapshot)
                break
            # Something was published meanwhile, and what was read may be older: look again.

    async def heard(self, key: JobKey | None) -> None:
        """Another process changed this job; None: any of them."""
        self._names.clear()
        for changed in list(self._cells) if key is None else [key]:
            await self.reload(changed)
        self._wake()

    def _wake(self) -> None:
        for wake in self._wakes:
            wake()

    async def _name(self, key: JobKey) -> JobKey:
        """The job that `key` means."""
        known = self._names.get(key)
        if known is not None:
            return known
        names = await self._store.names(key)
        if not names:
            raise NotFoundError(_no_job(key))
        if len(names) > 1:
            raise ConflictError(
                f"{key.appid} has several {key.kind}: name one, as in …/{names[0].subject or names[1].subject}"
            )
        self._names[key] = names[0]
        return names[0]

    async def _cell(self, key: JobKey) -> Cell | None:
        """Memory first. The cell stands in its place before the store is asked, so that a value
        published meanwhile is not overwritten by the older one that was read."""
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[key] = Cell(key)
        if cell.generation == 0:
            await self.reload(key)
        return None if cell.removed else cell

    def _hold(self, cell: Cell, snapshot: Snapshot | None) -> None:
        if snapshot is not None:
            cell.hold(snapshot, self._clock)
            return
        # Others may be about to wait for this cell: they must not take it for one that lives.
        del self._cells[cell.key]
        cell.remove()

    async def _wait(self, cell: Cell) -> None:
        """Until the one refresh in flight has ended well, or waiting is of no use."""
        deadline = self._clock.boottime() + self._deadline.total_seconds()
        while cell.valid(self._clock.boottime()) is None:
            if cell.removed:
                raise NotFoundError(_no_job(cell.key))
            left = timedelta(seconds=deadline - self._clock.boottime())
            if left <= timedelta(0) or self._comes_later(cell, left):
                raise self.unavailable(cell)
            await self._clock.wait(cell.changed, left)

    def _comes_later(self, cell: Cell, left: timedelta) -> bool:
        """The last attempt failed, and the next is not within `left`."""
        snapshot = cell.snapshot
        return (
            snapshot is not None
            and snapshot.fault is not None
            and snapshot.due_at - self._clock.now() > left
        )

    async def _nudge_if_late(self, cell: Cell) -> None:
        """A store that does not answer is no reason to withhold what is in memory."""
        boottime = self._clock.boottime()
        if boottime <= cell.nudge_boot:
            return
        cell.nudge_boot = boottime + LATENESS
        try:
            await self._store.hasten(cell.key, now=self._clock.now())
            await self.reload(cell.key)
        except StorageError as error:
            log.warning("credential.nudge_failed", kind=cell.key.kind, error=str(error))
        self._wake()


def _no_job(key: JobKey) -> str:
    return f"no {key.kind} is registered for {'/'.join(filter(None, (key.appid, key.subject)))}"
