"""Tells in what a reminder differs from what it was, by the fields of our API."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.reminders.recurrence.rule import unmoved

# The names of fields in a body, by those of a reminder. A time has its own.
_FIELDS: Final = {
    "title": "title", "detail": "text", "url": "url", "rule": "rule", "zone": "zone", "defer": "defer",
    "late": "late", "grace": "grace", "way": "channel", "priority": "priority",
}  # fmt: skip


def fields_that_differ(before: Reminder, after: Reminder, *, to: bool = False) -> list[str]:
    """`to` says whether those who joined differ."""
    names = {
        own: name for own, name in _FIELDS.items() if getattr(before, own) != getattr(after, own)
    }
    if unmoved(before.rule) == unmoved(after.rule):  # the next time alone was moved
        names.pop("rule", None)
    found = [*names.values()]
    if before.start != after.start:
        found.insert(0, "time")
    return [*found, "to"] if to or before.topics != after.topics else found


def time_before(before: Reminder, after: Reminder) -> datetime | None:
    """None if neither the time nor the rule differs."""
    is_same = before.timing == after.timing
    return None if is_same else before.start.astimezone(ZoneInfo(before.zone))
