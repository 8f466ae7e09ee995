"""Checks a reminder that an API asks for, and finds its first occurrence. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from wechat_scheduler.audience.addresses import NO_WEB_ADDRESS, is_web_address
from wechat_scheduler.config.zones import named_zone
from wechat_scheduler.engine.records import replace
from wechat_scheduler.engine.wrong_fields import WrongFields
from wechat_scheduler.errors import ConflictError, InvalidRequestError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.model import Reminder, ReminderState
from wechat_scheduler.reminders.recurrence.parsing import read_rule
from wechat_scheduler.reminders.recurrence.rule import Rule
from wechat_scheduler.reminders.recurrence.series import Occurrence, following, upcoming
from wechat_scheduler.reminders.refused_reminders import (
    DamagedRuleError,
    OnlyNextError,
    PastError,
    ReminderError,
    RuleError,
    ZoneError,
)

UNTITLED = "闹钟"
"""The title of a reminder whose sentence says when, and not what."""

LONGEST_TITLE = 500
LONGEST_DETAIL = 20_000
LONGEST_URL = 1000

HORIZON = timedelta(days=36_525)
"""The farthest that a time may be from now."""

FARTHEST = timedelta(days=366)
"""The largest `defer` and `grace`."""

MOST_PEOPLE = 2000

LOOKED_AT = 20
"""Occurrences whose distance is checked: as many as a rule may have lines."""

_SECOND = timedelta(seconds=1)


def as_said(reminder: Reminder, parsed: Parsed) -> Reminder:
    """The reminder with the time and the rule of a sentence, and with its title and `defer` if it has
    them."""
    return replace(
        reminder,
        start=parsed.time,
        rule=parsed.rule,
        title=parsed.title or reminder.title,
        defer=-parsed.advance if parsed.advance else reminder.defer,
    )


def check(reminder: Reminder) -> None:
    """Raises ReminderError, which tells of each wrong field but those of time: `first` checks these."""
    wrong = WrongFields()
    with wrong:
        if not reminder.title.strip():
            raise ReminderError("must not be empty", field="title")
    for name, text, most in (
        ("title", reminder.title, LONGEST_TITLE),
        ("text", reminder.detail, LONGEST_DETAIL),
        ("url", reminder.url, LONGEST_URL),
    ):
        with wrong:
            _check_text(text, name, most)
    with wrong:
        if not timedelta(0) <= reminder.grace <= FARTHEST:
            raise ReminderError("must be from 0 to 366 days", field="grace")
    wrong.check()


def _check_text(text: str, field: str, most: int) -> None:
    if len(text) > most:
        raise ReminderError(f"is longer than {most} characters", field=field)
    if "\0" in text:  # PostgreSQL stores none
        raise ReminderError("has a NUL in it", field=field)
    if field == "url" and text and not is_web_address(text):
        raise ReminderError(NO_WEB_ADDRESS, field=field)


def check_people(people: Sequence[str]) -> None:
    """Raises ReminderError."""
    if len(people) > MOST_PEOPLE:
        raise ReminderError(f"more than {MOST_PEOPLE} people: use a topic", field="to")


def starting(reminder: Reminder, first: Occurrence) -> Reminder:
    """The reminder as it waits for that occurrence."""
    return replace(reminder, start=first.at, rule=str(first.rule), due_at=first.at + reminder.defer)


def first(
    reminder: Reminder, *, now: datetime, shortest: timedelta, forgiving: timedelta = timedelta(0)
) -> Occurrence:
    """The first occurrence that is due after `now`; a one-off may be late by `forgiving`.

    Raises PastError, ZoneError, RuleError, or ReminderError for a time that is too far away.
    """
    zone = zone_of(reminder.zone)
    if abs(reminder.start - now) > HORIZON:
        raise ReminderError("is more than 100 years away", field="time")
    if abs(reminder.defer) > FARTHEST:
        raise ReminderError("is more than 366 days", field="defer")
    start = reminder.start.astimezone(UTC).replace(microsecond=0)
    rule = _read(reminder.rule, shortest)
    after = start - _SECOND
    if rule:
        after = max(after, now - reminder.defer)
    elif start + reminder.defer + forgiving <= now:
        field = "time" if start + forgiving <= now else "defer"
        raise PastError(start + reminder.defer, zone, field=field)
    return _found(rule, start, after, zone, shortest)


def moved_once(reminder: Reminder, at: datetime, *, now: datetime) -> Reminder:
    """The reminder with its next occurrence at `at`; the others stay by its rule. At the time that the rule has for it
    it is moved back. Raises ReminderError, ConflictError if the reminder is over."""
    if reminder.state not in (ReminderState.ACTIVE, ReminderState.PAUSED):
        raise ConflictError(f"the reminder is {reminder.state}", reason=Reason.REMINDER_STATE)
    zone, at = zone_of(reminder.zone), at.astimezone(UTC).replace(microsecond=0)
    if at + reminder.defer <= now:
        raise PastError(at + reminder.defer, zone, field="time")
    start, rule = _next_of(reminder, now)
    usual, regular = rule.moved or start, replace(rule, moved=None)
    next_one = following(regular, start=usual, after=usual, zone=zone) if rule else None
    if next_one and at >= next_one.at:
        raise OnlyNextError(
            f"must be before the time after it, {next_one.at.astimezone(zone):%Y-%m-%dT%H:%M:%S%z}"
        )
    text = str(regular if at == usual or not rule else replace(rule, moved=usual))
    return replace(reminder, start=at, rule=text)


def _next_of(reminder: Reminder, now: datetime) -> tuple[datetime, Rule]:
    """Its next occurrence, and the rule from it on. What passes while a reminder is paused is left out."""
    start, rule = reminder.start, rule_of(reminder.rule)
    if not rule or reminder.state is not ReminderState.PAUSED:
        return start, rule
    after = max(start - _SECOND, now - reminder.defer)
    found = following(rule, start=start, after=after, zone=zone_of(reminder.zone))
    return (found.at, found.rule) if found else (start, rule)


def ahead(reminder: Reminder, *, now: datetime, most: int) -> tuple[datetime, ...]:
    """When it is sent the next `most` times; none if it is over."""
    if reminder.state not in (ReminderState.ACTIVE, ReminderState.PAUSED):
        return ()
    after = reminder.start - _SECOND
    if reminder.state is ReminderState.PAUSED:
        after = max(after, now - reminder.defer)
    found = upcoming(
        rule_of(reminder.rule),
        start=reminder.start,
        after=after,
        zone=ZoneInfo(reminder.zone),
        most=most,
    )
    return tuple(at + reminder.defer for at in found)


def zone_of(name: str) -> ZoneInfo:
    """Raises ZoneError."""
    try:
        return named_zone(name)
    except (KeyError, ValueError, OSError) as error:
        raise ZoneError(name) from error


@lru_cache(maxsize=4096)
def rule_of(text: str) -> Rule:
    """The rule of a stored text, which no shortest interval refuses any more. Raises DamagedRuleError."""
    try:
        return read_rule(text, shortest=timedelta(0))
    except InvalidRequestError as error:
        raise DamagedRuleError(error) from error


def _read(text: str, shortest: timedelta) -> Rule:
    try:
        return read_rule(text, shortest=shortest)
    except InvalidRequestError as error:
        raise RuleError(str(error)) from error


def _found(
    rule: Rule, start: datetime, after: datetime, zone: ZoneInfo, shortest: timedelta
) -> Occurrence:
    try:
        found = following(rule, start=start, after=after, zone=zone)
        if found is not None and found.rule:
            read_rule(str(found.rule), shortest=timedelta(0))  # the anchored text may be too long
            _check_pace(found, zone, shortest)
    except InvalidRequestError as error:
        raise RuleError(str(error)) from error
    if found is None:
        raise RuleError("it never fires (again)")
    return found


def _check_pace(found: Occurrence, zone: ZoneInfo, shortest: timedelta) -> None:
    """Raises InvalidRequestError if the lines together, which keep `shortest` each, break it."""
    if len(found.rule.lines) < 2:
        return
    times = upcoming(found.rule, start=found.at, after=found.at, zone=zone, most=LOOKED_AT)
    if any(later - earlier < shortest for earlier, later in pairwise((found.at, *times))):
        seconds = f"{shortest.total_seconds():g}"
        raise InvalidRequestError(f"its lines fire more often than every {seconds} s together")
