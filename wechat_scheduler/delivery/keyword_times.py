"""Writes times in the forms that WeChat accepts in a keyword: `15:01`, `2019年10月1日`, `2019年10月1日 15:01`."""

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from wechat_scheduler.engine.patterns import pattern

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
_DAY = r"(?:(?P<year>\d{4})[-/.年])?(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
_POINT = pattern(rf"(?:{_DAY})?(?:(?:(?<=\d)[ T]|(?<=日) ?|^){_CLOCK})?", re.ASCII)
# WeChat takes a month as it is.
_MONTH = pattern(r"\d{4}(?:年(?:0?[1-9]|1[0-2])月|[-/.](?:0[1-9]|1[0-2]))", re.ASCII)
_BETWEEN = pattern(r"(?<! ) *[~〜至到] *|(?<=:\d\d) *[-–—] *(?=\d{1,2}:\d\d)", re.ASCII)
_LEAP_YEAR = 2000


def minute_text(local: datetime) -> str:
    """`2019-10-01 15:01`; `strftime` takes ten times as long."""
    return local.isoformat(" ", "minutes")[:16]


def as_time(value: str, zone: ZoneInfo) -> str:
    """A point of time, or two with `~` between them; empty if it is neither. One with an offset is
    written as the clocks of `zone` show it."""
    points = [_point(point, zone) for point in _BETWEEN.split(value)]
    return "~".join(points) if len(points) <= 2 and all(points) else ""


def _point(value: str, zone: ZoneInfo) -> str:
    if _MONTH.fullmatch(value):
        return value
    if moment := _moment(value, zone):
        return f"{_full(moment)} {moment:%H:%M}"
    found = _POINT.fullmatch(value)
    if found is None:
        return ""
    try:
        return " ".join(filter(None, (_day(found), _clock(found))))
    except ValueError:
        return ""


def _moment(value: str, zone: ZoneInfo) -> datetime | None:
    """The local time of one in ISO 8601 with an offset."""
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(zone) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _day(found: re.Match[str]) -> str:
    """Raises ValueError if the calendar has no such day."""
    if not found["month"]:
        return ""
    day = date(int(found["year"] or _LEAP_YEAR), int(found["month"]), int(found["day"]))
    return _full(day) if found["year"] else f"{day.month}月{day.day}日"


def _clock(found: re.Match[str]) -> str:
    """Raises ValueError if the clock has no such time."""
    if not found["hour"]:
        return ""
    clock = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    return f"{clock:%H:%M:%S}" if found["second"] else f"{clock:%H:%M}"


def _full(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
