"""Lunar days, solar terms and festivals."""

import re
from datetime import date

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.anchors import (
    LAST,
    Anchor,
    Fixed,
    Lunar,
    Nth,
    Term,
    YearDays,
)
from wechat_scheduler.reminders.language.clocks import ClockTime
from wechat_scheduler.reminders.language.numbers import SMALL, STARTS, YEAR, whole
from wechat_scheduler.reminders.language.policy import Part
from wechat_scheduler.reminders.language.refused_sentences import impossible, outside_lunar_tables
from wechat_scheduler.reminders.recurrence.lunar import TERMS

_CALENDAR = r"(?:农历|阴历|旧历|老历|夏历)"
_YEAR = rf"(?:(?P<year>{YEAR})年|(?P<yrel>[去今明后本])年|(?P<every>每年)|(?P<months>每个?月))"
_EARLY = "初[一二三四五六七八九十]"
_DAY = rf"(?:{_EARLY}|最后一天|{SMALL})"
_MONTH = rf"(?P<leap>闰)?(?P<month>正|腊|冬|{SMALL})月(?:份)?的?"
_FEASTS = "元宵|端午|七夕|中元|中秋|重阳|腊八|龙抬头"
LUNAR = pattern(
    rf"(?P<before>{_CALENDAR}的? ?)?(?:{_YEAR}的?)? ?(?P<behind>{_CALENDAR}的? ?)?"
    rf"(?:{_MONTH}(?P<day>{_DAY}|半(?![年天小个]))(?P<numbered>[日号])?(?P<feast>的?(?:{_FEASTS})节?)?|(?:大年|年)(?P<new>{_EARLY})"
    rf"|(?P<any>{_EARLY})(?P<fifteen> ?[、和,]? ?十五)?(?![中级步期恋始学稿班语数英一二三家年的个])"
    rf"|(?P<bare>{_DAY})(?![月\d一二三四五六七八九十])[日号]?)"
)
LUNAR_STARTS = frozenset(STARTS + "农阴旧老夏闰正腊冬大年初去今明后本每")

_FESTIVALS: dict[str, Anchor] = {
    "元旦": YearDays(month=1, numbers=(1,)), "情人节": YearDays(month=2, numbers=(14,)),
    "妇女节": YearDays(month=3, numbers=(8,)), "三八": YearDays(month=3, numbers=(8,)),
    "植树节": YearDays(month=3, numbers=(12,)), "消费者权益日": YearDays(month=3, numbers=(15,)),
    "愚人节": YearDays(month=4, numbers=(1,)), "劳动节": YearDays(month=5, numbers=(1,)),
    "五一": YearDays(month=5, numbers=(1,)), "青年节": YearDays(month=5, numbers=(4,)),
    "五四": YearDays(month=5, numbers=(4,)), "护士节": YearDays(month=5, numbers=(12,)),
    "儿童节": YearDays(month=6, numbers=(1,)), "六一": YearDays(month=6, numbers=(1,)),
    "建党节": YearDays(month=7, numbers=(1,)), "建军节": YearDays(month=8, numbers=(1,)),
    "八一": YearDays(month=8, numbers=(1,)), "教师节": YearDays(month=9, numbers=(10,)),
    "国庆": YearDays(month=10, numbers=(1,)), "十一": YearDays(month=10, numbers=(1,)),
    "程序员节": YearDays(month=10, numbers=(24,)), "万圣夜": YearDays(month=10, numbers=(31,)),
    "万圣": YearDays(month=11, numbers=(1,)), "光棍节": YearDays(month=11, numbers=(11,)),
    "双十一": YearDays(month=11, numbers=(11,)), "双11": YearDays(month=11, numbers=(11,)),
    "双十二": YearDays(month=12, numbers=(12,)), "双12": YearDays(month=12, numbers=(12,)),
    "平安夜": YearDays(month=12, numbers=(24,)), "圣诞": YearDays(month=12, numbers=(25,)),
    "跨年夜": YearDays(month=12, numbers=(31,)),
    "母亲节": Nth(nth=2, weekday=6, month=5), "父亲节": Nth(nth=3, weekday=6, month=6),
    "感恩节": Nth(nth=4, weekday=3, month=11),
    "春节": Lunar(month=1, day=1), "农历新年": Lunar(month=1, day=1), "阴历新年": Lunar(month=1, day=1),
    "旧历新年": Lunar(month=1, day=1), "中国新年": Lunar(month=1, day=1), "大年初一": Lunar(month=1, day=1),
    "元宵": Lunar(month=1, day=15), "龙抬头": Lunar(month=2, day=2),
    "端午": Lunar(month=5, day=5), "七夕": Lunar(month=7, day=7), "中元": Lunar(month=7, day=15),
    "中秋": Lunar(month=8, day=15), "重阳": Lunar(month=9, day=9), "寒衣节": Lunar(month=10, day=1),
    "下元节": Lunar(month=10, day=15), "腊八": Lunar(month=12, day=8),
    "北方小年": Lunar(month=12, day=23), "南方小年": Lunar(month=12, day=24),
    "小年": Lunar(month=12, day=23), "除夕": Lunar(month=12, day=LAST, last=True),
    "大年三十": Lunar(month=12, day=LAST, last=True), "年三十": Lunar(month=12, day=LAST, last=True),
    "大年夜": Lunar(month=12, day=LAST, last=True), "年夜": Lunar(month=12, day=LAST, last=True),
}  # fmt: skip
_FESTIVALS |= {name: Term(name=name) for name in TERMS}
_SHORTEST_FIRST = sorted(_FESTIVALS, key=len)
_NAMES = "|".join(reversed(_SHORTEST_FIRST))
# Festivals are weak words, as they are also numbers, weather or names: 五一路, 十一点, 大雪封山, 年夜饭.
FESTIVAL = pattern(
    rf"(?:(?:(?P<year>{YEAR})|(?P<yrel>[去今明后本]))年的?)?(?P<name>{_NAMES})(?P<kind>节|劳动节|儿童节|青年节|夜(?!里|间|晚))?"
    r"(?![点时月号日路班中个分级楼饭岁章建粽汤月饼]|广场|大道|礼物)(?:那天|当天|这天|当日|假期|长假)?"
)
FESTIVAL_STARTS = frozenset({name[0] for name in _FESTIVALS} | set(STARTS + "去今明后本"))
_MONTHS = {"正": 1, "冬": 11, "腊": 12}


