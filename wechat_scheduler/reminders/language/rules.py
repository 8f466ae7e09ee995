"""The text of a recurrence rule, from what a sentence says. `recurrence/rule.py` lists its forms."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from wechat_scheduler.engine.records import replace
from wechat_scheduler.reminders.language.anchors import (
    WEEKDAYS,
    Anchor,
    Fixed,
    Lunar,
    MonthDays,
    Nth,
    Term,
    Weekdays,
    YearDays,
)
from wechat_scheduler.reminders.language.every import Every, Unit
from wechat_scheduler.reminders.language.lines import clamped, existing, merged
from wechat_scheduler.reminders.language.meaning import Meaning
from wechat_scheduler.reminders.language.refused_sentences import (
    day_outside_period,
    days_before_recurring,
    midnight_of_which_day,
    nothing_to_repeat,
    on_which_day,
    recurs_on_one_date,
    unknown_recurrence,
)

ELAPSED = (Unit.MINUTE, Unit.HOUR)
_FREQUENCIES = {
    Unit.MINUTE: "MINUTELY",
    Unit.HOUR: "HOURLY",
    Unit.DAY: "DAILY",
    Unit.WEEK: "WEEKLY",
    Unit.MONTH: "MONTHLY",
    Unit.YEAR: "YEARLY",
}
# The periods of each kind of day, beside 每逢.
_FITTING: dict[type, set[Unit]] = {
    Weekdays: {Unit.DAY, Unit.WEEK, Unit.MONTH},
    MonthDays: {Unit.DAY, Unit.MONTH},
    YearDays: {Unit.YEAR},
    Term: {Unit.YEAR},
}


def every_of(meaning: Meaning) -> Every:
    """The repetition that counts: 周一至周五每天 is weekly, 每天每隔两小时 is hourly."""
    said = sorted(meaning.every, key=lambda each: (each.unit is Unit.DAY, each.unit is Unit.DATE))
    return said[0] if said else Every(unit=Unit.DATE if meaning.anchors else Unit.DAY)


def fits(every: Every, anchor: Anchor) -> bool:
    """Whether the day belongs to the period: 每周周三, not 每周15号."""
    return every.unit is Unit.DATE or every.unit in _fitting(anchor)


def bodies(meaning: Meaning, days: int) -> list[str]:
    """The lines of the rule, one for each set of days, without times and without an end.

    `days` is 1 if the time is after midnight of the day that is written (周五晚上12点). Raises
    LanguageError if the days do not belong to the period.
    """
    every = every_of(meaning)
    if meaning.shift and not meaning.anchors:
        raise days_before_recurring()
    if every.unit is Unit.WORKDAY:
        _unmoved(days)
        if meaning.anchors:
            raise day_outside_period(every.unit)
        return ["WORKDAY"]
    if meaning.left_out:
        kept = [day for number, day in enumerate(WEEKDAYS) if number not in meaning.left_out]
        return [f"FREQ=WEEKLY;BYDAY={','.join(kept)}"]
    if not meaning.anchors:
        if every.unit is Unit.DATE:
            raise nothing_to_repeat()
        if every.unit in (Unit.MONTH, Unit.YEAR) and is_open(meaning):
            raise on_which_day(every.unit)
        return [f"FREQ={_FREQUENCIES[every.unit]}{_interval(every.count)}"]
    if len({_period(anchor) for anchor in meaning.anchors}) > 1:
        raise day_outside_period(every.unit)
    lines = [
        line
        for same in _alike(meaning.anchors)
        for line in _lines(every, same, meaning.shift, days)
    ]
    return merged(dict.fromkeys(lines))


def _alike(anchors: Sequence[Anchor]) -> Iterator[list[Anchor]]:
    for _, same in groupby(anchors, key=lambda anchor: (type(anchor), getattr(anchor, "month", 0))):
        yield list(same)


def _lines(every: Every, anchors: list[Anchor], shift: int, days: int) -> Iterator[str]:
    first = anchors[0]
    if shift and sum(len(getattr(each, "numbers", ())) for each in anchors) > 1:
        raise days_before_recurring()  # 每周末前一天
    if not fits(every, first):
        raise day_outside_period(every.unit)
    match first:
        case Weekdays():
            yield _weekly(
                every,
                [n for a in anchors if isinstance(a, Weekdays) for n in a.numbers],
                days + shift,
            )
        case MonthDays():
            numbers = [n for a in anchors if isinstance(a, MonthDays) for n in a.numbers]
            yield from _monthly(every, _next_days(_shifted(every, numbers, shift), days))
        case YearDays():
            numbers = [n for a in anchors if isinstance(a, YearDays) for n in a.numbers]
            whole_month = replace(first, numbers=tuple(dict.fromkeys(numbers)))
            yield from _yearly(every, whole_month, shift + days)
        case _:
            if shift:
                raise days_before_recurring()
            _unmoved(days)
            yield from (_other(every, anchor) for anchor in anchors)


def is_open(meaning: Meaning) -> bool:
    """Whether nothing says on which day of the period it is: 每年体检."""
    return not (meaning.clocks or meaning.begin or meaning.after)


def _period(anchor: Anchor) -> Unit:
    match anchor:
        case Weekdays():
            return Unit.WEEK
        case MonthDays() | Nth(month=None) | Lunar(month=None):
            return Unit.MONTH
        case _:
            return Unit.YEAR


def _fitting(anchor: Anchor) -> set[Unit]:
    if isinstance(anchor, Nth | Lunar):
        return {Unit.YEAR} if anchor.month else {Unit.MONTH}
    return _FITTING.get(type(anchor), set())


def _weekly(every: Every, numbers: Sequence[int], days: int) -> str:
    names = ",".join(WEEKDAYS[n] for n in sorted({(n + days) % 7 for n in numbers}))
    if every.unit is Unit.MONTH:
        return f"FREQ=MONTHLY{_interval(every.count)};BYDAY={names}"
    count = every.count if every.unit is Unit.WEEK else 1
    return f"FREQ=WEEKLY{_interval(count)};BYDAY={names}"


def _monthly(every: Every, numbers: Sequence[int]) -> Iterator[str]:
    head = f"FREQ=MONTHLY{_interval(every.count if every.unit is Unit.MONTH else 1)}"
    months: Sequence[int] = ()
    if every.quarter and every.count == 3:
        if min(numbers) < 0 < max(numbers):  # 15号每季度末
            raise day_outside_period(every.unit)
        months = _of_quarter(every.month or (3 if numbers[0] < 0 else 1))
        head = f"FREQ=YEARLY;BYMONTH={','.join(map(str, months))}"
    always = sorted({n for n in numbers if n <= 28})
    if always:
        yield f"{head};BYMONTHDAY={','.join(map(str, always))}"
    for number in sorted({n for n in numbers if n > 28}):
        yield f"{head};{existing(f'BYMONTHDAY={number}', months) if months else clamped(number)}"


def _of_quarter(month: int) -> Sequence[int]:
    return [month + quarter for quarter in (0, 3, 6, 9)]


def _yearly(every: Every, anchor: YearDays, days: int) -> Iterator[str]:
    head = f"FREQ=YEARLY{_interval(every.count)}"
    moved = [_moved(anchor.month, number, days) for number in anchor.numbers]
    for month, of_month in groupby(moved, key=lambda each: each[0]):
        numbers = [number for _, number in of_month]
        ordinary = [str(n) for n in numbers if (month, n) != (2, 29)]
        if ordinary:
            yield f"{head};BYMONTH={month};BYMONTHDAY={','.join(ordinary)}"
        if len(ordinary) < len(numbers):
            yield f"{head};BYMONTH=2;{clamped(29)}"


def _moved(month: int, number: int, days: int) -> tuple[int, int]:
    if not days or number < 0:
        return month, number
    moved = date(2023 if (month, number) != (2, 29) else 2024, month, number) + timedelta(days=days)
    return moved.month, moved.day


def _shifted(every: Every, numbers: Sequence[int], shift: int) -> list[int]:
    """1号前三天 is in the month before. Raises LanguageError where months differ: 31号前一天."""
    if not shift:
        return [*numbers]
    moved = [n + shift - (n > 0 >= n + shift) for n in numbers]
    crossed = any((n > 0) is not (m > 0) or m == 0 for n, m in zip(numbers, moved, strict=True))
    if (
        max(*numbers, *moved) > 28
        or min(moved) < -28
        or 0 in moved
        or (crossed and (shift > 0 or every.count > 1))
    ):
        raise days_before_recurring()
    return moved


def _next_days(numbers: Sequence[int], days: int) -> list[int]:
    if days and any(number > 27 for number in numbers):
        _unmoved(days)
    return [1 if days and number == -1 else number + days for number in numbers]


def _other(every: Every, anchor: Anchor) -> str:
    match anchor:
        case Nth(weekday=None):
            if anchor.month or every.count > 1:
                raise unknown_recurrence("第几个工作日")
            return f"WORKDAY-MONTHLY;{anchor.nth}"
        case Nth(month=None):
            return f"FREQ=MONTHLY{_interval(every.count)};{_nth(anchor)}"
        case Nth():
            return f"FREQ=YEARLY{_interval(every.count)};BYMONTH={anchor.month};{_nth(anchor)}"
        case Lunar():
            day = "LAST" if anchor.last else f"{anchor.day:02}"
            if anchor.month is None:
                return f"LUNAR-MONTHLY;{day}"
            return f"LUNAR-YEARLY;{'L' if anchor.leap else ''}{anchor.month:02}-{day}"
        case Term():
            return f"TERM;{anchor.name}"
        case Fixed() | _:
            raise recurs_on_one_date()


def _nth(anchor: Nth) -> str:
    return f"BYDAY={anchor.nth}{WEEKDAYS[anchor.weekday or 0]}"


def _unmoved(days: int) -> None:
    if days:
        raise midnight_of_which_day()


def _interval(count: int) -> str:
    return f";INTERVAL={count}" if count > 1 else ""
