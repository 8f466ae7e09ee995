"""What a rule must not be: too frequent, impossible, or without one start to count from.

All of it is arithmetic on the parts of the rule; nothing is evaluated before it has passed.
"""

from datetime import timedelta
from itertools import pairwise, product

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reminders.recurrence.calendar import days_of
from wechat_scheduler.reminders.recurrence.rule import ELAPSED, Kind, Line, Rule

EVERY_CALENDAR = range(2000, 2028)
"""28 years hold every combination of weekday, date and leap year there is."""


def check(rule: Rule, shortest: timedelta) -> None:
    """Raise InvalidRequestError unless the rule can be followed and keeps `shortest` between times."""
    if rule.excluded and not rule.lines:
        raise InvalidRequestError("EXDATE without a rule to except from")
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
    """One start is all there is to count every second day and every third week from."""
    paces = {(line.kind, line.interval, line.days.wkst) for line in lines}
    if len(paces) > 1 and any(line.interval > 1 for line in lines):
        raise InvalidRequestError("lines with an INTERVAL must agree on it and on FREQ")
    if len(lines) > 1 and any(line.kind.is_elapsed for line in lines):
        raise InvalidRequestError("an HOURLY or MINUTELY line must be the only one")
