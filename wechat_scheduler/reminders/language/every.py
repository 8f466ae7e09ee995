"""Words of repetition: 每天, 每隔两小时, 隔周, 天天, 三天一次, 工作日."""

import enum
import re

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.reminders.language.numbers import ANY, STARTS, value, whole
from wechat_scheduler.reminders.language.refused_sentences import (
    too_often,
    unknown_recurrence,
    when_exactly,
)


class Unit(enum.StrEnum):
    """The unit of a repetition."""

    MINUTE = "分钟"
    HOUR = "小时"
    DAY = "天"
    WEEK = "周"
    MONTH = "月"
    YEAR = "年"
    WORKDAY = "工作日"
    DATE = "日子"
    """每逢: each time that the named day comes."""


_UNITS = r"秒钟?|分钟?|刻钟|小时|钟头|天|日(?![程记常报])|周|星期|礼拜|月|季度?|年"
_WEEKDAY = r"(?=双休日|休息日|(?:周|星期|礼拜)(?:[一二三四五六七八九日天末](?!次)|[1-9][1-7]{0,6}(?![点\d时:.号])))"
_OFTEN = rf"(?!一次|1次){ANY}(?:[次遍]|回(?![家国来去校复电访老公信头乡家村城上娘]))(?!日)"
EVERY = pattern(
    rf"(?:每(?:一?个)?|(?<!\d)1|(?<![一二三四五六七八九十])一个?)(?:小时|周|星期|礼拜|月|季度|年)(?P<many>{_OFTEN})"
    rf"|每(?:一|1)?[天日](?P<daily>(?![两二三23]次){_OFTEN})"
    rf"|每个?季度?的?(?:第(?P<nth>[一二三123])个|(?P<last>最后一?个|末))月的?"
    r"|(?P<other>每?间?隔(?:[一1]个)?(?=(?:周|星期|礼拜)[一二三四五六日天末](?!次)))"
    r"|(?P<skips>每?间?隔[两二三四2-9]个(?:周|星期|礼拜)[一二三四五六日天末](?!次))"
    rf"|每?间?隔(?:了|上)?(?P<gap>{ANY}|半)?(?:个)?(?P<gmid>半)?(?P<gunit>{_UNITS}|工作日)(?P<gonce>一次|1次)?"
    rf"|(?:(?P<each>每|逢)(?:一?个|逢|到|一)?{_WEEKDAY})"
    r"|每个?小时的?(?P<full>整点)"
    rf"|每周?(?:一?个|的)?(?P<work>工作日|上班日)(?:的?每天)?"
    r"|每(?:一?个)?(?P<part>(?=[早晚夜晨]|上午|下午|中午|傍晚|凌晨))"
    rf"|(?P<odd>(?:每个?)?[单双]周的?(?:(?:周|星期|礼拜)?[一二三四五六日天]|$)|每个?(?:月的?)?[单双](?:号|日(?!休)|数日))"
    rf"|每?(?:一|1)[天日](?P<often>(?=[两二三23]次))|(?P<double>每双周)"
    rf"|每(?P<n>{ANY}|半)?个?(?P<mid>半)?(?P<unit>{_UNITS})(?P<once>(?:一|1)次|重复(?! ?{ANY}))?"
    rf"|(?P<n3>{ANY}|半)个?(?P<unit3>小时|钟头|分钟|天|日|周|星期|礼拜|月|季度|年)(?:一|1)次"
    r"|(?<![去在到找给跟和叫看买吃向单双隔下上这本每两几\d一二三四五六七八九十])(?P<twice>天天|日日|成天|月月|年年|周周)"
    r"|(?<![一二三四五六七八九十两\d几个])(?P<bare>(?:法定)?工作日|上班日)(?!后|之后|以后)(?:每天)?"
    r"|(?P<sharp>每(?:个|到)?整点|整点(?=报时|提醒))"
    r"|(?P<any>每逢|逢年|每当|每个?|逢)(?=月[底末尾初]|年[底末初]|[\d一二三四五六七八九十农阴初腊正除春元端中重国清冬夏立母父圣情感劳妇儿教七双小大最第])"
)
EVERY_STARTS = frozenset(STARTS + "每间隔逢天日成月年周工法上单双")
_WORDS = {
    "分": (Unit.MINUTE, 1), "刻": (Unit.MINUTE, 15), "小": (Unit.HOUR, 1), "钟": (Unit.HOUR, 1),
    "天": (Unit.DAY, 1), "日": (Unit.DAY, 1), "周": (Unit.WEEK, 1), "星": (Unit.WEEK, 1),
    "礼": (Unit.WEEK, 1), "月": (Unit.MONTH, 1), "季": (Unit.MONTH, 3), "年": (Unit.YEAR, 1),
    "工": (Unit.WORKDAY, 1),
}  # fmt: skip
_FINER = {
    Unit.HOUR: (Unit.MINUTE, 60), Unit.DAY: (Unit.HOUR, 12 * 2), Unit.MONTH: (Unit.DAY, 30),
    Unit.YEAR: (Unit.MONTH, 12), Unit.MINUTE: (Unit.MINUTE, 1), Unit.WEEK: (Unit.DAY, 7),
}  # fmt: skip


