"""A recurrence rule: its parts, and its canonical text.

The text has up to 20 lines; a one-off has none:

    FREQ=MONTHLY;BYMONTHDAY=25         an RRULE of RFC 5545 (`RRULE:` in front is dropped)
    LUNAR-YEARLY;08-15                 a day of the lunar year; `12-LAST`; `L04-15` in a leap month
    LUNAR-MONTHLY;15                   a day of each lunar month; `LAST`
    TERM;清明                           a solar term
    WORKDAY                            a legal workday of mainland China
    WORKDAY-MONTHLY;1                  the first legal workday of each month; `-1` is the last
    EXDATE:20261120T080000             wall times (or whole days) that are left out
    RECURRENCE-ID:20261120T000000Z     the occurrence that was moved alone: the start stands in its place

Every line but the last two may carry UNTIL, COUNT, BYHOUR, BYMINUTE and BYSECOND. Several lines are
their union.
"""

import enum
from datetime import UTC, date, datetime, timedelta
from typing import Self

from wechat_scheduler.engine.records import dataclass, replace

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOVED = "RECURRENCE-ID:"


class Kind(enum.StrEnum):
    """The unit of a line: the frequencies of RFC 5545, and calendars that the RFC lacks."""

    YEARLY = "YEARLY"
    MONTHLY = "MONTHLY"
    WEEKLY = "WEEKLY"
    DAILY = "DAILY"
    HOURLY = "HOURLY"
    MINUTELY = "MINUTELY"
    LUNAR_YEARLY = "LUNAR-YEARLY"
    LUNAR_MONTHLY = "LUNAR-MONTHLY"
    TERM = "TERM"
    WORKDAY = "WORKDAY"
    WORKDAY_MONTHLY = "WORKDAY-MONTHLY"

    @property
    def is_frequency(self) -> bool:
        return self in FREQUENCIES

    @property
    def is_elapsed(self) -> bool:
        """Whether it counts elapsed time, and not days of a calendar."""
        return self in ELAPSED


