"""Reads the text of a rule, and refuses a bad one before anything is evaluated."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reminders.recurrence import lunar
from wechat_scheduler.reminders.recurrence.checking import check
from wechat_scheduler.reminders.recurrence.rule import MOVED, WEEKDAYS, Days, Kind, Line, Rule

LONGEST = 1000
"""In characters."""

MOST_LINES = 20

# The lunar tables end in 2100.
YEARS = range(1970, 2100)

_SPANS: dict[str, tuple[int, int]] = {
    "INTERVAL": (1, 20_000),
    "COUNT": (1, 10_000),
    "BYMONTH": (1, 12),
    "BYWEEKNO": (-53, 53),
    "BYYEARDAY": (-366, 366),
    "BYMONTHDAY": (-31, 31),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYSECOND": (0, 59),
    "BYSETPOS": (-366, 366),
}
_SIGNED = {"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYSETPOS"}
_ENDS = {"UNTIL", "COUNT"}
_TIMES = {"BYHOUR", "BYMINUTE", "BYSECOND"}
_DAILY = _ENDS | _TIMES | {"INTERVAL", "BYMONTH", "BYDAY", "WKST"}
_ALLOWED: dict[Kind, set[str]] = {
    Kind.YEARLY: _DAILY | {"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYSETPOS"},
    Kind.MONTHLY: _DAILY | {"BYMONTHDAY", "BYSETPOS"},
    Kind.WEEKLY: _DAILY,
    Kind.DAILY: _DAILY | {"BYMONTHDAY"},
    # Elapsed time has no hours of a zone: FREQ=DAILY;BYHOUR= is the form for them.
    Kind.HOURLY: _ENDS | {"INTERVAL"},
    Kind.MINUTELY: _ENDS | {"INTERVAL"},
}
"""The parts of each frequency. The other kinds take `_ENDS` and `_TIMES`."""

_DETAILS: dict[Kind, re.Pattern[str]] = {
    Kind.LUNAR_YEARLY: pattern(r"L?(0?[1-9]|1[0-2])-(0?[1-9]|[12][0-9]|30|LAST)"),
    Kind.LUNAR_MONTHLY: pattern(r"0?[1-9]|[12][0-9]|30|LAST"),
    Kind.TERM: pattern("|".join(lunar.TERMS)),
    Kind.WORKDAY_MONTHLY: pattern(r"-?(?:[1-9]|1[0-5])"),  # each month has 15 workdays
}
_DAY = pattern(r"([+-]?[1-9][0-9]?)?(MO|TU|WE|TH|FR|SA|SU)")
_LONE_DIGIT = pattern(r"(?<![0-9])[0-9](?![0-9])")
_NUMBER = pattern(r"[+-]?[0-9]{1,5}")
_STAMP = pattern(r"[0-9]{8}(T[0-9]{6}Z?)?")


@lru_cache(maxsize=1024)
def read_rule(text: str, *, shortest: timedelta = timedelta(seconds=60)) -> Rule:
    """The rule of a text; '' is a one-off. `recurrence/rule.py` lists the forms.

    `shortest` is the least time between two occurrences of a line. A lunar day that a month lacks
    (30) is its last one; a leap month (`L04-15`) is the regular month in the years without it.

    Raises InvalidRequestError with the cause: a part is unknown, out of range or given twice, a line
    fires too often or never, or lines repeat out of step.
    """
    if len(text) > LONGEST:
        raise InvalidRequestError(f"the rule is longer than {LONGEST} characters")
    written = [line.strip() for line in text.upper().splitlines() if line.strip()]
    if len(written) > MOST_LINES:
        raise InvalidRequestError(f"the rule has more than {MOST_LINES} lines")
    excluded = [line for line in written if line.startswith("EXDATE")]
    moved = [line for line in written if line.startswith(MOVED)]
    lines = tuple(_line(line) for line in written if not line.startswith(("EXDATE", MOVED)))
    rule = Rule(
        lines=tuple(dict.fromkeys(lines)), excluded=_excluded(excluded), moved=_moved(moved)
    )
    check(rule, shortest)
    return rule


def _line(text: str) -> Line:
    head, *rest = (part.strip() for part in text.removeprefix("RRULE:").rstrip(";").split(";"))
    if "=" in head:
        parts = _parts([head, *rest])
        if "FREQ" not in parts:
            raise InvalidRequestError("the rule has no FREQ")
        return _built(_kind(parts.pop("FREQ"), frequency=True), "", parts)
    kind = _kind(head, frequency=False)
    detail = _detail(kind, rest.pop(0) if rest else "") if kind in _DETAILS else ""
    return _built(kind, detail, _parts(rest))


def _parts(texts: list[str]) -> dict[str, str]:
    parts: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (equals and value):
            raise InvalidRequestError(f"{text!r} is not a part of a rule, which is NAME=VALUE")
        if name in parts:
            raise InvalidRequestError(f"{name} is given twice")
        parts[name] = value
    return parts


def _kind(name: str, *, frequency: bool) -> Kind:
    if name == "SECONDLY":
        raise InvalidRequestError("FREQ=SECONDLY fires too often")
    found = next((kind for kind in Kind if kind == name), None)
    if found is None or found.is_frequency is not frequency:
        raise InvalidRequestError(f"{name!r} is not a {'FREQ' if frequency else 'kind of rule'}")
    return found


def _detail(kind: Kind, text: str) -> str:
    detail = text.removesuffix("节") if kind is Kind.TERM else text
    if not _DETAILS[kind].fullmatch(detail):
        raise InvalidRequestError(f"{kind} does not know {text!r}")
    return detail if kind is Kind.WORKDAY_MONTHLY else _LONE_DIGIT.sub(r"0\g<0>", detail)


def _built(kind: Kind, detail: str, parts: dict[str, str]) -> Line:
    for name in parts.keys() - _ALLOWED.get(kind, _ENDS | _TIMES):
        raise InvalidRequestError(f"{name} cannot be used with {kind}")
    if parts.keys() >= _ENDS:
        raise InvalidRequestError("UNTIL and COUNT exclude each other")

    def numbers(name: str) -> tuple[int, ...]:
        return tuple(sorted(set(_numbers(name, parts[name])))) if name in parts else ()

    return Line(
        days=_days(kind, detail, parts, numbers),
        interval=_one("INTERVAL", numbers("INTERVAL")) or 1,
        byhour=numbers("BYHOUR"),
        byminute=numbers("BYMINUTE"),
        bysecond=numbers("BYSECOND"),
        bysetpos=numbers("BYSETPOS"),
        until=_until(parts.get("UNTIL", "")),
        count=_one("COUNT", numbers("COUNT")),
    )


def _days(
    kind: Kind, detail: str, parts: dict[str, str], numbers: Callable[[str], tuple[int, ...]]
) -> Days:
    wkst = parts.get("WKST", "MO")
    if wkst not in WEEKDAYS:
        raise InvalidRequestError(f"WKST={wkst} is not a weekday")
    return Days(
        kind=kind,
        detail=detail,
        bymonth=numbers("BYMONTH"),
        byweekno=numbers("BYWEEKNO"),
        byyearday=numbers("BYYEARDAY"),
        bymonthday=numbers("BYMONTHDAY"),
        byday=_weekdays(kind, parts["BYDAY"]) if "BYDAY" in parts else (),
        wkst=wkst,
    )


def _weekdays(kind: Kind, text: str) -> tuple[str, ...]:
    found = [_DAY.fullmatch(day) for day in text.split(",")]
    days = {(WEEKDAYS.index(each[2]), int(each[1] or 0)) for each in found if each}
    if None in found:
        raise InvalidRequestError(f"BYDAY={text} is not a list of weekdays (MO, 1MO, -1FR)")
    ordinals = {bool(ordinal) for _, ordinal in days}
    if len(ordinals) > 1:
        raise InvalidRequestError(f"BYDAY={text} mixes weekdays with and without a number")
    if ordinals == {True} and kind not in {Kind.YEARLY, Kind.MONTHLY}:
        raise InvalidRequestError(f"BYDAY={text}: {kind} takes weekdays without a number")
    return tuple(f"{ordinal or ''}{WEEKDAYS[day]}" for day, ordinal in sorted(days))


def _numbers(name: str, text: str) -> Iterator[int]:
    least, most = _SPANS[name]
    for number in text.split(","):
        if not _NUMBER.fullmatch(number) or not least <= int(number) <= most:
            raise InvalidRequestError(f"{name} must be from {least} to {most}, got {number}")
        if name in _SIGNED and int(number) == 0:
            raise InvalidRequestError(f"{name} must not be 0")
        yield int(number)


def _one(name: str, values: tuple[int, ...]) -> int | None:
    if len(values) > 1:
        raise InvalidRequestError(f"{name} takes one number")
    return values[0] if values else None


def _until(text: str) -> str:
    if text:
        _stamp("UNTIL", text)
    return text


def _stamp(name: str, text: str) -> datetime | date:
    try:
        if not _STAMP.fullmatch(text):
            raise ValueError(text)
        if len(text) == len("20261231"):
            return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a wall
        return datetime.strptime(text[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - a wall
    except ValueError as error:
        message = f"{name}={text} is not a time such as 20261231 or 20261231T080000"
        raise InvalidRequestError(message) from error


def _excluded(lines: list[str]) -> tuple[datetime | date, ...]:
    texts = [
        text.strip() for line in lines for text in line[len("EXDATE") :].lstrip(":").split(",")
    ]
    for text in texts:
        if text.endswith("Z"):
            raise InvalidRequestError(f"EXDATE:{text} must be a local time, not UTC")
    return tuple(dict.fromkeys(_stamp("EXDATE", text) for text in texts))


def _moved(lines: list[str]) -> datetime | None:
    if len(lines) > 1:
        raise InvalidRequestError("RECURRENCE-ID is given twice")
    if not lines:
        return None
    text = lines[0].removeprefix(MOVED).strip()
    at = _stamp("RECURRENCE-ID", text)
    if not (isinstance(at, datetime) and text.endswith("Z") and at.year in YEARS):
        raise InvalidRequestError(f"RECURRENCE-ID:{text} must be a time in UTC: 20261231T080000Z")
    return at.replace(tzinfo=UTC)
