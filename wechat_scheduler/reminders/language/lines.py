"""The lines of a rule: their times, their months and their ends."""

from collections.abc import Iterable, Sequence
from datetime import time

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.anchors import day_of

_OF_MONTH = pattern(r"(FREQ=YEARLY(?:;INTERVAL=\d+)?);BYMONTH=([\d,]+);(BYMONTHDAY=[\d,-]+)")

_AT = pattern(r";BYHOUR=\d+;BYMINUTE=\d+")


def timed(lines: Sequence[str], clocks: Sequence[time]) -> list[str]:
    """Each line at each clock time. A single time is not written, as it is the start's."""
    if len(clocks) < 2:
        return list(lines)
    return [f"{line};BYHOUR={at.hour};BYMINUTE={at.minute}" for line in lines for at in clocks]


def ended(lines: Sequence[str], *, until: str, count: int, turns: Sequence[int] = ()) -> str:
    """The whole rule. A count is shared out among the lines, by turns: each line's place in the order of their
    first occurrences."""
    if until:
        return "\n".join(f"{line};UNTIL={until}" for line in lines)
    if not count:
        return "\n".join(lines)
    shares = [count // len(lines) + (n < count % len(lines)) for n in turns or range(len(lines))]
    shared = [f"{line};COUNT={n}" for line, n in zip(lines, shares, strict=True) if n]
    return "\n".join(shared) if len(shared) > 1 or len(lines) == 1 else _AT.sub("", shared[0])


def merged(lines: Iterable[str]) -> list[str]:
    """The lines, those of several months with the same days as one."""
    months: dict[tuple[str, str], list[int]] = {}
    merged: list[str] = []
    for line in lines:
        found = _OF_MONTH.fullmatch(line)
        if found is None:
            merged.append(line)
        else:
            months.setdefault((found[1], found[3]), []).extend(map(int, found[2].split(",")))
    joined = [
        f"{head};BYMONTH={','.join(map(str, sorted(set(numbers))))};{existing(days, numbers)}"
        for (head, days), numbers in months.items()
    ]
    return [*joined, *merged]


def existing(days: str, months: Sequence[int]) -> str:
    """The days of the months, clamped if one of the months lacks the day: 每季度31号."""
    number = days.removeprefix("BYMONTHDAY=")
    lacking = number.isdigit() and any(day_of(2023, month, int(number)) is None for month in months)
    return clamped(int(number)) if lacking else days


def clamped(number: int) -> str:
    """The day, or the last day of a month that lacks it."""
    return f"BYMONTHDAY={','.join(str(n) for n in range(28, number + 1))};BYSETPOS=-1"
