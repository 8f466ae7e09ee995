"""WeCron's `repeat`, `{"year": n, "month": n, "week": n, "day": n, "hour": n}`, as a rule and back.

WeCron adds the whole dict to the time with a relativedelta, and a month keeps the original day: 29
February follows 30 January, then 30 March. Source: WeCron's `remind/models.py`, and
its API's documentation for the form.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reminders.recurrence.rule import WEEKDAYS, Days, Kind, Line, Rule

MOST = 100
"""The largest number of a unit, as in WeCron's own sentences."""

_MONTHS = {"year": 12, "month": 1}
_HOURS = {"week": 7 * 24, "day": 24, "hour": 1}
_UNITS = {
    Kind.YEARLY: "year",
    Kind.MONTHLY: "month",
    Kind.WEEKLY: "week",
    Kind.DAILY: "day",
    Kind.HOURLY: "hour",
}


def rule_of_repeat(repeat: Mapping[str, object], start: datetime) -> Rule:
    """The rule of a `repeat` dict; {} and dicts of zeros are a one-off.

    `start` is the time in the reminder's own zone: months and years keep its day, or use the last day
    of a shorter month. A year and six months are 18 months.

    Raises InvalidRequestError for months together with days or hours, for unknown units, and for
    numbers outside 0 to 100.
    """
    numbers = {unit: _number(unit, value) for unit, value in repeat.items()}
    given = {unit: number for unit, number in numbers.items() if number}
    months = sum(given.get(unit, 0) * size for unit, size in _MONTHS.items())
    hours = sum(given.get(unit, 0) * size for unit, size in _HOURS.items())
    if months and hours:
        raise InvalidRequestError(
            "years and months cannot repeat together with weeks, days or hours"
        )
    if months:
        return _rule(_monthly(months, start, by_month="month" in given))
    return _rule(_hourly(hours, start, given)) if hours else Rule()


def repeat_of(rule: Rule) -> dict[str, int]:
    """The nearest `repeat` of a rule, {} for a one-off and for rules that WeCron cannot express.

    UNTIL, COUNT and EXDATE are left out: WeCron has none.
    """
    if len(rule.lines) != 1 or not _is_plain(rule.lines[0]):
        return {}
    line = rule.lines[0]
    return {_UNITS[line.kind]: line.interval}


def moved(rule: Rule, start: datetime) -> Rule:
    """A rule that WeCron can express, from another start; its end and exceptions stay. Raises as
    `rule_of_repeat`."""
    (old,), (new,) = rule.lines, rule_of_repeat(repeat_of(rule), start).lines
    return replace(rule, lines=(replace(new, until=old.until, count=old.count),), moved=None)


def _number(unit: str, value: object) -> int:
    if unit not in _MONTHS and unit not in _HOURS:
        known = ", ".join([*_MONTHS, *_HOURS])
        raise InvalidRequestError(f"{unit!r} is not one of {known}")
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
        raise InvalidRequestError(f"{unit} is not a number from 0 to {MOST}")
    return value


def _monthly(months: int, start: datetime, *, by_month: bool) -> Line:
    # BYSETPOS=-1 takes the last of these days that the month has.
    monthdays = tuple(range(min(start.day, 28), start.day + 1))
    days = Days(kind=Kind.MONTHLY, bymonthday=monthdays)
    if not by_month:
        days = replace(days, kind=Kind.YEARLY, bymonth=(start.month,))
    interval = months if by_month else months // 12
    return Line(days=days, interval=interval, bysetpos=(-1,) if start.day > 28 else ())


def _hourly(hours: int, start: datetime, given: Mapping[str, int]) -> Line:
    if "hour" in given:
        return Line(days=Days(kind=Kind.HOURLY), interval=hours)
    if "day" in given:
        return Line(days=Days(kind=Kind.DAILY), interval=hours // 24)
    days = Days(kind=Kind.WEEKLY, byday=(WEEKDAYS[start.weekday()],))
    return Line(days=days, interval=hours // (7 * 24))


def _rule(line: Line) -> Rule:
    return Rule(lines=(line,))


def _is_plain(line: Line) -> bool:
    """Whether the rule recurs once in every period, at one time: WeCron has no others."""
    days = line.days
    times = len(line.byhour or "1") * len(line.byminute or "1") * len(line.bysecond or "1")
    one_day = len(days.bymonthday) <= 1 or line.bysetpos == (-1,)
    by_date = one_day and not (days.byday or days.byweekno or days.byyearday)
    match line.kind:
        case Kind.YEARLY:
            plain = by_date and len(days.bymonth) == len(days.bymonthday[:1])
        case Kind.MONTHLY:
            plain = by_date and not days.bymonth
        case Kind.WEEKLY:
            plain = len(days.byday) <= 1 and not days.bymonth
        case Kind.DAILY:
            plain = not (days.names_days or days.bymonth)
        case other:
            plain = other is Kind.HOURLY
    return plain and times == 1
