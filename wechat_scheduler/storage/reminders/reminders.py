"""`reminders.ports.Reminders` on a database."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Unpack
from zoneinfo import ZoneInfo

from wechat_scheduler.access.once import Once
from wechat_scheduler.engine.batches import Batches
from wechat_scheduler.reminders.model import JoinedPeople, PeopleChange, Reminder
from wechat_scheduler.reminders.ports import ReminderSpan
from wechat_scheduler.storage.audience import joined
from wechat_scheduler.storage.database import (
    Database,
    Row,
    Script,
    Statement,
    each,
    insert_many,
    inserts,
    rows_of,
)
from wechat_scheduler.storage.locking import lock_person
from wechat_scheduler.storage.rows import Vault, instant, micros, record, stored
from wechat_scheduler.storage.stored_responses import put_new_responses, put_response
from wechat_scheduler.storage.unreadable import only, readable

# FIXED columns never change; `finish` changes those in MOVING.
FIXED = ("id", "app_id", "source", "created_at")
SAID = (
    "owner", "title", "detail", "url", "zone", "defer", "late", "grace", "way", "priority",
    "topics", "slot", "mark",
)  # fmt: skip
MOVING = ("start", "rule", "due_at", "state", "set_aside", "fired", "missed", "last_at", "ended_at")
COLUMNS = ", ".join((*FIXED, *SAID, *MOVING, "revision"))

_NEW = (*FIXED, *SAID, *MOVING)
_CHANGING = (*SAID, *MOVING)
PUT = f"""
    INSERT INTO reminders ({", ".join(_NEW)}, revision)
"""
_GIVEN = {name: f"${n}" for n, name in enumerate(_CHANGING, start=3)}
# A change voids the claim: its outcome is not stored. Another time is that of the caller, and stays.
CHANGE = f"""
    UPDATE reminders SET {", ".join(f"{name} = {given}" for name, given in _GIVEN.items())},
        caught_at = CASE WHEN start = {_GIVEN["start"]} AND rule = {_GIVEN["rule"]} THEN caught_at END,
        crashes = 0, claimed_by = NULL, revision = revision + 1
    WHERE id = $1 AND revision = $2 RETURNING id
"""  # noqa: S608 - our own names
ONE = f"SELECT {COLUMNS} FROM reminders WHERE id = $1"  # noqa: S608 - our own names
OF_PERSON = f"""
    SELECT {COLUMNS} FROM reminders
    WHERE (owner = $1 OR id IN (SELECT reminder_id FROM joined WHERE uid = $1))
        AND state <> 'cancelled' AND start >= $2 AND start < $3
    ORDER BY start {{way}}, created_at {{way}}, id {{way}} LIMIT $4 OFFSET $5
"""  # noqa: S608 - our own names
OLDEST_FIRST, NEWEST_FIRST = OF_PERSON.format(way="ASC"), OF_PERSON.format(way="DESC")
# Before and after every instant.
ALWAYS, NEVER = -(2**62), 2**62

REMOVE = "DELETE FROM reminders WHERE id = $1 RETURNING id"
# Searches by owner, who has few; `+ 0` keeps SQLite from the index of the app, which may have a million.
REMOVE_SLOTS = """
    DELETE FROM reminders WHERE app_id + 0 = $1 AND owner = $2 AND source = $3
"""
STOP = """
    UPDATE reminders SET state = 'cancelled', due_at = NULL, ended_at = $2, claimed_by = NULL,
        revision = revision + 1
    WHERE owner = $1 AND state IN ('active', 'paused') RETURNING id
