"""The days of one year on which a line of a rule falls.

One year at a time, because python-dateutil cannot be stopped between two occurrences: with 30 February
it searches until the year 9999. The days of a year depend on the line alone, so they are cached.
"""

import calendar
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache

from dateutil import rrule

from wechat_scheduler.reminders.recurrence import lunar, workdays
from wechat_scheduler.reminders.recurrence.rule import WEEKDAYS, Days, Kind

_ONE_YEAR_ONLY = 10_000
"""An interval in years that ends the rule after its first year."""
# Begun ones: as often as a weekday may occur.
_WEEKS_OF_A_MONTH, _WEEKS_OF_A_YEAR = 5, 53


@lru_cache(maxsize=512)
def days_of(days: Days, year: int) -> tuple[date, ...]:
    """The days of `year` that `days` selects, in order."""
    match days.kind:
        case Kind.LUNAR_YEARLY:
            month, day = days.detail.removeprefix("L").split("-")
            leap = days.detail.startswith("L")
            return lunar.yearly(year, month=int(month), day=_lunar_day(day), leap=leap)
        case Kind.LUNAR_MONTHLY:
            return lunar.monthly(year, day=_lunar_day(days.detail))
        case Kind.TERM:
            return lunar.term(year, days.detail)
        case Kind.WORKDAY:
            return tuple(filter(workdays.is_workday, _whole(year)))
        case Kind.WORKDAY_MONTHLY:
            months = (workdays.of_month(year, month) for month in range(1, 13))
            number = int(days.detail)
            return tuple(month[number - 1 if number > 0 else number] for month in months)
        case _:
            return tuple(_frequency(days, year))


def period(days: Days, day: date) -> int:
    """The number of the year, month, week or day that `day` lies in, for INTERVAL and BYSETPOS."""
    match days.kind:
        case Kind.YEARLY:
            return day.year
        case Kind.MONTHLY:
            return day.year * 12 + day.month
        case Kind.WEEKLY:
            return (day.toordinal() - 1 - WEEKDAYS.index(days.wkst)) // 7
        case _:
            return day.toordinal()


def _lunar_day(detail: str) -> int:
    return lunar.LAST if detail == "LAST" else int(detail)


def _whole(year: int) -> Iterator[date]:
    first = date(year, 1, 1).toordinal()
    return map(date.fromordinal, range(first, first + 365 + calendar.isleap(year)))


def _frequency(days: Days, year: int) -> Iterator[date]:
    if not (days.bymonth or days.names_days):
        yield from _whole(year)
        return
    # Without months, dateutil would count 1MO within the year.
    months = days.bymonth or (range(1, 13) if days.kind is Kind.MONTHLY else None)
    weekdays = _weekdays(days, is_of_month=months is not None)
    if days.byday and not weekdays:
        return
    found = rrule.rrule(
        rrule.YEARLY,
        interval=_ONE_YEAR_ONLY,
        dtstart=datetime(year, 1, 1),  # noqa: DTZ001 - days of a calendar, in no zone
        wkst=WEEKDAYS.index(days.wkst),
        bymonth=months,
        byweekno=days.byweekno or None,
        byyearday=days.byyearday or None,
        # BYMONTH alone selects each day of the month; dateutil would select the first.
        bymonthday=days.bymonthday or (None if days.names_days else range(1, 32)),
        byweekday=weekdays or None,
    )
    yield from (each.date() for each in found)


def _weekdays(days: Days, *, is_of_month: bool) -> list[rrule.weekday]:
    """Without those that no month or no year has: for 8MO in December dateutil fails."""
    most = _WEEKS_OF_A_MONTH if is_of_month else _WEEKS_OF_A_YEAR
    found = map(_weekday, days.byday)
    return [weekday for weekday in found if abs(weekday.n or 0) <= most]


def _weekday(day: str) -> rrule.weekday:
    ordinal = day[:-2]
    return rrule.weekday(WEEKDAYS.index(day[-2:]), int(ordinal) if ordinal else None)
