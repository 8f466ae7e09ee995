"""Sets aside rows that wait, and that no claim would ever find: of no priority or app, or due at no time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

import structlog

from wechat_scheduler.delivery.model import Priority
from wechat_scheduler.storage.checks import LATEST
from wechat_scheduler.storage.claims import BY_APP, DueTable
from wechat_scheduler.storage.database import Database, Script, Statement
from wechat_scheduler.storage.delivery import outbox
from wechat_scheduler.storage.delivery.delivery_lanes import QUEUES
from wechat_scheduler.storage.lanes import beyond
from wechat_scheduler.storage.pushes import events
from wechat_scheduler.storage.reminders import due_reminders
from wechat_scheduler.storage.rows import micros

log = structlog.get_logger(__name__)

WHY: Final = "the stored row waits for ever: {}; correct it"
NO_PRIORITY, NO_APP, NO_TIME = (
    f"its {column} is not valid" for column in ("priority", "app_id", "due_at")
)
# The next caller would make it due, and so it is due now.
JOBS: Final = (
    f"UPDATE jobs SET due_at = $1, claimed_by = NULL WHERE due_at > {LATEST} RETURNING kind"  # noqa: S608 - our own text
)


class UnclaimableRows(NamedTuple):
    """A query for the ids of rows in the table, and what is wrong with them."""

    table: DueTable
    ids: str
    what: str

    @property
    def sql(self) -> str:
        """Sets aside at most `$3` of them at `$2`, for the reason `$1`."""
        # PostgreSQL wants to know the type of `$2`, also where no column takes it.
        aside = self.table.aside.replace("$3", "$1").replace("$4", "CAST($2 AS BIGINT)")
        name = self.table.table
        return f"""
            UPDATE {name} SET set_aside = $1, {aside}, claimed_by = NULL
            WHERE id IN (SELECT id FROM ({self.ids}) each WHERE CAST($2 AS BIGINT) > 0 LIMIT $3)
            RETURNING id
        """  # noqa: S608 - our own text


def _of_deliveries() -> Iterator[UnclaimableRows]:
    for side in (f"< {min(Priority).value}", f"> {max(Priority).value}"):
        wrong = f"SELECT id FROM deliveries WHERE state = 'pending' AND priority {side}"  # noqa: S608
        yield UnclaimableRows(outbox.DUE, wrong, NO_PRIORITY)
    for queue in QUEUES.values():
        yield from _of_queue(outbox.DUE, queue)


def _of_queue(table: DueTable, queue: str) -> Iterator[UnclaimableRows]:
    strange = f"SELECT id FROM {table.table} WHERE {queue} AND app_id <= {BY_APP.below}"  # noqa: S608
    yield UnclaimableRows(table, strange, NO_APP)
    yield UnclaimableRows(table, beyond(table.table, BY_APP, queue, LATEST), NO_TIME)


EVENTS: Final = f"SELECT id FROM events WHERE state = 'pending' AND due_at > {LATEST}"  # noqa: S608
EACH: Final = (
    *_of_deliveries(),
    *_of_queue(due_reminders.DUE, due_reminders.DUE.queue),
    UnclaimableRows(events.DUE, EVENTS, NO_TIME),
)


async def set_aside(database: Database, now: datetime, limit: int) -> int:
    """As `engine.housekeeping.Forget`: about `limit` rows in one transaction, with an error in the log."""
    found = await database.write(lambda: _set_aside(micros(now), limit))
    for table, name, reason in found:
        log.error("store.row_unreadable", table=table, row=name, error=reason)
    return len(found)


def _set_aside(now: int, limit: int) -> Script[list[tuple[str, str, str]]]:
    found: list[tuple[str, str, str]] = []
    for each in EACH:
        reason = WHY.format(each.what)
        rows = yield Statement(each.sql, (reason, now, limit))
        found += [(each.table.table, str(row["id"]), reason) for row in rows]
    jobs = yield Statement(JOBS, (now,))
    return found + [("jobs", str(row["kind"]), NO_TIME) for row in jobs]
