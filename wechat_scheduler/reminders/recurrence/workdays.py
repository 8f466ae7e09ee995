"""Legal workdays of mainland China: the make-up Saturdays and Sundays are, public holidays are not.

The State Council announces a year in the November before it. What is known comes with the optional
`chinesecalendar`; without it, and beyond its last year, Monday to Friday are the workdays.
"""

from datetime import date
from functools import cache

try:
    import chinese_calendar
except ImportError:
    chinese_calendar = None


def is_workday(day: date) -> bool:
    """Whether people work on `day`; see `announced` for whether that is a guess."""
    if not announced(day.year):
        return day.weekday() < 5
    return bool(chinese_calendar.is_workday(day))


def announced(year: int) -> bool:
    """Whether the holidays of `year` are known: False means Monday to Friday are assumed."""
    return year in _years()


@cache
def _years() -> range:
    if chinese_calendar is None:
        return range(0)
    known = chinese_calendar.holidays
    return range(min(known).year, max(known).year + 1)
