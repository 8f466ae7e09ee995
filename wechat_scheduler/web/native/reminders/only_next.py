"""Moves the next occurrence of a reminder alone, as a body asks for it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET

from wechat_scheduler.errors import ConflictError, InvalidRequestError
from wechat_scheduler.reasons import Reason
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
    at, assumed = (
        _said(msgspec.convert(body.when, str), reminder, now)
        if body.time is UNSET
        else (body.time, ())
    )

    def edit(stored: Reminder) -> Reminder:
        if stored.timing != reminder.timing:  # another occurrence is the next one now
            raise ConflictError("it was sent or changed since", reason=Reason.REMINDER_STATE)
        return moved_once(stored, at, now=now)

    return edit, assumed


def _said(text: str, reminder: Reminder, now: datetime) -> tuple[datetime, Sequence[Assumption]]:
    zone = ZoneInfo(reminder.zone)
    usual = usual_time(reminder.rule, reminder.start.astimezone(zone))
    parsed = read_sentence(
        text, field="when", now=now, zone=zone, shortest=timedelta(0), hour=usual.time()
    )
    if parsed.rule or parsed.advance:
        raise OnlyNextError("names more than one single time", field="when")
    return parsed.time, parsed.assumed
