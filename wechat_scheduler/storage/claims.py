"""Claims on rows that fall due: the same for jobs, reminders, deliveries and events.

A claim takes due rows for a lease. It moves their `due_at` to the end of the lease, so that the rows
of a process that died fall due again by themselves. An outcome is stored only under the claim that the
row has: a process whose lease ran out changes nothing.

The rows of a claim are read one by one after its transaction. One that cannot be read is set aside, and
so is one whose handling crashes again and again: it is never due again, and says why in `set_aside`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

import structlog

from wechat_scheduler.engine.clock import EPOCH
from wechat_scheduler.engine.crashes import pause_after
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.engine.turns import OF_DUE_ROWS, next_turn
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.database import Database, Row, Script, Statement, rows_of
from wechat_scheduler.storage.rows import instant, micros
from wechat_scheduler.storage.unreadable import UNREADABLE, report, why

T = TypeVar("T")

log = structlog.get_logger(__name__)

# After the store was away, each process connects within five seconds and stores within one more what came of its
# rows meanwhile. Until then none works on rows whose claims ended in that time.
SETTLED_WITHIN = timedelta(seconds=7)
UNCLAIMED = "claimed_by IS NULL"

# MATERIALIZED chooses the rows once. A planner that repeated the choice for each row of the table
# would find other rows unlocked each time, and claim them all.
_CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT {key} FROM {table} WHERE {queue} AND due_at <= $3
        ORDER BY {order} LIMIT $4 {skip_locked}
    )
    UPDATE {table} SET claimed_by = $1, due_at = $2{marks}
    WHERE ({key}) IN (SELECT {key} FROM due)
    RETURNING {returning}
"""
_HELD = "WHERE id = $1 AND claimed_by = $2"


class LaneColumn(NamedTuple):
    """The column by which rows are told apart for fairness, a value below all that it has, and the SQL for the
    account of one, which is `lanes.lane`."""

    name: str
    below: int | str
    account: str


