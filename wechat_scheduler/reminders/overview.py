"""Lists one user's reminders, and finds one by what the user calls it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple, Self
from zoneinfo import ZoneInfo

import structlog

from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.reminders.desk import ReminderDesk
from wechat_scheduler.reminders.language.wording import describe
from wechat_scheduler.reminders.model import Reminder, ReminderState
from wechat_scheduler.reminders.planning import rule_of
from wechat_scheduler.reminders.recurrence.series import following
from wechat_scheduler.reminders.refused_reminders import DamagedRuleError

log = structlog.get_logger(__name__)

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
class Period:
    """From `begins` to before `ends`."""

    begins: datetime
    ends: datetime

    @classmethod
    def of_day(cls, day: date, zone: ZoneInfo) -> Self:
        """From midnight to midnight."""
        begins = datetime.combine(day, time(), zone)
        return cls(begins=begins, ends=datetime.combine(day + _DAY, time(), zone))


def number_of(reminder: Reminder) -> str:
    """The number that a user types."""
    return reminder.id[:NUMBER]


async def within(
    desk: ReminderDesk, uid: str, period: Period, *, now: datetime
) -> Sequence[Listed]:
    """The reminders of that period, sent already or not, ordered by time."""
    # A recurring reminder is stored with its next occurrence, which may be before that period.
    since = min(period.begins, now - _DAY)
    found = await desk.of_person(uid, since=since, until=period.ends, limit=MOST)
    listed = [Listed(at, each) for each in found if (at := first_in(period, each))]
    return sorted(listed, key=lambda one: one.at)


async def standing(desk: ReminderDesk, uid: str) -> Sequence[Listed]:
    """The reminders that are not over, ordered by time."""
    found = await desk.of_person(uid, newest_first=True, limit=MOST)
    return [Listed(each.start, each) for each in reversed(found) if each.state in STANDING]


def chosen(reminders: Sequence[Reminder], name: str) -> Sequence[Reminder]:
    """The reminder of that number, else all of that title."""
    numbered = [one for one in reminders if number_of(one) == name.lower()]
    return numbered or [one for one in reminders if one.title == name]


def first_in(period: Period, reminder: Reminder) -> datetime | None:
    """The first occurrence within the period; None if there is none."""
    at: datetime | None = reminder.start
    if reminder.rule and reminder.state is ReminderState.ACTIVE and has_rule(reminder):
        after = max(reminder.start, period.begins) - _SECOND
        rule, zone = rule_of(reminder.rule), ZoneInfo(reminder.zone)
        found = following(rule, start=reminder.start, after=after, zone=zone)
        at = found.at if found else None
    return at if at and period.begins <= at < period.ends else None


def has_rule(reminder: Reminder) -> bool:
    """False if its stored rule cannot be read. It is paused when it falls due."""
    try:
        rule_of(reminder.rule)
    except DamagedRuleError as error:
        log.error("reminder.unreadable", reminder=reminder.id, error=str(error))
        return False
    return True


def when_words(reminder: Reminder) -> str:
    """The Chinese of its rule, or of its time, in its own zone. A rule that cannot be read is shown as it is
    stored."""
    start = reminder.start.astimezone(ZoneInfo(reminder.zone))
    return describe(reminder.rule, start) if has_rule(reminder) else reminder.rule
