"""Lists one user's reminders, and finds one by what the user calls it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from wechat_scheduler.reminders.desk import ReminderDesk
from wechat_scheduler.reminders.model import Reminder, ReminderState
from wechat_scheduler.reminders.planning import rule_of
from wechat_scheduler.reminders.recurrence.series import following

# Reminders of one user that are looked through.
MOST: Final = 200

# The digits of an id that a user types. Among 200 reminders they differ.
NUMBER: Final = 6

STANDING: Final = (ReminderState.ACTIVE, ReminderState.PAUSED)

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


class Listed(NamedTuple):
    """A reminder, and its first occurrence within the time that was asked for."""

    at: datetime
    reminder: Reminder


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """From midnight to midnight in `zone`."""

    date: date
    zone: ZoneInfo

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.date, time(), self.zone)

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.date + _DAY, time(), self.zone)


def number_of(reminder: Reminder) -> str:
    """The number that a user types."""
    return reminder.id[:NUMBER]


async def on_day(desk: ReminderDesk, uid: str, day: Day, *, now: datetime) -> Sequence[Listed]:
    """The reminders of that day, sent already or not, ordered by time."""
    # A recurring reminder is stored with its next occurrence, which may be before that day.
    since = min(day.begins, now - _DAY)
    found = await desk.of_person(uid, since=since, until=day.ends, limit=MOST)
    listed = [Listed(at, each) for each in found if (at := _first_on(day, each))]
    return sorted(listed, key=lambda one: one.at)


async def standing(desk: ReminderDesk, uid: str) -> Sequence[Listed]:
    """The reminders that are not over, ordered by time."""
    found = await desk.of_person(uid, newest_first=True, limit=MOST)
    return [Listed(each.start, each) for each in reversed(found) if each.state in STANDING]


def chosen(reminders: Sequence[Reminder], name: str) -> Sequence[Reminder]:
    """The reminder of that number, else all of that title."""
    numbered = [one for one in reminders if number_of(one) == name.lower()]
    return numbered or [one for one in reminders if one.title == name]


def _first_on(day: Day, reminder: Reminder) -> datetime | None:
    at: datetime | None = reminder.start
    if reminder.rule and reminder.state is ReminderState.ACTIVE:
        after = max(reminder.start, day.begins) - _SECOND
        rule, zone = rule_of(reminder.rule), ZoneInfo(reminder.zone)
        found = following(rule, start=reminder.start, after=after, zone=zone)
        at = found.at if found else None
    return at if at and day.begins <= at < day.ends else None
