"""From what somebody asks for to a reminder that can be kept. Pure."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from wechat_scheduler.audience.model import SHANGHAI
from wechat_scheduler.delivery.model import Priority, Way
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reminders.model import Late, Reminder, State
from wechat_scheduler.reminders.recurrence import Occurrence, Rule, following, read, upcoming
from wechat_scheduler.reminders.refusals import PastError, ReminderError, RuleError, ZoneError

LONGEST_TITLE = 500
LONGEST_DETAIL = 20_000
LONGEST_URL = 1000

HORIZON = timedelta(days=36_525)
"""As far as rules are followed."""

FARTHEST = timedelta(days=366)
"""From an occurrence to when it is said, and how late it may be."""

MOST_PEOPLE = 2000

LOOKED_AT = 20
"""Occurrences that follow the first of several lines, as many as there may be of these."""

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to be reminded of; the fields are those of `Reminder`. `start` is any aware instant.
    With a rule it may be past: the first occurrence is the first that is not."""

    title: str
    detail: str = ""
    url: str = ""
    start: datetime
    rule: str = ""
    zone: str = SHANGHAI
    defer: timedelta = timedelta(0)
    late: Late = Late.ONCE
    grace: timedelta = timedelta(minutes=5)
    way: Way = Way.AUTO
    priority: Priority = Priority.NORMAL
    owner: str = ""
    people: tuple[str, ...] = ()
    topics: tuple[int, ...] = ()
    slot: int = 0
    mark: str = ""

    @property
    def timing(self) -> tuple[datetime, str, str, timedelta]:
        return self.start, self.rule, self.zone, self.defer

    def said(self) -> dict[str, Any]:
        """All but when, and to whom beside the owner."""
        return {name: getattr(self, name) for name in _SAID}


_SAID = [
    each.name
    for each in fields(Draft)
    if each.name not in ("start", "rule", "zone", "defer", "people")
]


def draft_of(reminder: Reminder, people: tuple[str, ...]) -> Draft:
    """To be edited."""
    names = (each.name for each in fields(Draft) if each.name != "people")
    return Draft(**{name: getattr(reminder, name) for name in names}, people=people)


def check(draft: Draft) -> None:
    """Everything that has nothing to do with when. Raises ReminderError."""
    if not draft.title.strip():
        raise ReminderError("must not be empty", field="title")
    for name, text, most in (
        ("title", draft.title, LONGEST_TITLE),
        ("text", draft.detail, LONGEST_DETAIL),
        ("url", draft.url, LONGEST_URL),
    ):
        if len(text) > most:
            raise ReminderError(f"is longer than {most} characters", field=name)
        if "\0" in text:  # PostgreSQL keeps none
            raise ReminderError("has a NUL in it", field=name)
    if draft.url and not _is_link(draft.url):
        raise ReminderError("must begin with http:// or https://, without spaces", field="url")
    if not timedelta(0) <= draft.grace <= FARTHEST:
        raise ReminderError("must be from 0 to 366 days", field="grace")
    if len(draft.people) > MOST_PEOPLE:
        raise ReminderError(f"more than {MOST_PEOPLE} people: use a topic", field="to")


def first(
    draft: Draft, *, now: datetime, shortest: timedelta, forgiving: timedelta = timedelta(0)
) -> Occurrence:
    """The first occurrence that is due after `now`; of a one-off, if it is no older than `forgiving`.

    Raises PastError, ZoneError, RuleError, or ReminderError for what is too far away.
    """
    zone = zone_of(draft.zone)
    if abs(draft.start - now) > HORIZON:
        raise ReminderError("is more than 100 years away", field="time")
    if abs(draft.defer) > FARTHEST:
        raise ReminderError("is more than 366 days", field="defer")
    start = draft.start.astimezone(UTC).replace(microsecond=0)
    rule = _read(draft.rule, shortest)
    after = start - _SECOND
    if rule:
        after = max(after, now - draft.defer)
    elif start + draft.defer + forgiving <= now:
        field = "time" if start + forgiving <= now else "defer"
        raise PastError(start + draft.defer, zone, field=field)
    return _found(rule, start, after, zone, shortest)


def ahead(reminder: Reminder, *, now: datetime, most: int) -> tuple[datetime, ...]:
    """When it is said the next `most` times, unless it is over."""
    if reminder.state not in (State.ACTIVE, State.PAUSED):
        return ()
    after = reminder.start - _SECOND
    if reminder.state is State.PAUSED:
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
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ZoneError(name) from error


@lru_cache(maxsize=4096)
def rule_of(text: str) -> Rule:
    """A rule that was accepted when it came, whatever is the shortest interval by now."""
    return read(text, shortest=timedelta(0))


def _is_link(url: str) -> bool:
    return url.startswith(("http://", "https://")) and url.isprintable() and " " not in url


def _read(text: str, shortest: timedelta) -> Rule:
    try:
        return read(text, shortest=shortest)
    except InvalidRequestError as error:
        raise RuleError(str(error)) from error


def _found(
    rule: Rule, start: datetime, after: datetime, zone: ZoneInfo, shortest: timedelta
) -> Occurrence:
    try:
        found = following(rule, start=start, after=after, zone=zone)
        if found is not None:
            read(str(found.rule), shortest=timedelta(0))  # what is written out may be too long
            _check_pace(found, zone, shortest)
    except InvalidRequestError as error:
        raise RuleError(str(error)) from error
    if found is None:
        raise RuleError("it never fires (again)")
    return found


def _check_pace(found: Occurrence, zone: ZoneInfo, shortest: timedelta) -> None:
    """Each line keeps `shortest`; so must all together, as far as is looked."""
    if len(found.rule.lines) < 2:
        return
    times = upcoming(found.rule, start=found.at, after=found.at, zone=zone, most=LOOKED_AT)
    if any(later - earlier < shortest for earlier, later in pairwise((found.at, *times))):
        seconds = f"{shortest.total_seconds():g}"
        raise InvalidRequestError(f"its lines fire more often than every {seconds} s together")
