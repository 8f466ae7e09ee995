"""English days in a Chinese sentence: tomorrow, next Friday, Nov 20."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.anchors import Anchor, Fixed, Weekdays, YearDays, solar
from wechat_scheduler.reminders.language.clocks import ClockTime
from wechat_scheduler.reminders.language.policy import Part

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# Short weekdays are also words (sun, wed): they count only before a time.
ENGLISH = pattern(
    r"(?<![a-z])(?:(?P<day>today|tonight|tomorrow|tmr)"
    r"|(?P<next>next )?(?:(?P<full>mon|tues|wednes|thurs|fri|satur|sun)day"
    rf"|(?P<short>{'|'.join(_WEEKDAYS)})(?=[ ,.]{{1,2}}\d))"
    rf"|(?P<month>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.? ?(?P<number>\d{{1,2}})(?:st|nd|rd|th)?"
    r"(?:,? ?(?P<year>20\d\d))?(?![\d:]))(?![a-z])(?: at(?![a-z]))?"
)
ENGLISH_STARTS = frozenset("tnmwfsjaod")


def read_english(found: re.Match[str], today: date) -> Anchor | Sequence[Anchor | ClockTime]:
    """Raises LanguageError for a day that does not exist."""
    weekday = found["full"] or found["short"]
    if weekday:
        week = 1 if found["next"] else None
        return Weekdays(numbers=(_WEEKDAYS.index(weekday[:3]),), week=week)
    if found["month"]:
        return _dated(found)
    if found["day"] == "tonight":
        return (Fixed(day=today), ClockTime(part=Part.EVENING, written="tonight"))
    return Fixed(day=today + timedelta(days=found["day"] != "today"))


def _dated(found: re.Match[str]) -> Anchor:
    month, number = _MONTHS.index(found["month"]) + 1, int(found["number"])
    day = solar(int(found["year"] or 2000), month, number, found.group())
    return Fixed(day=day) if found["year"] else YearDays(month=month, numbers=(number,))