class Span(enum.Enum):
    """The hours of a repetition in hours or minutes."""

    DAYTIME = enum.auto()
    ALWAYS = enum.auto()
    """By night as well, which has to be said."""


SPAN = pattern(
    r"(?:在|的)?(?:(?P<day>白天)|昼夜不停|不分昼夜|日夜不停|不分日夜|昼夜|24小时(?:不停|不间断|都)|全天候?)的?"
)
SPAN_STARTS = frozenset("在的白昼不日2全")


def read_span(found: re.Match[str]) -> Span:
    return Span.DAYTIME if found["day"] else Span.ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """A repetition every `count` units."""

    unit: Unit
    count: int = 1
    quarter: bool = False
    month: int = 0
    """The month of each quarter, from 1; 0 for none."""

    sharp: bool = False
    """At full hours: 每个整点."""

    @property
    def elapses(self) -> bool:
        """Whether it counts hours or minutes."""
        return self.unit in (Unit.HOUR, Unit.MINUTE)


def read_every(found: re.Match[str]) -> Every:
    """Raises LanguageError for repetitions within a minute, and for 每周三次."""
    often = found["many"] or found["daily"]
    if often:
        raise when_exactly(often)
    if odd := found["odd"] or found["skips"]:
        raise unknown_recurrence(odd)
    if found["nth"] or found["last"]:
        return Every(unit=Unit.MONTH, count=3, quarter=True, month=whole(found["nth"] or "三"))
    if found["other"]:
        return Every(unit=Unit.WEEK, count=2)
    if found["gunit"]:
        return _gap(found)
    if found["each"]:
        return Every(unit=Unit.WEEK)
    if found["work"] or found["bare"]:
        return Every(unit=Unit.WORKDAY)
    if found["sharp"] or found["full"]:
        return Every(unit=Unit.HOUR, sharp=True)
    if found["any"]:
        return Every(unit=Unit.DATE)
    if found["twice"]:
        return Every(unit=Unit.DAY if found["twice"] in ("成天",) else _WORDS[found["twice"][0]][0])
    return _counted(found)


def _gap(found: re.Match[str]) -> Every:
    """隔天 and 每隔一天 are every second day, 每隔三天 is every third; 每隔一小时 is every hour."""
    unit = _WORDS.get(found["gunit"][0], (Unit.MINUTE, 1))[0]
    days = unit not in (Unit.MINUTE, Unit.HOUR)
    every = _every(found["gap"] or "1", bool(found["gmid"]), found["gunit"])
    if days and every.count == _WORDS[found["gunit"][0]][1] and found["gap"] in (None, "一", "1"):
        return Every(unit=every.unit, count=every.count * 2, quarter=every.quarter)
    return every


def _counted(found: re.Match[str]) -> Every:
    if found["unit"]:
        return _every(found["n"] or "1", bool(found["mid"]), found["unit"])
    if found["unit3"]:
        return _every(found["n3"], False, found["unit3"])
    return Every(unit=Unit.WEEK, count=2) if found["double"] else Every(unit=Unit.DAY)


def _every(number: str, half: bool, word: str) -> Every:
    amount = value(number) + (0.5 if half and number != "半" else 0)
    if half and number == "1" and not word.startswith("秒"):
        amount = 0.5
    if word.startswith("秒"):
        if amount < 60:
            raise too_often()
        return Every(unit=Unit.MINUTE, count=round(amount / 60))
    unit, scale = _WORDS[word[0]]
    amount *= scale
    if amount % 1:
        if unit not in _FINER:
            raise unknown_recurrence(f"半{word}")
        unit, finer = _FINER[unit]
        amount *= finer
    if amount < 1:
        raise too_often()
    return Every(unit=unit, count=int(amount), quarter=word.startswith("季"))
