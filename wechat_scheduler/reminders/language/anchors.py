"""The days that a sentence can name. Each yields its possible days from today on, nearest first."""

import calendar
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import count

from borax.calendars.lunardate import LCalendars, LunarDate, TermUtils

from wechat_scheduler.engine.records import dataclass, replace
from wechat_scheduler.reminders.language.refused_sentences import impossible
from wechat_scheduler.reminders.language.wording import day_words
from wechat_scheduler.reminders.recurrence.workdays import is_workday

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST = 30
"""The lunar day 30, which is day 29 in a month without it."""

_FARTHEST = 2100


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """One day of the calendar."""

    day: date
    whole: bool = False
    """The sentence names a month only, and `day` is its first."""

    year: bool = False
    """The sentence names a year only."""

    today: bool = False
    """今天: a time that is past today is meant later today."""

    def days(self, today: date) -> Iterator[date]:
        yield self.day


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekdays:
    """Weekdays, 0 for Monday. `week` is 0 for this Monday-to-Sunday week; None means the next day ahead."""

    numbers: tuple[int, ...]
    week: int | None = None
    ranged: bool = False
    whole: bool = False
    """The sentence names a week only (下周), which means its first day."""

    def days(self, today: date) -> Iterator[date]:
        monday = today - timedelta(days=today.weekday())
        if self.week is not None:
            yield monday + timedelta(days=7 * self.week + self.numbers[0])
            return
        ahead = (today + timedelta(days=n) for n in range(15))
        yield from (day for day in ahead if day.weekday() in self.numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthDays:
    """Days of any month, negative from its end. `ranged` ones were written as 1号到5号."""

    numbers: tuple[int, ...]
    ranged: bool = False

    def days(self, today: date) -> Iterator[date]:
        for year, month in months_from(today):
            day = day_of(year, month, self.numbers[0])
            if day is not None and day >= today:
                yield day


@dataclass(frozen=True, slots=True, kw_only=True)
class YearDays:
    """Days of one month of any year."""

    month: int
    numbers: tuple[int, ...]
    ranged: bool = False
    whole: bool = False

    def days(self, today: date) -> Iterator[date]:
        for year in range(today.year, today.year + 10):
            day = day_of(year, self.month, self.numbers[0])
            if day is not None and day >= today:
                yield day


@dataclass(frozen=True, slots=True, kw_only=True)
class Nth:
    """The nth weekday (-1 for the last) of a month, or of any month. None means a legal workday."""

    nth: int
    weekday: int | None
    month: int | None = None

    def days(self, today: date) -> Iterator[date]:
        nearest = True
        for year, month in months_from(today):
            if self.month not in (None, month):
                continue
            day = nth_of(year, month, self.nth, self.weekday)
            if day is None and self.month and nearest:
                # The writer means this month and errs; a later year is not meant.
                raise impossible(f"{year}年{month}月的第{self.nth}个{_name(self.weekday)}")
            if day is not None and day >= today:
                nearest = False
                yield day


@dataclass(frozen=True, slots=True, kw_only=True)
class Lunar:
    """A day of the lunar year, or of any lunar month."""

    month: int | None
    day: int
    leap: bool = False
    last: bool = False
    """The last day of the month, the 29th or the 30th: 除夕."""

    def days(self, today: date) -> Iterator[date]:
        for year in range(today.year - 1, min(today.year + 40, _FARTHEST)):
            yield from (day for day in self.of(year) if day >= today)

    def of(self, year: int) -> Sequence[date]:
        """The days in one lunar year."""
        return _lunar_days(self, year)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One of the 24 solar terms."""

    name: str

    def days(self, today: date) -> Iterator[date]:
        for year in range(today.year, min(today.year + 3, _FARTHEST + 1)):
            day = self.of(year)
            if day >= today:
                yield day

    def of(self, year: int) -> date:
        """The day in a solar year up to 2100."""
        day: date = TermUtils.nth_term_day(year, term_name=self.name)
        return day


Anchor = Fixed | Weekdays | MonthDays | YearDays | Nth | Lunar | Term


def last_of(anchor: Anchor) -> Anchor | None:
    """The last day of a range that is written as 1号到5号, to be sought from its first day on."""
    if not isinstance(anchor, Weekdays | MonthDays | YearDays) or not anchor.ranged:
        return None
    last = replace(anchor, numbers=anchor.numbers[-1:], ranged=False)
    return replace(last, week=None) if isinstance(last, Weekdays) else last


def months_from(today: date) -> Iterator[tuple[int, int]]:
    """(year, month) from this month on, for eight years and a month: a 29 February is among them."""
    first = today.year * 12 + today.month - 1
    for index in count(first):
        if index > first + 97:
            return
        yield index // 12, index % 12 + 1


def day_of(year: int, month: int, number: int) -> date | None:
    """The day of a month, -1 for its last; None if the month lacks it."""
    length = calendar.monthrange(year, month)[1]
    number = length + 1 + number if number < 0 else number
    return date(year, month, number) if 1 <= number <= length else None


def nth_of(year: int, month: int, nth: int, weekday: int | None) -> date | None:
    """The nth weekday of a month; None if the month has no fifth one."""
    length = calendar.monthrange(year, month)[1]
    days = [date(year, month, number) for number in range(1, length + 1)]
    fitting = [day for day in days if weekday in (None, day.weekday())]
    if weekday is None:
        fitting = [day for day in days if is_workday(day)]
    position = nth - 1 if nth > 0 else nth
    return fitting[position] if abs(nth) <= len(fitting) else None


def workday_after(day: date, count: int) -> date:
    """The day that is `count` legal workdays after `day`."""
    while count:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def solar(year: int, month: int, number: int, written: str) -> date:
    """A day of the solar calendar. Raises LanguageError, which quotes `written`, if it does not exist."""
    if not (1 <= year <= 9999 and 1 <= month <= 12):
        raise impossible(written)
    day = day_of(year, month, number)
    if day is None:
        raise impossible(written)
    return day


def _name(weekday: int | None) -> str:
    return "工作日" if weekday is None else day_words(WEEKDAYS[weekday])


@lru_cache(maxsize=512)
def _lunar_days(anchor: Lunar, year: int) -> Sequence[date]:
    found = []
    for month, length, leap in LCalendars.iter_year_month(year):
        if anchor.month not in (None, month) or (anchor.month and leap != anchor.leap):
            continue
        if anchor.day <= length or anchor.last:
            lunar = LunarDate(year, month, min(anchor.day, length), leap)
            found.append(lunar.to_solar_date())
    return tuple(found)


def ends_month(anchors: Sequence[Anchor], between: str, value: Anchor) -> bool:
    """Whether the day is the last of its kind in the month whose end is named before it: 月底最后一个周五."""
    last = anchors[-1] if anchors and between in ("", "的") else None
    is_end = isinstance(last, MonthDays) and last.numbers == (-1,)
    return is_end and isinstance(value, Nth) and value.nth < 0


def is_one_weekday(value: Anchor) -> bool:
    """Whether it is one weekday of no certain week, or the nth of no certain month."""
    if isinstance(value, Weekdays):
        return len(value.numbers) == 1 and value.week is None
    return isinstance(value, Nth) and value.month is None and value.nth > 0
