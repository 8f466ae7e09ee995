"""`reminders.ports.Due` on a database: a reminder moves on in the transaction that stores its
messages."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from wechat_scheduler.reminders.model import Claimed, Fired, Firing
from wechat_scheduler.storage.claims import BY_APP, Claim, ClaimingStore, DueTable
from wechat_scheduler.storage.database import Database, Row, Script, Statement
from wechat_scheduler.storage.joined import few_people
from wechat_scheduler.storage.lanes import PlainLanes
from wechat_scheduler.storage.messages import put_message
from wechat_scheduler.storage.reminders import (
    COLUMNS,
    MOVING,
    reminder_of,
)
from wechat_scheduler.storage.rows import micros, stored

DUE = DueTable(
    table="reminders",
    queue="state = 'active'",
    lanes=BY_APP,
    returning=COLUMNS,
    released="due_at = start + defer",
    aside="state = 'paused', due_at = NULL, revision = revision + 1",
)
# People whose deliveries are put into the transaction that moves the reminder on. More are told page by
# page, like the subscribers of a topic.
MOST_AT_ONCE = 64

MOVE_ON = f"""
    UPDATE reminders SET {", ".join(f"{name} = ${n}" for n, name in enumerate(MOVING, start=3))},
        crashes = 0, claimed_by = NULL, revision = revision + 1
    WHERE id = $1 AND claimed_by = $2 RETURNING id
"""  # noqa: S608 - our own names
MISS = """
    UPDATE deliveries SET state = 'missed', error = $2, settled_at = $3 WHERE message_id = $1
"""
WHY_MISSED = "it fell due while no daemon ran, and is not sent late"


class SqlDueReminders(ClaimingStore):
    def __init__(self, database: Database, *, worker: str) -> None:
        super().__init__(database, DUE, worker=worker)
        self._lanes = PlainLanes(DUE, database.dialect.skip_locked)

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[Claimed]:
        claim = self._new_claim(now, lease)
        rows, people = await self._database.write(lambda: self._claimed(claim, limit))
        found = await self._read_each(claim, rows, reminder_of)
        found.sort(key=lambda reminder: reminder.start + reminder.defer)
        return [
            Claimed(reminder=each, people=people.get(each.id, ()), claim=claim.name)
            for each in found
        ]

    async def finish(self, fired: Fired, *, now: datetime) -> bool:
        return await self._database.write(lambda: _finish(fired, now))

    def _claimed(
        self, claim: Claim, limit: int
    ) -> Script[tuple[Sequence[Row], dict[str, tuple[str, ...] | None]]]:
        """The claimed rows as they are stored, and the people who joined each, None for a crowd."""
        rows = yield from self._lanes.take(claim, limit)
        people = yield from few_people([row["id"] for row in rows], MOST_AT_ONCE)
        return rows, people


def _finish(fired: Fired, now: datetime) -> Script[bool]:
    held = (fired.next.id, fired.claimed.claim)
    if not (yield Statement(MOVE_ON, (*held, *stored(fired.next, MOVING)))):
        return False
    for firing in fired.firings:
        yield from _put(firing, now)
    return True


def _put(firing: Firing, now: datetime) -> Script[None]:
    message = firing.message
    if (yield from put_message(message, firing.targets, now)) and firing.is_missed:
        yield Statement(MISS, (message.id, WHY_MISSED, micros(now)))