"""


class _New(NamedTuple):
    """A reminder that no one joins yet, its row, and the stored response to the request for it."""

    reminder: Reminder
    values: tuple[object, ...]
    once: Once | None


class SqlReminders:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._adding: Batches[str, _New, bool] = Batches(self._add_together)

    async def add(self, reminder: Reminder, people: Sequence[str], *, once: Once | None) -> bool:
        if not people:
            return await self._adding.do("", _New(reminder, _values(reminder), once))
        return await self._database.write(lambda: self._add(reminder, people, once))

    async def change(self, reminder: Reminder, people: PeopleChange | None) -> bool:
        return await self._database.write(lambda: _change(reminder, people))

    async def replace_slots(
        self,
        app_id: int,
        owner: str,
        source: str,
        reminders: Sequence[Reminder],
        *,
        now: datetime,
    ) -> None:
        removed = (
            lock_person(owner),
            Statement(joined.SLOTS_REMOVED, (app_id, micros(now), owner, source)),
            Statement(REMOVE_SLOTS, (app_id, owner, source)),
        )
        await self._database.write(lambda: _replace(removed, reminders))

    async def reminder(self, reminder_id: str) -> Reminder | None:
        rows = await self._database.read(ONE, reminder_id)
        return only(rows, reminder_of, table="reminders")

    async def people(self, reminder_ids: Sequence[str], *, most: int) -> dict[str, JoinedPeople]:
        return await joined.read_people(self._database, reminder_ids, most)

    async def named(self, reminder_id: str) -> Sequence[str]:
        return joined.uids_in(await self._database.read(joined.IS_NAMED, reminder_id))

    async def page(self, reminder_id: str, *, after: str, limit: int) -> Sequence[str]:
        rows = await self._database.read(joined.PAGE, reminder_id, after, limit)
        return joined.uids_in(rows)

    async def has_joined(self, reminder_id: str, uid: str) -> bool:
        return bool(await self._database.read(joined.HAS_JOINED, reminder_id, uid))

    async def of_person(self, uid: str, **wanted: Unpack[ReminderSpan]) -> Sequence[Reminder]:
        since, until = wanted.get("since"), wanted.get("until")
        span = (micros(since) if since else ALWAYS, micros(until) if until else NEVER)
        sql = NEWEST_FIRST if wanted.get("newest_first") else OLDEST_FIRST
        part = (wanted["limit"], wanted.get("offset", 0))
        rows = await self._database.read(sql, uid, *span, *part)
        return reminders_of(rows)

    async def join(self, reminder_id: str, uid: str, *, now: datetime) -> bool:
        return await self._changed(joined.JOIN, reminder_id, uid, micros(now))

    async def change_people(
        self, reminder: Reminder, change: PeopleChange, *, now: datetime
    ) -> None:
        came = (reminder.id, reminder.owner, change, micros(now))
        await self._database.write(lambda: joined.came(*came))

    async def leave(self, reminder_id: str, uid: str) -> bool:
        return await self._changed(joined.LEAVE, reminder_id, uid)

    async def remove(self, reminder_id: str, *, now: datetime) -> bool:
        return await self._database.write(lambda: _remove(reminder_id, micros(now)))

    async def stop_for(self, uid: str, *, now: datetime) -> int:
        return await self._database.write(lambda: _stop_for(uid, micros(now)))

    async def _add_together(self, _: str, new: Sequence[_New]) -> Sequence[bool]:
        if len(new) == 1:
            one = new[0]
            return [await self._database.write(lambda: self._add(one.reminder, (), one.once))]
        await self._database.write(lambda: self._add_new(new))
        return [True] * len(new)

    def _add_new(self, new: Sequence[_New]) -> Script[None]:
        """Add them together. If one of them is known, all fail, and are added one by one."""
        kept = [(one.once, one.reminder.created_at) for one in new if one.once]
        yield from put_new_responses(self._vault, kept)
        yield insert_many(PUT, [one.values for one in new])

    def _add(self, reminder: Reminder, people: Sequence[str], once: Once | None) -> Script[bool]:
        yield from put_response(self._vault, once, reminder.created_at)
        return (yield from _put(reminder, people))

    async def _changed(self, sql: str, *params: object) -> bool:
        return bool(await self._database.write(lambda: rows_of(Statement(sql, params))))


def reminder_of(row: Row) -> Reminder:
    """`due_at` comes from the start and the offset: in the row of a claimed reminder it is the end of
    the claim. Raises an error of UNREADABLE."""
    ZoneInfo(row["zone"])
    due_at = None if row["due_at"] is None else instant(row["start"] + row["defer"])
    return record(Reminder, row, due_at=due_at)


def reminders_of(rows: Iterable[Row]) -> Sequence[Reminder]:
    """Without those that cannot be read; `doctor` lists them once they fall due."""
    return readable(rows, reminder_of, table="reminders")


def _values(reminder: Reminder) -> tuple[object, ...]:
    return (*stored(reminder, _NEW), 0)


def _put(reminder: Reminder, people: Sequence[str]) -> Script[bool]:
    """False if it is known: then it is left as it is."""
    (statement,) = inserts(PUT, [_values(reminder)], "ON CONFLICT DO NOTHING RETURNING id")
    if not (yield statement):
        return False
    yield from joined.named(reminder.id, reminder.owner, PeopleChange(join=tuple(people)))
    return True


def _change(reminder: Reminder, people: PeopleChange | None) -> Script[bool]:
    values = (reminder.id, reminder.revision, *stored(reminder, _CHANGING))
    if not (yield Statement(CHANGE, values)):
        return False
    if people is not None:
        yield from joined.named(reminder.id, reminder.owner, people)
    return True


def _replace(removed: Iterable[Statement], reminders: Sequence[Reminder]) -> Script[None]:
    yield from each(removed)
    for reminder in reminders:
        yield from _put(reminder, ())


def _remove(reminder_id: str, now: int) -> Script[bool]:
    yield Statement(joined.ONE_REMOVED, (reminder_id, now))
    return bool((yield Statement(REMOVE, (reminder_id,))))


def _stop_for(uid: str, now: int) -> Script[int]:
    yield Statement(joined.LEAVE_ALL, (uid,))
    return len((yield Statement(STOP, (uid, now))))
