"""Moves the next occurrence of a reminder alone, as a body asks for it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reminders.language.parsed import Assumption
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.reminders.planning import moved_once
from wechat_scheduler.reminders.recurrence.rule import usual_time
from wechat_scheduler.reminders.refused_reminders import OnlyNextError
from wechat_scheduler.web.kit.sentences import read_sentence
from wechat_scheduler.web.native.reminders.bodies import ReminderChange


def only_next(
    body: ReminderChange, reminder: Reminder, *, now: datetime
) -> tuple[Callable[[Reminder], Reminder], Sequence[Assumption]]:
    """The edit, and what is assumed. A day without an hour keeps that of the reminder. Raises OnlyNextError
    for a body that changes more; so does the edit, which also raises ConflictError."""
    for field in body.__struct_fields__:
        if field not in ("when", "time", "only_next") and getattr(body, field) is not UNSET:
            raise OnlyNextError("changes more than the next time", field=field)
    if (body.when is UNSET) == (body.time is UNSET):
        raise InvalidRequestError("give either a time or when", field="time")
    if body.time is not UNSET:
        at = body.time
        return lambda stored: moved_once(stored, at, now=now), ()
    said, assumed = _said(msgspec.convert(body.when, str), reminder, now)
    return lambda stored: moved_once(stored, said, now=now), assumed


def _said(text: str, reminder: Reminder, now: datetime) -> tuple[datetime, Sequence[Assumption]]:
    zone = ZoneInfo(reminder.zone)
    usual = usual_time(reminder.rule, reminder.start.astimezone(zone))
    parsed = read_sentence(
        text, field="when", now=now, zone=zone, shortest=timedelta(0), hour=usual.time()
    )
    if parsed.rule or parsed.advance:
        raise OnlyNextError("names more than one single time", field="when")
    return parsed.time, parsed.assumed
