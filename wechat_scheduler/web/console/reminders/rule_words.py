"""Says in both languages when a reminder recurs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from wechat_scheduler.reminders.language.wording import describe
from wechat_scheduler.reminders.planning import rule_of
from wechat_scheduler.reminders.recurrence.rule import unmoved, usual_time
from wechat_scheduler.reminders.refused_reminders import DamagedRuleError
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Language, Words

W = Words

ONCE = W("once", "一次")
MOVED = W("{rule} (the next one moved to {at})", "{rule}（下次改到 {at}）")
CLAMPED = W("; in a month without that day, on its last day", "；没有这一天的月份在最后一天")
_DAYS: Final = {
    "MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday",
    "SA": "Saturday", "SU": "Sunday",
}  # fmt: skip
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
_NTH: Final = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}
_UNITS: Final = {
    "MINUTELY": "minute", "HOURLY": "hour", "DAILY": "day", "WEEKLY": "week", "MONTHLY": "month",
    "YEARLY": "year",
}  # fmt: skip
_ELAPSED: Final = ("HOURLY", "MINUTELY")
_TOLD: Final = {
    *("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYHOUR", "BYMINUTE", "BYSECOND"),
    *("COUNT", "UNTIL"),
}
Parts = dict[str, str]


def rule_words(visit: Visit, rule: str | None, at: datetime) -> str:
    """When it recurs, at the wall time of `at`. A rule without words is shown as it is written."""
    if not rule:
        return visit.say(ONCE)
    try:
        rule_of(rule)
    except DamagedRuleError:
        return rule
    regular, usual = unmoved(rule), usual_time(rule, at)
    is_chinese = visit.language is Language.ZH
    said = describe(regular, usual) if is_chinese else english(regular, usual)
    said += visit.say(CLAMPED) if any(map(_is_clamped, regular.splitlines())) else ""
    return said if usual == at else visit.say(MOVED, rule=said, at=f"{at:%Y-%m-%d %H:%M}")


def english(rule: str, at: datetime) -> str:
    """`every month on day 25 at 08:00`."""
    lines = [_parts(line) for line in rule.splitlines() if not line.startswith("EXDATE")]
    days = list(dict.fromkeys(map(_line, lines)))
    return f"{', and '.join(days)}{_clock(lines, at)}{_end(lines)}"


def _parts(line: str) -> Parts:
    pieces = line.removeprefix("RRULE:").split(";")
    parts = dict(piece.split("=", 1) for piece in pieces if "=" in piece)
    bare = [piece for piece in pieces if "=" not in piece]
    return parts | dict(zip(("KIND", "DAY"), bare, strict=False))


def _is_clamped(line: str) -> bool:
    """Whether it names the last of several days that a month has: 每月31号."""
    parts = _parts(line)
    return parts.get("BYSETPOS") == "-1" and parts.get("BYMONTHDAY", "").startswith("28,")


def _line(parts: Parts) -> str:
    if "KIND" in parts:
        return _CALENDARS[parts["KIND"]](parts.get("DAY", ""))
    if parts.get("BYSETPOS") == "-1" and parts.get("BYMONTHDAY", "").startswith("28,"):
        last = parts["BYMONTHDAY"].rpartition(",")[2]
        parts = {name: value for name, value in parts.items() if name != "BYSETPOS"}
        parts["BYMONTHDAY"] = last
    if set(parts) - _TOLD:
        return ";".join(f"{name}={value}" for name, value in parts.items())
    count, unit = parts.get("INTERVAL", "1"), _UNITS[parts["FREQ"]]
    every = f"every {unit}" if count == "1" else f"every {count} {unit}s"
    return every + _on(parts)


def _on(parts: Parts) -> str:
    months = [_MONTHS[int(month) - 1] for month in parts.get("BYMONTH", "").split(",") if month]
    of = f" in {_and(months)}" if months else ""
    if "BYDAY" in parts:
        return f"{of} on {_and([_weekday(day) for day in parts['BYDAY'].split(',')])}"
    if "BYMONTHDAY" in parts:
        return f"{of} on {_and([_day(int(day)) for day in parts['BYMONTHDAY'].split(',')])}"
    return of


def _weekday(text: str) -> str:
    number, day = text[:-2], _DAYS[text[-2:]]
    return f"the {_nth(int(number))} {day}" if number else day


def _nth(number: int) -> str:
    return _NTH.get(number) or f"{abs(number)}th{' last' if number < 0 else ''}"


def _day(number: int) -> str:
    if number > 0:
        return f"day {number}"
    return "the last day" if number == -1 else f"the {_nth(number)} day"


def _lunar_day(day: str) -> str:
    return "the last day" if day == "LAST" else f"day {int(day)}"


def _lunar_year(day: str) -> str:
    if day == "12-LAST":
        return "every lunar New Year's Eve"
    leap, (month, number) = day.startswith("L"), day.removeprefix("L").split("-")
    name = f"{'leap ' if leap else ''}month {int(month)}"
    return f"every lunar year on {_lunar_day(number)} of {name}"


_CALENDARS: Final[Mapping[str, Callable[[str], str]]] = {
    "WORKDAY": lambda _: "every workday of China",
    "WORKDAY-MONTHLY": lambda day: f"the {_nth(int(day))} workday of every month",
    "TERM": lambda day: f"every year on {day}",
    "LUNAR-MONTHLY": lambda day: f"every lunar month on {_lunar_day(day)}",
    "LUNAR-YEARLY": _lunar_year,
}


def _clock(lines: Sequence[Parts], at: datetime) -> str:
    if all(parts.get("FREQ") in _ELAPSED for parts in lines):
        return ""
    named = [
        f"{int(hour):02}:{int(minute):02}"
        for parts in lines
        for hour in parts.get("BYHOUR", "").split(",")
        if hour
        for minute in parts.get("BYMINUTE", str(at.minute)).split(",")
    ]
    return f" at {_and(list(dict.fromkeys(named)) or [f'{at:%H:%M}'])}"


def _end(lines: Sequence[Parts]) -> str:
    counts = [int(parts["COUNT"]) for parts in lines if "COUNT" in parts]
    if counts:
        return f", {sum(counts)} times"
    until = next((parts["UNTIL"] for parts in lines if "UNTIL" in parts), "")
    return f", until {until[:4]}-{until[4:6]}-{until[6:8]}" if until else ""


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
