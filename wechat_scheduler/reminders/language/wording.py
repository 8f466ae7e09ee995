"""Dates, times and rules in Chinese. `parse` reads the words of a rule back."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

from wechat_scheduler.reminders.language.numbers import spoken
from wechat_scheduler.reminders.recurrence.rule import unmoved, usual_time

_WEEKDAYS = {"MO": "周一", "TU": "周二", "WE": "周三", "TH": "周四", "FR": "周五", "SA": "周六", "SU": "周日"}  # fmt: skip
_NTH = {1: "第一个", 2: "第二个", 3: "第三个", 4: "第四个", 5: "第五个", -1: "最后一个"}
_QUARTERS = {("1,4,7,10", "1"): "每季度第一天", ("3,6,9,12", "-1"): "每季度最后一天"}
_MONTHS_OF_QUARTERS = {
    "每季度第一天": "每年1月、4月、7月、10月1日",
    "每季度最后一天": "每年3月、6月、9月、12月最后一天",
}
_UNITS = {
    "MINUTELY": ("每分钟", "分钟"),
    "HOURLY": ("每小时", "小时"),
    "DAILY": ("每天", "天"),
    "WEEKLY": ("每周", "周"),
    "MONTHLY": ("每月", "个月"),
    "YEARLY": ("每年", "年"),
}
_OFTEN = {"FREQ", "INTERVAL"}
_OF_MONTH = _OFTEN | {"BYDAY", "BYMONTHDAY", "BYSETPOS"}
# The parts of a rule that its words tell.
_KNOWN = {
    "MINUTELY": _OFTEN,
    "HOURLY": _OFTEN,
    "DAILY": _OFTEN,
    "WEEKLY": _OFTEN | {"BYDAY"},
    "MONTHLY": _OF_MONTH,
    "YEARLY": _OF_MONTH | {"BYMONTH"},
}
_PARTS = ((5, "凌晨"), (9, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
_ELAPSED = ("HOURLY", "MINUTELY")
_ENDS = {"UNTIL", "COUNT", "BYHOUR", "BYMINUTE", "BYSECOND"}

Parts = dict[str, str]


def describe(rule: str, time: datetime, *, span: str = "") -> str:
    """The Chinese of a rule: 每月25日 早上8:00. `time` is an occurrence in the zone of the reminder.

    A part without words is shown as written. `span` is told behind the times.
    """
    if not rule:
        return moment_words(time) + span
    at, time = time, usual_time(rule, time)
    lines = [_parts(line) for line in unmoved(rule).splitlines() if not line.startswith("EXDATE")]
    days = list(dict.fromkeys(_days(parts) for parts in lines))
    if len(days) > 1:  # 每季度第一天和每年…30日 would be read as days of one quarter
        days = [_MONTHS_OF_QUARTERS.get(each, each) for each in days]
    once = f"（下次改到{moment_words(at)}）" if at != time else ""
    said = " ".join(filter(None, ("和".join(days), _clocks(lines, time))))
    return said + span + _end(lines, time) + once


def day_words(weekday: str) -> str:
    """周一 for MO."""
    return _WEEKDAYS[weekday]


def moment_words(moment: datetime) -> str:
    """2026年11月25日 周三 早上8:00."""
    weekday = tuple(_WEEKDAYS.values())[moment.weekday()]
    return f"{day_of_year(moment)} {weekday} {hour_words(moment)}"


def day_of_year(moment: datetime) -> str:
    """2026年11月25日."""
    return f"{moment.year}年{moment.month}月{moment.day}日"


def hour_words(moment: datetime | time) -> str:
    """下午3:00, 凌晨0:30, with seconds if there are any: the time of every text that people read."""
    part = next(part for end, part in _PARTS if moment.hour < end)
    hour = moment.hour - 12 if moment.hour > 12 else moment.hour
    return f"{part}{hour}{moment:{':%M:%S' if moment.second else ':%M'}}"


def _parts(line: str) -> Parts:
    """`LUNAR-YEARLY;08-15` as {"KIND": "LUNAR-YEARLY", "DAY": "08-15"}, an RRULE by its names."""
    pieces = line.removeprefix("RRULE:").split(";")
    parts = dict(piece.split("=", 1) for piece in pieces if "=" in piece)
    bare = [piece for piece in pieces if "=" not in piece]
    return parts | dict(zip(("KIND", "DAY"), bare, strict=False))


def _days(parts: Parts) -> str:
    if "KIND" in parts:
        return _calendar(parts["KIND"], parts.get("DAY", ""))
    parts = _usual(parts)
    if set(parts) - _KNOWN[parts["FREQ"]] - _ENDS:
        return ";".join(f"{name}={value}" for name, value in parts.items())
    return _SAYING[parts["FREQ"]](parts)


def _usual(parts: Parts) -> Parts:
    """The same days as people say them: 每周一、周五 for the Mondays and Fridays of every day."""
    if parts.get("INTERVAL", "1") != "1":
        return parts
    parts = {name: value for name, value in parts.items() if name != "WKST"}
    return parts | {"FREQ": "WEEKLY"} if parts["FREQ"] == "DAILY" and "BYDAY" in parts else parts


def _calendar(kind: str, day: str) -> str:
    match kind:
        case "WORKDAY":
            return "每个工作日"
        case "WORKDAY-MONTHLY":
            return f"每月{_nth_words(int(day))}工作日"
        case "TERM":
            return f"每年{day}"
        case "LUNAR-MONTHLY":
            return f"农历每月{_lunar_day(day)}"
    if day == "12-LAST":
        return "每年除夕"
    leap, month, number = day.startswith("L"), *day.removeprefix("L").split("-")
    return f"农历每年{'闰' if leap else ''}{spoken(int(month))}月{_lunar_day(number)}"


def _nth_words(number: int) -> str:
    return _NTH.get(number) or f"{'倒数' if number < 0 else ''}第{abs(number)}个"


def _lunar_day(number: str) -> str:
    if number == "LAST":
        return "最后一天"
    return f"初{spoken(int(number))}" if int(number) <= 10 else spoken(int(number))


def _plain(parts: Parts) -> str:
    every, unit = _UNITS[parts["FREQ"]]
    count = parts.get("INTERVAL", "1")
    return every if count == "1" else f"每{count}{unit}"


def _weekly(parts: Parts) -> str:
    if "BYDAY" not in parts:
        return _plain(parts)
    days = "、".join(day_words(day) for day in parts["BYDAY"].split(","))
    return f"每{days}" if "INTERVAL" not in parts else f"{_plain(parts)}的{days}"


def _monthly(parts: Parts) -> str:
    return _plain(parts) + ("的" if "INTERVAL" in parts else "") + _of_month(parts)


def _yearly(parts: Parts) -> str:
    months = parts.get("BYMONTH", "")
    quarter = _QUARTERS.get((months, parts.get("BYMONTHDAY", "")))
    if quarter and "INTERVAL" not in parts:
        return quarter
    of = "、".join(f"{month}月" for month in months.split(",") if month)
    return _plain(parts) + ("的" if "INTERVAL" in parts else "") + of + _of_month(parts)


def _of_month(parts: Parts) -> str:
    if parts.get("BYDAY") == "MO,TU,WE,TH,FR" and "BYSETPOS" in parts:
        return f"{_NTH[int(parts['BYSETPOS'])]}平日"
    if "BYDAY" in parts:
        return "、".join(_nth(day) for day in parts["BYDAY"].split(","))
    numbers = [int(number) for number in parts.get("BYMONTHDAY", "0").split(",")]
    if "BYSETPOS" in parts:
        numbers = numbers[-1:]
    return "、".join(_day_of_month(number) for number in numbers if number)


def _day_of_month(number: int) -> str:
    if number > 0:
        return f"{number}日"
    return "最后一天" if number == -1 else f"倒数第{-number}天"


def _nth(day: str) -> str:
    ordinal = day[:-2]
    return (_nth_words(int(ordinal)) if ordinal else "") + day_words(day[-2:])


_SAYING: dict[str, Callable[[Parts], str]] = {
    "MINUTELY": _plain,
    "HOURLY": _plain,
    "DAILY": _plain,
    "WEEKLY": _weekly,
    "MONTHLY": _monthly,
    "YEARLY": _yearly,
}


def _clocks(lines: Sequence[Parts], at: datetime) -> str:
    """The times of day; empty for elapsed hours and minutes."""
    if all(parts.get("FREQ") in _ELAPSED for parts in lines):
        return ""
    named = [
        time(int(hour), int(minute))
        for parts in lines
        for hour in parts.get("BYHOUR", "").split(",")
        if hour
        for minute in parts.get("BYMINUTE", str(at.minute)).split(",")
    ]
    return "、".join(dict.fromkeys(map(hour_words, named))) or hour_words(at)


def _end(lines: Sequence[Parts], at: datetime) -> str:
    counts = [int(parts["COUNT"]) for parts in lines if "COUNT" in parts]
    if counts:
        return f"，一共{sum(counts)}次"
    until = next((parts["UNTIL"] for parts in lines if "UNTIL" in parts), "")
    if until:
        return f"，到{_day_words(until, at)}为止"
    return " 昼夜不停" if lines[0].get("FREQ") in _ELAPSED else ""


def _day_words(stamp: str, at: datetime) -> str:
    day = datetime.strptime(stamp[:15], "%Y%m%dT%H%M%S" if "T" in stamp else "%Y%m%d")  # noqa: DTZ007
    if stamp.endswith("Z"):
        with suppress(OverflowError):  # the last day of the year 9999
            day = day.replace(tzinfo=UTC).astimezone(at.tzinfo)
    is_whole = "T" not in stamp or day.time() == time(23, 59, 59)
    return day_of_year(day) if is_whole else f"{day_of_year(day)} {hour_words(day)}"


_MINUTE = 60
_SPANS = (("天", 86_400), ("小时", 3600), ("分钟", _MINUTE), ("秒", 1))


def until_words(span: timedelta) -> str:
    """`1天4小时后`: the two largest units, rounded to minutes, as ten minutes have become 9 min 59 s when
    the reply is written."""
    left = max(1, round(span.total_seconds()))
    if left >= _MINUTE:
        left = (left + _MINUTE // 2) // _MINUTE * _MINUTE
    words: list[str] = []
    for unit, seconds in _SPANS:
        count, left = divmod(left, seconds)
        if count and len(words) < 2:
            words.append(f"{count}{unit}")
        elif words:
            break
    return "".join(words) + "后"


def defer_words(defer: timedelta) -> str:
    """`提前30分钟`; empty for no time."""
    if not defer:
        return ""
    amount = until_words(abs(defer)).removesuffix("后")
    return ("提前" if defer < timedelta(0) else "延后") + amount
