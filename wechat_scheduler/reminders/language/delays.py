"""Reads by how much a reminder is put off, and says what is that much later: 推迟半小时, 往后推1天."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.anchors import workday_after
from wechat_scheduler.reminders.language.durations import LENGTH, Length, read_length
from wechat_scheduler.reminders.language.normalise import normalise
from wechat_scheduler.reminders.language.refused_sentences import too_far

# They are counted one by one.
MOST_WORKDAYS: Final = 366

_DELAY = pattern(
    rf"(?:请|帮我|再)?(?:[往向]后[推挪移延]|推迟|延后|延迟|延期|推后|后推|拖后|顺延) ?(?P<length>{LENGTH})[吧.。]?"
)


def delay_of(text: str) -> Length | None:
    """None for a text that says anything else. Raises LanguageError for 推迟两三天."""
    found = _DELAY.fullmatch(normalise(text).strip())
    return read_length(found["length"]) if found else None


def delayed(moment: datetime, length: Length, zone: ZoneInfo) -> datetime:
    """`length` after `moment`, in `zone`: months, days and workdays by its calendar, hours and minutes as elapsed time.
    Raises LanguageError beyond the calendar, and for more workdays than are counted."""
    if length.workdays > MOST_WORKDAYS:
        raise too_far()
    try:
        by_calendar = Length(months=length.months, days=length.days).after(moment.astimezone(zone))
        elapsed = timedelta(seconds=length.seconds)
        moved = (by_calendar.astimezone(UTC) + elapsed).astimezone(zone)
        day = workday_after(moved.date(), length.workdays)
        return moved + timedelta(days=(day - moved.date()).days)
    except OverflowError as error:
        raise too_far() from error
