"""The desk of the credentials: takes registrations and hands out values."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Unpack

import structlog

from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.cells import Cell
from wechat_scheduler.credentials.job_names import JobNames
from wechat_scheduler.credentials.missing_inputs import Sibling
from wechat_scheduler.credentials.model import JobKey, Registration, Snapshot
from wechat_scheduler.credentials.overdue_jobs import Overdue
from wechat_scheduler.credentials.ports import Store
from wechat_scheduler.credentials.refused_fetches import comes_later, no_job, unavailable
from wechat_scheduler.credentials.reports import ReportOutcome
from wechat_scheduler.credentials.requirements import Requirements
from wechat_scheduler.credentials.rereads import Rereads
from wechat_scheduler.credentials.standstill import Standstill
from wechat_scheduler.credentials.views import JobPage, JobView
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Background
from wechat_scheduler.errors import ConflictError, NotFoundError, UnavailableError

log = structlog.get_logger(__name__)


class Manager:
    """Keeps credentials in memory. A fetch waits at most `deadline`, which may change; see `Standstill`."""

    def __init__(
        self,
        store: Store,
        requirements: Requirements,
        *,
        clock: Clock,
        deadline: timedelta,
        background: Background,
    ) -> None:
        self._store = store
        self._requirements = requirements
        self._clock = clock
        self.deadline = deadline
        self._overdue = Overdue(store, self.reload, self._wake, clock=clock, background=background)
        self._observer: Callable[[JobKey, Snapshot | None], object] = lambda key, snapshot: None
        self._wakes: tuple[Callable[[], None], ...] = ()
        self._cells: dict[JobKey, Cell] = {}
        self._names = JobNames(store)
        self.standstill = Standstill(lambda: () if store.is_alone else self._cells, clock)
        self._rereads = Rereads(
            store, self._cells, self.reload, self.standstill.believe, clock, background
        )

    def on_value(self, observer: Callable[[JobKey, Snapshot | None], object]) -> None:
        """Tell `observer` the state of each job that is handed out from now on; None if it was removed."""
        self._observer = observer

    def on_work(self, *wakes: Callable[[], None]) -> None:
        """Call these when a job or a notification may be due."""
        self._wakes = wakes

    async def register(self, registration: Registration) -> Sequence[JobKey]:
        """Store a registration; returns the jobs that changed. Raises InvalidRequestError if a task lacks the `params`
        that it needs."""
        await self._requirements.check(registration)
        changed = await self._store.register(registration, now=self._clock.now())
        if changed:
            for key in changed:
                self._names.forget(key)
            for key in changed:
                await self._rereads.read_own(key)
            log.info("registration.changed", appid=registration.account.appid, jobs=len(changed))
            self._wake()
        return changed

    async def remove(self, key: JobKey, *, owner: str) -> None:
        """Remove the task of `owner` (of every owner if empty). Raises NotFoundError, ConflictError."""
        name, now = await self._name(key, owner), self._clock.now()
        if not await self._store.remove(name, owner=owner, now=now, unnamed=not key.subject):
            raise no_job(key)
        self._names.forget(name)
        await self._rereads.read_own(name)
        log.info("registration.removed", appid=name.appid, kind=name.kind, subject=name.subject)

    async def refresh(self, key: JobKey, *, owner: str = "") -> None:
        """Make the job due now; `owner` as in `fetch`. Raises NotFoundError, ConflictError."""
        name = await self._name(key, owner)
        if not await self._store.hasten(name, now=self._clock.now()):
            raise no_job(key)
        await self._rereads.read_own(name)
        self._wake()

    async def report(self, key: JobKey, value: str, *, owner: str = "") -> ReportOutcome:
        """Take a report that WeChat refused `value` with 40001 or 42001: if it is the current one, it is
        refreshed. `owner` as in `fetch`. Raises NotFoundError, ConflictError."""
        cell = await self._cell(await self._name(key, owner))
        if cell is not None and not cell.holds(value):
            await self.reload(cell.key)  # another process may have replaced it
        if cell is None or cell.removed:
            raise no_job(key)
        if cell.credential is None or not cell.holds(value):
            return ReportOutcome.OUTDATED
        credential, now = cell.credential, self._clock.now()
        longest = cell.snapshot.longest if cell.snapshot else policy.FULL_LIFE
        due_at = policy.believe_at(now=now, issued_at=credential.issued_at, longest=longest)
        is_new = await self._store.suspect(cell.key, version=credential.version, now=due_at)
        # Also if another reported it: what it read may not have arrived.
        await self._rereads.read_own(cell.key)
        if not is_new:
            return ReportOutcome.KNOWN
        log.info("credential.reported", appid=key.appid, kind=key.kind, subject=cell.key.subject)
        self._wake()
        return ReportOutcome.BELIEVED

    async def view(self, **wanted: Unpack[JobPage]) -> Sequence[JobView]:
        return await self._store.view(**wanted)

    async def fetch(self, key: JobKey, *, owner: str = "", waits: bool = True) -> Cell:
        """The cell of a credential that is valid now; waits for one if necessary, unless told not to.

        A key without a subject means what `owner` registered without one, if it registered any. Raises
        NotFoundError, ConflictError if `key` fits several jobs, UnavailableError.
        """
        deadline = self._clock.boottime() + self.deadline.total_seconds()
        while True:
            cell = await self.look(key, owner=owner)
            if cell.valid(self._clock.boottime()) is not None:
                return cell
            if not waits:
                raise self.unavailable(cell)
            await self._wait(cell, deadline)

    async def look(self, key: JobKey, *, owner: str = "") -> Cell:
        """Like `fetch`, but the cell may have no valid credential."""
        cell = await self._cell(await self._name(key, owner))
        if cell is None:
            raise no_job(key)
        if self.standstill.doubts(cell.key):
            await self._overdue.look_again(cell)
        self._overdue.begin_if_late(cell)
        return cell

    async def sibling(self, key: JobKey) -> Sibling | None:
        try:
            cell = await self.look(key)
        except (NotFoundError, ConflictError):
            return None
        if cell.valid(self._clock.boottime()) is None:
            await self._overdue.end(cell.key, None)
            await self.reload(cell.key)  # another process may have fetched it just now
        if cell.snapshot is None:
            return None
        credential = cell.valid(self._clock.boottime())
        return Sibling(
            key=cell.key,
            value=credential.value if credential else "",
            version=cell.credential.version if cell.credential else 0,
            failing=cell.snapshot.fault is not None,
        )

    def unavailable(self, cell: Cell) -> UnavailableError:
        """Like `refused_fetches.unavailable`."""
        return unavailable(cell, self._clock.now())

    def publish(self, snapshot: Snapshot, *, is_stored: bool = True) -> None:
        """Hand out this state; one that is not stored cannot be read later."""
        if not is_stored:
            self._cells.setdefault(snapshot.key, Cell(snapshot.key))
        if (cell := self._cells.get(snapshot.key)) is not None:
            cell.published += 1
            cell.hold(snapshot, self._clock)
        self._observer(snapshot.key, snapshot)
        if snapshot.former is not None:
            self._observer(snapshot.former, None)
            self._names.forget(snapshot.former)
            if (former := self._cells.pop(snapshot.former, None)) is not None:
                former.remove()
        self._wake()

    async def reload(self, key: JobKey) -> None:
        """Read the job from the store: a registration, a removal, or another process changed it."""
        cell = self._cells.get(key)
        while cell is not None and not cell.removed:
            cell.reads += 1
            number, published = cell.reads, cell.published
            snapshot = await self._store.load(key)
            if cell.published == published:
                if number > cell.newest_read and not cell.removed:  # else a later read was quicker
                    cell.newest_read = number
                    self._hold(cell, snapshot)
                self.standstill.believe(key)
                break
            # A value was published meanwhile, and the one that was read may be older: read again.

    async def changed_elsewhere(self, key: JobKey | None) -> None:
        """Read this job again, or all jobs if None: another process changed it."""
        self._names.forget(key)
        for changed in list(self._cells) if key is None else [key]:
            await self.reload(changed)
        self._wake()

    async def heard(self, key: JobKey | None) -> None:
        """Like `changed_elsewhere`, as soon as the store answers."""
        self._names.forget(key)
        await (self._rereads.read(key) if key else self._rereads.read_all())
        self._wake()

    def _wake(self) -> None:
        for wake in self._wakes:
            wake()

    async def _name(self, key: JobKey, owner: str = "") -> JobKey:
        """The key of the job that `key` means to `owner`. A job in memory has the key itself: of that the store is
        not asked. A job without a value may only be looking for its subject."""
        cell = self._cells.get(key)
        if cell is not None and cell.generation and (key.subject or cell.credential):
            return key
        return await self._names.find(key, owner)

    async def _cell(self, key: JobKey) -> Cell | None:
        """The cell of that job. A new one is put in place before the store is read, so that the read does not
        overwrite what is published meanwhile, or the cell of another reader: after a restart all ask at once."""
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[key] = Cell(key)
        if cell.generation == 0:
            snapshot = await self._store.load(key)
            if cell.generation == 0:
                self._hold(cell, snapshot)
        return None if cell.removed else cell

    def _hold(self, cell: Cell, snapshot: Snapshot | None) -> None:
        self._observer(cell.key, snapshot)
        if snapshot is not None:
            cell.hold(snapshot, self._clock)
            return
        # Another caller may be about to wait for this cell.
        del self._cells[cell.key]
        cell.remove()

    async def _wait(self, cell: Cell, deadline: float) -> None:
        """Wait for the value of the refresh in progress, or until the job is gone: another may have its place.
        Raises UnavailableError at the deadline, or if no attempt comes before it."""
        await self._overdue.end(cell.key, timedelta(seconds=deadline - self._clock.boottime()))
        while cell.valid(self._clock.boottime()) is None and not cell.removed:
            left = timedelta(seconds=deadline - self._clock.boottime())
            if left <= timedelta(0) or comes_later(cell, self._clock.now(), left):
                raise self.unavailable(cell)
            await self._clock.wait(cell.changed, left)
