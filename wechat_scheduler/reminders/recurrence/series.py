"""The occurrences of a rule, and wall times as instants of a zone."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from functools import lru_cache, partial
from itertools import count, dropwhile, groupby, islice, product, takewhile
from zoneinfo import ZoneInfo

from wechat_scheduler.engine.records import dataclass, replace
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reminders.recurrence.calendar import days_of, period
from wechat_scheduler.reminders.recurrence.rule import ELAPSED, Kind, Line, Rule, anchored

HORIZON = 100
"""In years. A rule without an occurrence within them never fires."""

BUDGET = 25_000
"""Days and moments that one search may look at: about 50 ms, in which the process does nothing else."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """An instant (UTC), and the rule from it on: both are stored as the next `(start, rule)`.

    The rule is anchored, and its COUNTs include `at`.
    """

    at: datetime
    rule: Rule


def following(rule: Rule, *, start: datetime, after: datetime, zone: ZoneInfo) -> Occurrence | None:
    """The first occurrence strictly after `after`; None when there is none within 100 years.

    `start` and `after` are aware instants. A one-off occurs at its start. A wall time that a change
    of the clocks leaves out fires right after the gap, one that comes twice fires the first time;
    HOURLY and MINUTELY count elapsed time from the start.

    Raises InvalidRequestError when finding it takes more than `BUDGET` steps.
    """
    if not rule:
        return Occurrence(at=start.astimezone(UTC), rule=rule) if after < start else None
    if rule.moved:
        return _after_moved(rule, rule.moved, start=start, after=after, zone=zone)
    series = _Series(rule, start, zone)
    found = series.first(after)
    return None if found is None else Occurrence(at=found.at, rule=series.rest(found))


def _after_moved(
    rule: Rule, moved: datetime, *, start: datetime, after: datetime, zone: ZoneInfo
) -> Occurrence | None:
    """As `following`, of a rule whose occurrence `moved` alone is at `start`."""
    if after < start:
        return Occurrence(at=start.astimezone(UTC), rule=rule)
    regular = replace(rule, moved=None)
    return following(regular, start=moved, after=max(after, moved), zone=zone)


def upcoming(
    rule: Rule, *, start: datetime, after: datetime, zone: ZoneInfo, most: int
) -> tuple[datetime, ...]:
    """The next `most` occurrences after `after`; fewer if the rule ends."""
    found: list[datetime] = []
    while len(found) < most:
        occurrence = following(rule, start=start, after=after, zone=zone)
        if occurrence is None:
            break
        start, after, rule = occurrence.at, occurrence.at, occurrence.rule
        found.append(after)
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    at: datetime
    wall: datetime


class _Series:
    """The occurrences of one rule from one start."""

    def __init__(self, rule: Rule, start: datetime, zone: ZoneInfo) -> None:
        self._start = start.astimezone(UTC).replace(microsecond=0)
        self._wall = wall_of(self._start, zone)
        self._zone = zone
        self._rule = anchored(rule, self._wall)
        self._budget = iter(range(BUDGET))

    def first(self, after: datetime) -> _Moment | None:
        found = (self._first(line, after) for line in self._rule.lines)
        return min(filter(None, found), key=lambda firing: firing.at, default=None)

    def rest(self, found: _Moment) -> Rule:
        """The rule from `found` on, each COUNT without the occurrences before."""
        left = [(line, self._left(line, found.at)) for line in self._rule.lines]
        lines = tuple(replace(line, count=count) for line, count in left if count != 0)
        rule = replace(self._rule, lines=lines)
        # The next start may be at another hour (20:00 of 8 and 20, 03:00 after a gap), which lines
        # without an hour of their own must not inherit.
        return rule.kept_at(self._wall, wall_of(found.at, self._zone))

    def _first(self, line: Line, after: datetime) -> _Moment | None:
        firings = takewhile(self._before_end(line), self._firings(line, after))
        return next((each for each in firings if each.at > after and self._kept(each)), None)

    def _left(self, line: Line, at: datetime) -> int | None:
        if line.count is None:
            return None
        gone = takewhile(lambda firing: firing.at < at, self._firings(line, self._start))
        return line.count - sum(1 for _ in gone)

    def _firings(self, line: Line, after: datetime) -> Iterator[_Moment]:
        """The occurrences of a line from before `after` on, without regard to EXDATE and UNTIL."""
        if line.kind.is_elapsed:
            return self._elapsed(line, after)
        since = earliest(
            self._start if line.count is not None else max(self._start, after), self._zone
        )
        walls = dropwhile(lambda wall: wall < since, self._walls(line, since.date()))
        firings = (_Moment(at=instant_of(wall, self._zone), wall=wall) for wall in walls)
        return islice((each for each in firings if each.at >= self._start), line.count)

    def _elapsed(self, line: Line, after: datetime) -> Iterator[_Moment]:
        step = ELAPSED[line.kind] * line.interval
        first = max(0, (after - self._start) // step)
        for number in count(first) if line.count is None else range(first, line.count):
            self._step()
            at = self._start + number * step
            yield _Moment(at=at, wall=wall_of(at, self._zone))

    def _walls(self, line: Line, since: date) -> Iterator[datetime]:
        times = _times(line, self._wall)
        for year in range(since.year, min(since.year + HORIZON, MAXYEAR) + 1):
            if line.bysetpos:
                yield from self._positions(line, year, times)
            else:
                days = self._days(line, year, since)
                yield from self._moments(days, times)

    def _step(self) -> None:
        if next(self._budget, None) is None:
            raise InvalidRequestError("the rule takes too many steps to evaluate")

    def _days(self, line: Line, year: int, since: date) -> Iterator[date]:
        days = days_of(line.days, year)
        first = period(line.days, self._wall.date())
        number = bisect_left(days, since)
        while number < len(days):
            self._step()
            ahead = (first - period(line.days, days[number])) % line.interval
            if ahead == 0:
                yield days[number]
            # Skips to the next day in step, so that INTERVAL=20000 takes one step and not 20,000.
            is_leap = ahead and line.kind is Kind.DAILY
            number = bisect_left(days, days[number] + ahead * _DAY) if is_leap else number + 1

    def _moments(self, days: Iterator[date], times: tuple[time, ...]) -> Iterator[datetime]:
        for day, at in ((day, at) for day in days for at in times):
            self._step()
            yield datetime.combine(day, at)

    def _positions(self, line: Line, year: int, times: tuple[time, ...]) -> Iterator[datetime]:
        """The moments that BYSETPOS selects of each month or year."""
        days = self._days(line, year, date(year, 1, 1))
        for _, group in groupby(days, key=partial(period, line.days)):
            yield from _chosen(line, tuple(group), times)

    def _kept(self, firing: _Moment) -> bool:
        excluded = self._rule.excluded
        return firing.wall not in excluded and firing.wall.date() not in excluded

    def _before_end(self, line: Line) -> Callable[[_Moment], bool]:
        if not line.until:
            return lambda firing: True
        if len(line.until) == len("20261231"):
            last = datetime.strptime(line.until, "%Y%m%d").date()  # noqa: DTZ007 - a wall
            return lambda firing: firing.wall.date() <= last
        until = datetime.strptime(line.until[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - a wall
        if line.until.endswith("Z"):
            return lambda firing: firing.at <= until.replace(tzinfo=UTC)
        return lambda firing: firing.wall <= until


def _chosen(line: Line, days: tuple[date, ...], times: tuple[time, ...]) -> Iterator[datetime]:
    """The moments that BYSETPOS selects of one period."""
    total = len(days) * len(times)
    numbers = {at - 1 if at > 0 else total + at for at in line.bysetpos}
    for number in sorted(number for number in numbers if 0 <= number < total):
        yield datetime.combine(days[number // len(times)], times[number % len(times)])


def _times(line: Line, start: datetime) -> tuple[time, ...]:
    hours = line.byhour or (start.hour,)
    minutes = line.byminute or (start.minute,)
    return _combined(hours, minutes, line.bysecond or (start.second,))


@lru_cache(maxsize=256)
def _combined(
    hours: tuple[int, ...], minutes: tuple[int, ...], seconds: tuple[int, ...]
) -> tuple[time, ...]:
    return tuple(time(*each) for each in product(hours, minutes, seconds))


def wall_of(at: datetime, zone: ZoneInfo) -> datetime:
    """The wall time of an instant, as a naive datetime."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def earliest(at: datetime, zone: ZoneInfo) -> datetime:
    """The earliest wall time whose instant may be `at` or later. After a change of the clocks that is a
    day before, as wall times in a gap become later instants."""
    wall, day_before = wall_of(at, zone), wall_of(at - _DAY, zone)
    return wall if wall - day_before == _DAY else min(wall, day_before)


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall time: the first of two, or the end of its gap."""
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if wall_of(instant, zone) == wall:
        return instant
    # In a gap, fold=1 reads the wall by the new offset, which is still before the change.
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    before = early.astimezone(zone).utcoffset()
    seconds = range(int((instant - early).total_seconds()) + 1)

    def changed(second: int) -> bool:
        return (early + timedelta(seconds=second)).astimezone(zone).utcoffset() != before

    return early + timedelta(seconds=bisect_left(seconds, True, key=changed))
