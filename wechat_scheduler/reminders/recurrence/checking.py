"""Refuses rules that are too frequent, that never fire, or whose lines count from different starts.

The checks are arithmetic on the parts of the rule. No rule is evaluated before it passes them.
"""

from datetime import timedelta
from itertools import pairwise, product

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reminders.recurrence.calendar import days_of
from wechat_scheduler.reminders.recurrence.rule import ELAPSED, Kind, Line, Rule

EVERY_CALENDAR = range(2000, 2028)
"""28 years have every combination of weekday, date and leap year."""


def check(rule: Rule, shortest: timedelta) -> None:
    """Raises InvalidRequestError for a rule that cannot be evaluated, or fires more often than `shortest`."""
    if rule.excluded and not rule.lines:
        raise InvalidRequestError("EXDATE needs a rule")
    if rule.moved and not rule.lines:
        raise InvalidRequestError("RECURRENCE-ID needs a rule")
    for line in rule.lines:
        _check_pace(line, shortest)
    for line in rule.lines:
        _check_fires(line)
    _check_step(rule.lines)


def _check_pace(line: Line, shortest: timedelta) -> None:
    gap = line.interval * ELAPSED.get(line.kind, timedelta(days=1))
    number = len(line.byhour or [0]) * len(line.byminute or [0]) * len(line.bysecond or [0])
    if number * shortest > timedelta(days=1):
        gap = timedelta()
    elif number > 1:
        gap = min(gap, _least_gap(line))
    if gap < shortest:
        seconds = f"{shortest.total_seconds():g}"
        raise InvalidRequestError(
            f"{line.kind} at these times fires more often than every {seconds} s"
        )


def _least_gap(line: Line) -> timedelta:
    parts = product(line.byhour or [0], line.byminute or [0], line.bysecond or [0])
    times = [timedelta(hours=h, minutes=m, seconds=s) for h, m, s in parts]
    if line.kind is Kind.DAILY and line.interval == 1:
        times.append(times[0] + timedelta(days=1))
    return min(later - earlier for earlier, later in pairwise(times))


def _check_fires(line: Line) -> None:
    if not line.kind.is_frequency or not (line.days.names_days or line.days.bymonth):
        return
    if not any(days_of(line.days, year) for year in EVERY_CALENDAR):
        raise InvalidRequestError(f"{line} never fires")


def _check_step(lines: tuple[Line, ...]) -> None:
    """A rule has one start to count from, so lines with different intervals cannot share it."""
    paces = {(line.kind, line.interval, line.days.wkst) for line in lines}
    if len(paces) > 1 and any(line.interval > 1 for line in lines):
        raise InvalidRequestError(
            "if one line has an INTERVAL, all lines must have the same FREQ and INTERVAL"
        )
    if len(lines) > 1 and any(line.kind.is_elapsed for line in lines):
        raise InvalidRequestError("an HOURLY or MINUTELY line must be the only line")
