"""Settles what the words of a sentence mean together, once all are known."""

from datetime import time

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.records import replace
from wechat_scheduler.reminders.language.anchors import (
    Anchor,
    Fixed,
    MonthDays,
    Weekdays,
    YearDays,
    last_of,
)
from wechat_scheduler.reminders.language.clocks import ClockTime
from wechat_scheduler.reminders.language.durations import For, Length, Times
from wechat_scheduler.reminders.language.every import Every, Span, Unit
from wechat_scheduler.reminders.language.meaning import Meaning
from wechat_scheduler.reminders.language.policy import Part
from wechat_scheduler.reminders.language.refused_sentences import day_outside_period, which_one

_OFTEN = {Unit.MINUTE, Unit.HOUR, Unit.DAY, Unit.WEEK, Unit.WORKDAY}
_EARLY = pattern(r"起床|早班|早起|飞机|航班|登机|机场|日出|晨")
_WAKE = pattern(r"起床|早班|早起|日出|晨跑|晨练|叫醒")
_SLEEP = pattern(r"(?<!午)睡觉|(?<!午)睡(?=$|了|吧|[,。!])|[去该哄]睡|宵夜|夜宵|晚自习")
_NOON = pattern(r"(?<![上下])午[休睡觉饭餐]|中饭")
_AFTER_WORK = pattern(r"^(?!.*(?:送|上班)).*(?:(?<!夜班)下班|放学|晚[饭餐])")
_DAYTIME = (time(8), time(20))


def settle(found: Meaning, text: str) -> None:
    """Tells the days on which a repetition falls from those that bound it, and the afternoon from the
    morning. Raises LanguageError if they contradict each other."""
    _share_day(found)
    _end(found)
    _begin(found)
    if found.times and (found.times.each or (found.times.count == 1 and not found.repeated)):
        found.times = None
    _last_for(found)
    if found.elapses:
        _stay_in_the_day(found)
    if not found.anchors and any(each.month for each in found.every):
        found.anchors.append(MonthDays(numbers=(1,)))
    if found.lasts and found.lasts.length.workdays and not found.every:
        found.every.append(Every(unit=Unit.WORKDAY))
        found.times, found.lasts = Times(count=found.lasts.length.workdays), None
    if _WAKE.search(text):
        found.clocks = [each.in_the_morning() for each in found.clocks]
    if _SLEEP.search(text):
        found.clocks = [_at_night(each) for each in found.clocks]
    if _NOON.search(text):
        found.clocks = [_at_noon(each) for each in found.clocks]
    if _AFTER_WORK.search(text) and not _EARLY.search(text):
        found.clocks = [_after_work(each) for each in found.clocks]
    if not _EARLY.search(text) and _is_of_another_day(found):
        found.clocks = [each.in_the_afternoon() for each in found.clocks]


def _at_night(clock: ClockTime) -> ClockTime:
    """A bare hour from 7 to 12 in the evening: 十一点睡觉."""
    late = clock.bare and (clock.hour or 0) >= 7
    return replace(clock, part=Part.EVENING) if late else clock


def _at_noon(clock: ClockTime) -> ClockTime:
    """A bare hour from 11 to 2 at noon: 1点午休."""
    near = clock.bare and clock.hour in (11, 12, 1, 2)
    return replace(clock, part=Part.NOON) if near else clock


def _after_work(clock: ClockTime) -> ClockTime:
    """A bare hour from 4 to 9 after noon: 6点下班去买菜."""
    late = clock.bare and 4 <= (clock.hour or 0) <= 9
    return replace(clock, part=Part.AFTERNOON) if late else clock


def _share_day(found: Meaning) -> None:
    """每年3月、6月、9月15号: months alone have the day of the month behind them."""
    for index in reversed(range(len(found.anchors) - 1)):
        anchor, behind = found.anchors[index : index + 2]
        if isinstance(anchor, YearDays) and isinstance(behind, YearDays) and anchor.whole:
            found.anchors[index] = replace(behind, month=anchor.month)


def _end(found: Meaning) -> None:
    """28号之前每天: the day before which a frequent repetition happens is its last."""
    if not found.every or any(each.unit not in _OFTEN for each in found.every):
        return
    for anchor in found.limits:
        if isinstance(anchor, Weekdays) and any(each.unit is Unit.WEEK for each in found.every):
            continue  # 每周五之前 is each Friday
        if anchor in found.anchors and found.until is None:
            found.anchors.remove(anchor)
            found.until = anchor


def _begin(found: Meaning) -> None:
    """A date that 每天 cannot repeat is the first day, or the days: 12月1号到3号每天."""
    for anchor in tuple(found.anchors):
        if not _only_begins(found, anchor):
            continue
        found.anchors.remove(anchor)
        numbers = getattr(anchor, "numbers", ())
        if len(numbers) > 1 and not last_of(anchor):
            raise which_one(*(f"{number}号" for number in numbers[:3]))
        found.begin = found.begin or anchor
        found.until = found.until or last_of(anchor)
        if getattr(anchor, "whole", False):
            _end_with(found, anchor)


def _end_with(found: Meaning, whole: Anchor) -> None:
    """The week, month or year that is named bounds its repetition: 这周每天, 本月每天, 今年每周一."""
    match whole:
        case Weekdays(week=0):
            found.until = found.until or Weekdays(numbers=(6,), week=0)
        case Weekdays():
            found.lasts = found.lasts or For(length=Length(days=7))
        case _:
            found.until = found.until or whole


def _only_begins(found: Meaning, anchor: Anchor) -> bool:
    if not found.every:
        return False
    if isinstance(anchor, Weekdays):
        if anchor.week is not None and found.every[-1].unit in (Unit.MONTH, Unit.YEAR):
            raise day_outside_period(found.every[-1].unit)  # 下周每月
        until_weekday = isinstance(found.until, Weekdays) and found.every[-1].unit is Unit.DAY
        return anchor.week is not None or (until_weekday and len(anchor.numbers) == 1)
    frequent = all(each.unit in _OFTEN for each in found.every)
    if isinstance(anchor, MonthDays):
        return frequent and anchor.ranged
    return isinstance(anchor, Fixed) or (isinstance(anchor, YearDays) and frequent)


def _last_for(found: Meaning) -> None:
    """一周内每天 is each day of the week that begins."""
    after = found.after
    daily = bool(found.every) and all(each.unit in _OFTEN for each in found.every)
    if after is None or not (after.within and daily) or after.length.exact:
        return
    found.after, found.lasts = None, found.lasts or For(length=after.length)


def _stay_in_the_day(found: Meaning) -> None:
    """Hours and minutes of one day end with it (今天每小时), and 白天 bounds them."""
    one = found.begin
    if found.clocks and found.clocks[0].hour is None:
        return
    if one is not None and not (found.until or found.until_clock or found.begins):
        found.until = one
    if found.span is Span.DAYTIME and not found.clocks:
        first, last = _DAYTIME
        found.clocks = [ClockTime(hour=first.hour, exact=True)]
        found.end_clock = ClockTime(hour=last.hour, exact=True)


def _is_of_another_day(found: Meaning) -> bool:
    """Whether a bare hour from 1 to 5 is in the afternoon: with a day or a repetition, but 今天."""
    days = [*found.anchors, *([found.begin] if found.begin else [])]
    today = any(isinstance(day, Fixed) and day.today for day in days)
    return not today and bool(days or found.every or found.after)