BY_APP = LaneColumn("app_id", -2, "(SELECT appid FROM apps WHERE id = lanes.lane)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTable:
    """A table with `due_at` and `claimed_by`, and its own parts of the SQL.

    `queue` is the condition for rows that wait. Those with `lanes` are claimed fairly: see `lanes`. A table
    without a queue has a way of its own to claim. `earliest` is a query for the first `due_at`, if it is not just that of the queue.
    `marks` are further assignments of a claim; `$1` is its name, `$2` its end, `$3` the present, and `$5`
    the first value that the store adds. `released` are the assignments of a release (`$1` is the present).
    `crashed` are further assignments to a row whose handling crashed, `aside` those to a row that is set
    aside for the reason `$3` at `$4`.
    """

    table: str
    key: str = "id"
    queue: str = ""
    lanes: LaneColumn | None = None
    earliest: str = ""
    marks: str = ""
    returning: str
    released: str = "due_at = $1"
    crashed: str = ""
    aside: str = ""

    def claims(self, skip_locked: str, *, order: str = "due_at", only: str = "") -> str:
        """`only` is a further condition."""
        return _CLAIM.format(
            table=self.table,
            key=self.key,
            queue=f"{self.queue} AND {only}" if only else self.queue,
            order=order,
            skip_locked=skip_locked,
            marks=self.marks and f", {self.marks}",
            returning=self.returning,
        )

    @property
    def next_due(self) -> str:
        return (
            self.earliest or f"SELECT min(due_at) AS due_at FROM {self.table} WHERE {self.queue}"  # noqa: S608 - our own names
        )

    @property
    def crash(self) -> str:
        """Counts a crash of the row `$1` under the claim `$2`; `$3` is the reason."""
        marks = self.crashed and f", {self.crashed}"
        return f"UPDATE {self.table} SET crashes = crashes + 1{marks} {_HELD} RETURNING crashes"  # noqa: S608 - our own names

    @property
    def wait(self) -> str:
        return f"UPDATE {self.table} SET due_at = $3, claimed_by = NULL {_HELD}"  # noqa: S608 - our own names

    @property
    def set_aside(self) -> str:
        return f"UPDATE {self.table} SET set_aside = $3, {self.aside}, claimed_by = NULL {_HELD}"  # noqa: S608 - our own names

    @property
    def release(self) -> str:
        return f"UPDATE {self.table} SET {self.released}, claimed_by = NULL WHERE claimed_by IS NOT NULL"  # noqa: S608 - our own names


class Claim(NamedTuple):
    """`until` and `now` in microseconds."""

    name: str
    until: int
    now: int


class Absence:
    """Notes for one process that the store was away. Until `settled_at`, if there is such a time, the process claims no
    row that had a claim."""

    def __init__(self) -> None:
        self._lasts = False
        self.settled_at: datetime | None = None

    @contextmanager
    def noted(self) -> Iterator[None]:
        """A block that uses the store. A StorageError says that it does not respond."""
        try:
            yield
        except StorageError:
            self._lasts = True
            raise

    def found(self, now: datetime) -> None:
        """Record that the store responded to a claim at this time."""
        if self._lasts:
            self._lasts, self.settled_at = False, now + SETTLED_WITHIN
        elif self.settled_at is not None and now >= self.settled_at:
            self.settled_at = None

    def waits(self, now: int) -> bool:
        """Whether a claim at this time, in microseconds, leaves out what had a claim."""
        return self._lasts or (self.settled_at is not None and now < micros(self.settled_at))


class ClaimingStore:
    """The base of a store whose rows fall due. `worker` names this process among those that share
    the database."""

    def __init__(self, database: Database, due: DueTable, *, worker: str) -> None:
        self._database = database
        self._worker = worker
        self._due = due
        self._claims = 0

    async def next_due(self) -> datetime | None:
        return due_of(await self._database.read(self._due.next_due))

    async def release(self, *, now: datetime) -> None:
        """Make the claimed rows due now. Only for claims of processes that are known to be dead."""
        release = _fitting(self._due.release, micros(now))
        await self._database.write(lambda: rows_of(release))

    async def crashed(self, name: int | str, claim: str, /, *, reason: str, now: datetime) -> bool:
        """Store that handling the row `name` crashed. It is due again later, or, after several crashes in
        a row, set aside. Returns whether it was set aside."""
        return await self._database.write(lambda: self._crash(name, claim, reason, now))

    def _crash(self, name: object, claim: str, reason: str, now: datetime) -> Script[bool]:
        if not (counted := (yield _fitting(self._due.crash, name, claim, reason))):
            return False
        pause = pause_after(counted[0]["crashes"])
        if pause is None:
            yield _fitting(self._due.set_aside, name, claim, reason, micros(now))
        else:
            yield Statement(self._due.wait, (name, claim, micros(now + pause)))
        return pause is None

    async def _read_each(
        self, claim: Claim, rows: Iterable[Row], read: Callable[[Row], T]
    ) -> list[T]:
        """The claimed rows, each read by `read`. Those that cannot be read are logged and set aside."""
        found: list[T] = []
        spoiled: list[tuple[Row, str]] = []
        for number, row in enumerate(rows):
            if number % OF_DUE_ROWS == OF_DUE_ROWS - 1:
                await next_turn()
            try:
                found.append(read(row))
            except UNREADABLE as error:
                report(self._due.table, self._name(row), error)
                spoiled.append((row, why(error)))
        if spoiled:
            await self._set_aside(claim, spoiled)
        return found

    async def _set_aside(self, claim: Claim, spoiled: Sequence[tuple[Row, str]]) -> None:
        """Release the rows of a claim. If that fails, they are due again at the end of the claim."""

        def script() -> Script[None]:
            for row, reason in spoiled:
                yield from self._spoil(row, claim, reason)

        try:
            await self._database.write(script)
        except Exception:
            log.exception("store.rows_not_set_aside", table=self._due.table)

    def _name(self, row: Row) -> object:
        return row["id"]

    def _spoil(self, row: Row, claim: Claim, reason: str) -> Script[None]:
        """Set aside a row that cannot be read."""
        yield _fitting(self._due.set_aside, row["id"], claim.name, reason, claim.now)

    def _new_claim(self, now: datetime, lease: timedelta) -> Claim:
        self._claims += 1
        return Claim(f"{self._worker}/{self._claims}", micros(now + lease), micros(now))


def _fitting(sql: str, *values: object) -> Statement:
    """The values that the text uses: PostgreSQL refuses more."""
    return Statement(sql, tuple(v for n, v in enumerate(values, start=1) if f"${n}" in sql))


def due_of(rows: Sequence[Row]) -> datetime | None:
    """The `due_at` of one row; now for a damaged row, which may hold anything."""
    due_at = rows[0]["due_at"]
    if due_at is None:
        return None
    try:
        return instant(int(str(due_at)))
    except (ValueError, OverflowError):
        return EPOCH
