"""Converts reminders to rows and back."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

import msgspec

from wechat_scheduler.delivery.model import Priority, Way
from wechat_scheduler.reminders.model import Late, Reminder, ReminderState
from wechat_scheduler.storage.database import IDS, Row, Statement, with_ids
from wechat_scheduler.storage.rows import (
    MICROSECOND,
    instant,
    instant_or_none,
    micros,
    micros_or_none,
)

_encode = msgspec.json.Encoder().encode
_topics_json = msgspec.json.Decoder(tuple[int, ...])

# FIXED columns never change; `finish` changes those in MOVING.
FIXED = ("id", "app_id", "source", "created_at")
SAID = (
    "owner", "title", "detail", "url", "zone", "defer", "late", "grace", "way", "priority",
    "topics", "slot", "mark",
)  # fmt: skip
MOVING = ("start", "rule", "due_at", "state", "fired", "missed", "last_at")
COLUMNS = ", ".join((*FIXED, *SAID, *MOVING, "revision"))

PEOPLE = f"""
    SELECT reminder_id, uid FROM joined WHERE reminder_id IN ({IDS}) ORDER BY reminder_id, at, uid
"""  # noqa: S608 - our own text


def fixed_values(reminder: Reminder) -> tuple[object, ...]:
    return (reminder.id, reminder.app_id, reminder.source, micros(reminder.created_at))


def said_values(reminder: Reminder) -> tuple[object, ...]:
    return (
        reminder.owner,
        reminder.title,
        reminder.detail,
        reminder.url,
        reminder.zone,
        reminder.defer // MICROSECOND,
        reminder.late.value,
        reminder.grace // MICROSECOND,
        reminder.way.value,
        reminder.priority.value,
        _encode(reminder.topics).decode(),
        reminder.slot,
        reminder.mark,
    )


def moving_values(reminder: Reminder) -> tuple[object, ...]:
    return (
        micros(reminder.start),
        reminder.rule,
        micros_or_none(reminder.due_at),
        reminder.state.value,
        reminder.fired,
        reminder.missed,
        micros_or_none(reminder.last_at),
    )


def reminder_of(row: Row) -> Reminder:
    """`due_at` comes from the start and the offset: in the row of a claimed reminder it is the end of
    the claim."""
    start, defer = instant(row["start"]), timedelta(microseconds=row["defer"])
    return Reminder(
        id=row["id"],
        app_id=row["app_id"],
        owner=row["owner"],
        source=row["source"],
        title=row["title"],
        detail=row["detail"],
        url=row["url"],
        start=start,
        rule=row["rule"],
        zone=row["zone"],
        defer=defer,
        due_at=None if row["due_at"] is None else start + defer,
        state=ReminderState(row["state"]),
        late=Late(row["late"]),
        grace=timedelta(microseconds=row["grace"]),
        way=Way(row["way"]),
        priority=Priority(row["priority"]),
        topics=_topics_json.decode(row["topics"]),
        slot=row["slot"],
        mark=row["mark"],
        fired=row["fired"],
        missed=row["missed"],
        last_at=instant_or_none(row["last_at"]),
        created_at=instant(row["created_at"]),
        revision=row["revision"],
    )


def people_queries(reminder_ids: Sequence[str]) -> Iterator[Statement]:
    """Queries for rows that `add_people` takes."""
    return with_ids(PEOPLE, reminder_ids)


def add_people(people: dict[str, tuple[str, ...]], rows: Iterable[Row]) -> None:
    for row in rows:
        people[row["reminder_id"]] = (*people.get(row["reminder_id"], ()), row["uid"])
