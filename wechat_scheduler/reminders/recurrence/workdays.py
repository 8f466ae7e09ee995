"""Legal workdays of mainland China: without public holidays, with the weekends that make up for them.

The State Council announces a year in the November before it, and a release of `chinesecalendar` follows.
Beyond its last year, Monday to Friday are the workdays.
"""

from calendar import monthrange
from datetime import date
from functools import cache


def is_workday(day: date) -> bool:
    """Whether `day` is a workday; a guess for a year that is not `announced`."""
    if not announced(day.year):
        return day.weekday() < 5
    import chinese_calendar

    return bool(chinese_calendar.is_workday(day))


def of_month(year: int, month: int) -> tuple[date, ...]:
    """The workdays of a month, 15 or more."""
    days = (date(year, month, number) for number in range(1, monthrange(year, month)[1] + 1))
    return tuple(filter(is_workday, days))


def announced(year: int) -> bool:
    """Whether the holidays of `year` are known. If not, Monday to Friday are assumed."""
    return year in _years()


@cache
def _years() -> range:
    import chinese_calendar

    known = chinese_calendar.holidays
    return range(min(known).year, max(known).year + 1)
