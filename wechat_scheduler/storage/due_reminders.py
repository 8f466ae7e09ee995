"""Due reminders in SQL: claimed, and moved on in the transaction that puts their messages."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from wechat_scheduler.reminders.model import Claimed, Fired, Firing
from wechat_scheduler.storage.database import Database, Script, Statement, rows_of
from wechat_scheduler.storage.messages import put_message
from wechat_scheduler.storage.reminder_rows import (
    COLUMNS,
    MOVING,
    add_people,
    moving_values,
    people_queries,
    reminder_of,
)
from wechat_scheduler.storage.rows import instant_or_none, micros

# The rows are chosen once and for all (MATERIALIZED), as in jobs.CLAIM.
CLAIM = f"""
    WITH due AS MATERIALIZED (
        SELECT id FROM reminders WHERE state = 'active' AND due_at <= $3
        ORDER BY due_at LIMIT $4 {{skip_locked}}
    )
    UPDATE reminders SET claimed_by = $1, due_at = $2 WHERE id IN (SELECT id FROM due)
    RETURNING {COLUMNS}
"""  # noqa: S608 - our own names
MOVE_ON = f"""
    UPDATE reminders SET {", ".join(f"{name} = ${n}" for n, name in enumerate(MOVING, start=3))},
        claimed_by = NULL, revision = revision + 1
    WHERE id = $1 AND claimed_by = $2 RETURNING id
"""  # noqa: S608 - our own names
MISS = """
    UPDATE deliveries SET state = 'missed', error = $2, settled_at = $3 WHERE message_id = $1
"""
RELEASE = """
    UPDATE reminders SET due_at = start + defer, claimed_by = NULL WHERE claimed_by IS NOT NULL
"""
NEXT_DUE = "SELECT min(due_at) AS due_at FROM reminders WHERE state = 'active'"

WHY_MISSED = "it fell due while nobody was up, and is not to be sent late"


class SqlDueReminders:
    """`reminders.ports.Due` on a database."""

    def __init__(self, database: Database, *, worker: str) -> None:
        self._database = database
        self._worker = worker
        self._claims = 0
        self._claim_sql = CLAIM.format(skip_locked=database.dialect.skip_locked)

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[Claimed]:
        self._claims += 1
        claim = f"{self._worker}/{self._claims}"
        params = (claim, micros(now + lease), micros(now), limit)
        return await self._database.write(lambda: _claimed(Statement(self._claim_sql, params)))

    async def finish(self, fired: Fired, *, now: datetime) -> bool:
        return await self._database.write(lambda: _finish(fired, now))

    async def next_due(self) -> datetime | None:
        return instant_or_none((await self._database.read(NEXT_DUE))[0]["due_at"])

    async def release(self, *, now: datetime) -> None:
        """Give back what a process that is known to be dead had claimed."""
        await self._database.write(lambda: rows_of(Statement(RELEASE)))


def _claimed(statement: Statement) -> Script[Sequence[Claimed]]:
    found = [reminder_of(row) for row in (yield statement)]
    people: dict[str, tuple[str, ...]] = {}
    for query in people_queries([reminder.id for reminder in found]):
        add_people(people, (yield query))
    found.sort(key=lambda reminder: reminder.start + reminder.defer)
    claim = str(statement.params[0])
    return [Claimed(reminder=each, people=people.get(each.id, ()), claim=claim) for each in found]


def _finish(fired: Fired, now: datetime) -> Script[bool]:
    held = (fired.next.id, fired.claimed.claim)
    if not (yield Statement(MOVE_ON, (*held, *moving_values(fired.next)))):
        return False
    for firing in fired.firings:
        yield from _put(firing, now)
    return True


def _put(firing: Firing, now: datetime) -> Script[None]:
    message = firing.message
    if (yield from put_message(message, firing.targets, now)) and firing.is_missed:
        yield Statement(MISS, (message.id, WHY_MISSED, micros(now)))