ELAPSED = {Kind.HOURLY: timedelta(hours=1), Kind.MINUTELY: timedelta(minutes=1)}
FREQUENCIES = ELAPSED.keys() | {Kind.YEARLY, Kind.MONTHLY, Kind.WEEKLY, Kind.DAILY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The days of a year that a line selects. Hashable, as `days_of` caches by it."""

    kind: Kind
    detail: str = ""
    """`08-15`, `LAST`, `清明`: the second part of a line of a calendar."""

    bymonth: tuple[int, ...] = ()
    byweekno: tuple[int, ...] = ()
    byyearday: tuple[int, ...] = ()
    bymonthday: tuple[int, ...] = ()
    byday: tuple[str, ...] = ()
    wkst: str = "MO"

    @property
    def names_days(self) -> bool:
        """Whether it selects days by itself. BYMONTH alone takes the day of the start (RFC 5545 3.3.10)."""
        return bool(self.byweekno or self.byyearday or self.bymonthday or self.byday)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a rule. `until`, which is included, is kept as written: `20261231`, a local
    `20261231T080000`, or UTC with a `Z`."""

    days: Days
    interval: int = 1
    byhour: tuple[int, ...] = ()
    byminute: tuple[int, ...] = ()
    bysecond: tuple[int, ...] = ()
    bysetpos: tuple[int, ...] = ()
    until: str = ""
    count: int | None = None

    @property
    def kind(self) -> Kind:
        return self.days.kind

    def __str__(self) -> str:
        return ";".join([*self._head(), *self._parts()])

    def _head(self) -> list[str]:
        if self.kind.is_frequency:
            return [f"FREQ={self.kind}"]
        return [self.kind, *filter(None, [self.days.detail])]

    def _parts(self) -> list[str]:
        days = self.days
        values: dict[str, tuple[int | str, ...]] = {
            "INTERVAL": (self.interval,) if self.interval > 1 else (),
            "BYMONTH": days.bymonth,
            "BYWEEKNO": days.byweekno,
            "BYYEARDAY": days.byyearday,
            "BYMONTHDAY": days.bymonthday,
            "BYDAY": days.byday,
            "BYHOUR": self.byhour,
            "BYMINUTE": self.byminute,
            "BYSECOND": self.bysecond,
            "BYSETPOS": self.bysetpos,
            "WKST": (days.wkst,) if days.wkst != "MO" else (),
            "UNTIL": (self.until,) if self.until else (),
            "COUNT": () if self.count is None else (self.count,),
        }
        return [f"{name}={','.join(map(str, given))}" for name, given in values.items() if given]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A parsed rule; `str(rule)` is its canonical text, '' for a one-off.

    `excluded` holds wall times (naive datetimes) and whole days (dates). `moved` is the instant of the
    occurrence in whose place the start stands, None if the start is one itself.
    """

    lines: tuple[Line, ...] = ()
    excluded: tuple[datetime | date, ...] = ()
    moved: datetime | None = None

    def __bool__(self) -> bool:
        """False for a one-off."""
        return bool(self.lines)

    def __str__(self) -> str:
        lines = [str(line) for line in self.lines]
        if self.excluded:
            lines.append("EXDATE:" + ",".join(map(_stamp, self.excluded)))
        if self.moved:
            lines.append(f"{MOVED}{self.moved:%Y%m%dT%H%M%SZ}")
        return "\n".join(lines)

    def kept_at(self, meant: datetime, now: datetime) -> Self:
        """The rule for a start that moves from the wall time `meant` to `now`: the hour, minute and
        second that a line takes from the start are written into it where they differ."""
        return replace(self, lines=tuple(_timed(line, meant, now) for line in self.lines))


def unmoved(text: str) -> str:
    """The text of a rule without the occurrence that was moved alone."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(MOVED))


def usual_time(text: str, start: datetime) -> datetime:
    """The occurrence that was moved alone, in the zone of `start`; without one, `start`."""
    stamp = next((line for line in text.splitlines() if line.startswith(MOVED)), "")
    if not stamp:
        return start
    at = datetime.strptime(stamp.removeprefix(MOVED), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return at.astimezone(start.tzinfo)


def anchored(rule: Rule, start: datetime) -> Rule:
    """The rule with BYMONTH, BYMONTHDAY and BYDAY filled in from `start`, a wall time of the reminder's
    zone. The start can then move to any occurrence and the rule does not drift.

    MONTHLY from 31 January becomes BYMONTHDAY=31, and skips the months without one, as the RFC says.
    """
    return replace(rule, lines=tuple(_anchored(line, start) for line in rule.lines))


def _anchored(line: Line, start: datetime) -> Line:
    days = line.days
    if days.names_days:
        return line
    match days.kind:
        case Kind.YEARLY:
            months = days.bymonth or (start.month,)
            days = replace(days, bymonth=months, bymonthday=(start.day,))
        case Kind.MONTHLY:
            days = replace(days, bymonthday=(start.day,))
        case Kind.WEEKLY:
            days = replace(days, byday=(WEEKDAYS[start.weekday()],))
    return replace(line, days=days)


def _timed(line: Line, meant: datetime, now: datetime) -> Line:
    if line.kind.is_elapsed or meant.time() == now.time():
        return line
    return replace(
        line,
        byhour=line.byhour or _unless_same(meant.hour, now.hour),
        byminute=line.byminute or _unless_same(meant.minute, now.minute),
        bysecond=line.bysecond or _unless_same(meant.second, now.second),
    )


def _unless_same(meant: int, now: int) -> tuple[int, ...]:
    return () if meant == now else (meant,)


def _stamp(moment: datetime | date) -> str:
    return moment.strftime("%Y%m%dT%H%M%S" if isinstance(moment, datetime) else "%Y%m%d")
