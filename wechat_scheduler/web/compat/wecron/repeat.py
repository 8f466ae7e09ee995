"""WeCron's `repeat`, `{"year": n, "month": n, "week": n, "day": n, "hour": n}`, as a rule and back.

WeCron added the whole dict to the time with a relativedelta, a month keeping its original day: from
30 January the 29th of February follows, then 30 March. Source: WeCron's `remind/models.py`, and
`seeds/wecron-raas.txt` for the form.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reminders.recurrence.rule import WEEKDAYS, Days, Kind, Line, Rule

MOST = 100
"""Of each unit, as WeCron's own sentences were limited."""

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
    """The rule of a `repeat` dict; {} and nothing but zeros are a one-off.

    `start` is the time in the reminder's own zone: months and years keep its day, or take the last
    one of a month that lacks it. Units that add up are added (a year and six months are 18 months);
    months together with days or hours are nothing a rule can say.

    Raises InvalidRequestError for those, for unknown units, and for numbers outside 0 to 100.
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
    """The nearest `repeat` of a rule, {} for a one-off and for what WeCron cannot say.

    UNTIL, COUNT and EXDATE are not told: WeCron knows none.
    """
    if len(rule.lines) != 1 or not _is_plain(rule.lines[0]):
        return {}
    line = rule.lines[0]
    return {_UNITS[line.kind]: line.interval}


def moved(rule: Rule, start: datetime) -> Rule:
    """A rule that WeCron can say, from another start on; its end and exceptions, of which WeCron knows
    nothing, stay. Raises as `rule_of_repeat`."""
    (old,), (new,) = rule.lines, rule_of_repeat(repeat_of(rule), start).lines
    return replace(rule, lines=(replace(new, until=old.until, count=old.count),))


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
    # The last of the days that the month has.
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
    """Once in every period, at one time: all that WeCron knows."""
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