def read_lunar(found: re.Match[str], today: date) -> tuple[Anchor, ...]:
    """农历八月十五, 腊月二十三, 初一; 初一十五 are two. Empty if nothing marks the day as lunar.

    Raises LanguageError for a day that does not exist.
    """
    if not _is_lunar(found):
        return ()
    text = "正" if found["new"] else found["month"] or ""
    month = _MONTHS.get(text) or (whole(text) if text else None)
    day = _day(found["day"] or found["new"] or found["any"] or found["bare"])
    if not (month is None or 1 <= month <= 12) or not 1 <= day <= LAST:
        raise impossible(found.group())
    last = day == LAST and (month == 12 or "最后" in found.group())
    first = _of_year(Lunar(month=month, day=day, leap=bool(found["leap"]), last=last), found, today)
    if not found["every"] and next(first.days(today), None) is None:
        raise impossible(found.group())
    return (first, Lunar(month=None, day=15)) if found["fifteen"] else (first,)


def _is_lunar(found: re.Match[str]) -> bool:
    """Whether a lunar calendar, month, festival or number is named: 腊月, 初三, 八月十五中秋."""
    if found["before"] or found["behind"] or found["new"] or found["any"] or found["leap"]:
        return True
    if found["month"] in _MONTHS or found["feast"] or found.group().endswith(("七月半", "八月半")):
        return True
    solar = found["numbered"] and not (found["day"] or "").startswith("初")
    return not solar and (found["day"] or "")[:1] in ("初", "廿")


def read_festival(found: re.Match[str], today: date) -> Anchor | tuple[Anchor, ClockTime]:
    """春节, 国庆节, 母亲节, 清明, with or without a year; 除夕夜 with its evening."""
    anchor = _of_year(_FESTIVALS[found["name"]], found, today)
    if found["kind"] == "夜" or found["name"].endswith("夜"):
        return anchor, ClockTime(part=Part.EVENING, written=found.group())
    return anchor


def repeats(found: re.Match[str]) -> bool:
    """Whether 每年 stands inside a lunar day: 农历每年八月初三."""
    return bool(found["every"] or found["months"])


def _of_year(anchor: Anchor, found: re.Match[str], today: date) -> Anchor:
    year = _year(found, today)
    if year is None:
        return anchor
    if not 1901 <= year <= 2099:
        raise outside_lunar_tables(year)
    days = anchor.of(year) if isinstance(anchor, Lunar) else anchor.days(date(year, 1, 1))
    day = next(iter(days), None)
    if day is None:
        raise impossible(found.group())
    return Fixed(day=day)


def _year(found: re.Match[str], today: date) -> int | None:
    if found["yrel"]:
        return today.year + {"去": -1, "今": 0, "本": 0, "明": 1, "后": 2}[found["yrel"]]
    if not found["year"]:
        return None
    year = whole(found["year"])
    return 2000 + year if year < 100 else year


def _day(text: str) -> int:
    if text == "半":
        return 15
    return LAST if text == "最后一天" else whole(text.removeprefix("初"))
