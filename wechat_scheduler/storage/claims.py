"""Claims on rows that fall due: the same for jobs, reminders, deliveries and events.

A claim takes due rows for a lease. It moves their `due_at` to the end of the lease, so that the rows
of a process that died fall due again by themselves. An outcome is
stored only under the claim that the row has: a process whose lease ran out changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from wechat_scheduler.storage.database import Database, Row, Script, Statement, rows_of
from wechat_scheduler.storage.rows import instant_or_none, micros

# MATERIALIZED chooses the rows once. A planner that repeated the choice for each row of the table
# would find other rows unlocked each time, and claim them all.
_CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT {key} FROM {table} WHERE {queue} AND due_at <= $3
        ORDER BY due_at LIMIT $4 {skip_locked}
    )
    UPDATE {table} SET claimed_by = $1, due_at = $2{marks}
    WHERE ({key}) IN (SELECT {key} FROM due)
    RETURNING {returning}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTable:
    """A table with `due_at` and `claimed_by`, and its own parts of the SQL.

    `queues` are the conditions for rows that wait; the rows of an earlier queue are claimed first. A
    table without queues has a way of its own to claim, and `earliest`, a query for the first `due_at`.
    `marks` are further assignments of a claim; `$1` is its name, `$2` its end, `$3` the present, and
    `$5` the first value that the store adds. `released` are the assignments of a release (`$1` is
    the present) to the rows where `held`.
    """

    table: str
    key: str = "id"
    queues: tuple[str, ...] = ()
    earliest: str = ""
    marks: str = ""
    returning: str
    released: str = "due_at = $1"
    held: str = "claimed_by IS NOT NULL"

    def claims(self, skip_locked: str) -> tuple[str, ...]:
        """One statement for each queue."""
        return tuple(
            _CLAIM.format(
                table=self.table,
                key=self.key,
                queue=queue,
                skip_locked=skip_locked,
                marks=self.marks and f", {self.marks}",
                returning=self.returning,
            )
            for queue in self.queues
        )

    @property
    def next_due(self) -> str:
        if self.earliest:
            return self.earliest
        each = " UNION ALL ".join(
            f"SELECT min(due_at) AS due_at FROM {self.table} WHERE {queue}"  # noqa: S608 - our own names
            for queue in self.queues
        )
        return f"SELECT min(due_at) AS due_at FROM ({each}) each"  # noqa: S608 - our own names

    @property
    def release(self) -> str:
        return f"UPDATE {self.table} SET {self.released}, claimed_by = NULL WHERE {self.held}"  # noqa: S608 - our own names


class Claim(NamedTuple):
    """`until` and `now` in microseconds."""

    name: str
    until: int
    now: int


class ClaimingStore:
    """The base of a store whose rows fall due. `worker` names this process among those that share
    the database."""

    def __init__(self, database: Database, due: DueTable, *, worker: str) -> None:
        self._database = database
        self._worker = worker
        self._due = due
        self._claim_sqls = due.claims(database.dialect.skip_locked)
        self._claims = 0

    async def next_due(self) -> datetime | None:
        return instant_or_none((await self._database.read(self._due.next_due))[0]["due_at"])

    async def release(self, *, now: datetime) -> None:
        """Make the claimed rows due now. Only for claims of processes that are known to be dead."""
        params = (micros(now),) if "$1" in self._due.release else ()
        await self._database.write(lambda: rows_of(Statement(self._due.release, params)))

    def _new_claim(self, now: datetime, lease: timedelta) -> Claim:
        self._claims += 1
        return Claim(f"{self._worker}/{self._claims}", micros(now + lease), micros(now))

    def _take(self, claim: Claim, limit: int, *values: object) -> Script[list[Row]]:
        """Claim at most `limit` due rows."""
        rows: list[Row] = []
        for sql in self._claim_sqls:
            if len(rows) < limit:
                rows += yield Statement(sql, (*claim, limit - len(rows), *values))
        return rows
