"""The columns of reminders, and the people who joined them."""

from collections.abc import Iterable, Iterator, Sequence

from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.storage.database import IDS, Row, Statement, with_ids
from wechat_scheduler.storage.rows import instant, record

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


def reminder_of(row: Row) -> Reminder:
    """`due_at` comes from the start and the offset: in the row of a claimed reminder it is the end of
    the claim."""
    due_at = None if row["due_at"] is None else instant(row["start"] + row["defer"])
    return record(Reminder, row, due_at=due_at)


def people_queries(reminder_ids: Sequence[str]) -> Iterator[Statement]:
    """Queries for rows that `add_people` takes."""
    return with_ids(PEOPLE, reminder_ids)


def add_people(people: dict[str, tuple[str, ...]], rows: Iterable[Row]) -> None:
    for row in rows:
        people[row["reminder_id"]] = (*people.get(row["reminder_id"], ()), row["uid"])
