"""Lengths of time: 两个半小时后, 过5分钟, 提前10分钟, 连续7天, 一共5次."""

import re
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.reminders.language.numbers import ANY, STARTS, value, whole
from wechat_scheduler.reminders.language.refused_sentences import (
    how_long,
    impossible,
    too_far,
    when_exactly,
)

_UNIT = (
    r"(?:秒钟?|分钟?|刻钟?|小时|钟头?|个?工作日|天|日|晚|周|星期|礼拜|个月|季度|年"
    r"|min(?:s|utes?)?(?![a-z])|h(?:rs?|ours?)?(?![a-z])|s(?:ec)?(?![a-z]))"
)
_PIECE = rf"(?:半个?{_UNIT}|{ANY} ?(?:个(?:半)?)? ?{_UNIT}半?)"
_HALF_MONTH = r"(?:半个?月|个半月)"
LENGTH = rf"(?:{ANY}{_HALF_MONTH}|{_HALF_MONTH}|两月|{_PIECE}(?:[零又]?{_PIECE}){{0,3}})"
_EACH = pattern(
    rf"(?P<half>半)(?P<n2>)个?(?P<u2>月|{_UNIT})|(?P<n>{ANY}) ?个?(?P<mid>半)?(?P<u>月|{_UNIT})(?P<end>半)?"
)
_SHORT = rf"(?:半个?小时|{ANY} ?(?:个半?)? ?(?:秒钟?|分钟?|刻钟|小时|钟头))"
# Two digits side by side are an estimate: 两三天, 三五分钟, 十五六天.
_SEVERAL = pattern(r"[十百千]*[一二两三四五六七八九]{2}")

SAME_TIME = (
    r"(?:[这那]个?时(?:候|间点?|刻)(?![段表差])|[这那]个点(?=提醒|叫|通知|喊|$|[ ,])|[这那](?:会儿|一刻)|此[时刻](?!此)"
    r"|同一个?时(?:候|间点?|刻)(?![段表差]))"
)
# 三天后的这个时候: the length says it already.
_SAME_TIME = rf"(?:的?{SAME_TIME}|的现在)"

AFTER = pattern(
    rf"(?P<minus>负|(?<!\d)-)?(?P<wait>(?:再|等)?过|再?等|(?:倒?计时器?|倒数|定时器?)(?![^,。]{{1,5}}[天月年周]))? ?(?P<length>{LENGTH})"
    rf"(?:(?:过?[之以]?后(?![天年])|过后){_SAME_TIME}?|(?P<within>[之以]?内(?![容部衣存裤科外蒙地向心行]))|(?(wait)|(?!)))"
    rf"|(?P<alone>(?<![^\s,，。;]))?(?P<short>(?:[零又]?{_SHORT}){{1,2}})"
    r"(?:(?=的?(?:倒?计时|定时|闹钟|闹铃))|(?(alone)[之以]?内?(?=[，, ]?(?:提醒|叫|通知|喊)我)|(?!)))"
    rf"|(?P<same>明年|下个?(?:月|周|星期|礼拜))的?(?:今天|这一?天|同一天|这个?时[候间](?!段)|此时|同一时[候间])"
    rf"|(?P<then>明天|大?后天)的?(?:这个?时[候间](?!段)|此时|同一时[候间])"
)
SOON = pattern(
    r"(?:过|等|待)?一会儿?(?:之?后|以后)?|(?:过|等|待)会儿?|等一?[下哈]儿?|等阵|稍后|片刻之?后"
)
ADVANCE = pattern(
    rf"提[前早](?P<length>{LENGTH}|一晚上?)|前(?P<length2>{_SHORT})(?=[，, ]?(?:提醒|叫|通知|喊|告诉))"
    rf"|(?P<length3>{LENGTH})之?以?前(?=[，, ]?(?:提醒|叫|通知|喊|告诉))"
)
_CLAUSE_END = r"$|[。;!?]|[，, ]?(?:请|记得)?(?:提醒|叫|通知|喊)我"
FOR = pattern(
    rf"(?:持续|连续|坚持|为期|连着|一共(?:提醒)?|连[吃服打做练测量用涂跑]|这(?=[一二两三四五六七八九十\d]{{1,2}}(?:天|周|个星期)(?:每|都))|(?:未来|接下来|今后|往后)的?)(?P<length>{LENGTH})(?:的?时间|内)?"
)
# At the end of a clause, hours are a length (开会两小时), and minutes belong to the title (跑步30分钟).
LASTING = pattern(
    rf"(?<=[^\s,。;])(?P<length>(?:半个?|{ANY} ?(?:个半?)? ?)(?:小时|钟头?)半?)(?={_CLAUSE_END})"
    rf"|(?P<eaten>[ ,，]?[连共吃服喝打做练])?(?P<days>{ANY}(?:天|周|个?星期|个月))(?={_CLAUSE_END})"
)
TIMES = pattern(
    rf"(?:(?:一共|总共|总计|共计|共|重复|循环|只|仅)(?:提醒|执行|响|重复|做)?我?|提醒|执行|(?P<rings>(?:提醒|叫|喊|通知)(?:我|一下)|响))(?P<n>{ANY})(?:次|遍|回)(?:就好|就行|为止|即可)?"
)
AFTER_STARTS = frozenset(STARTS + "再过等负-倒计定明下后大")
AFTER_NEEDS = "后内过等计数定闹提叫通喊今这此同"
SOON_STARTS = frozenset("过等待一稍片")
ADVANCE_STARTS = frozenset(STARTS + "提前")
LASTING_STARTS = frozenset(STARTS + " ,连共吃服喝打做练")
FOR_STARTS = frozenset("持连坚为未接今往这一")
TIMES_STARTS = frozenset("一总共重循只仅提执叫喊通响")


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """A length of time. Months and days are added by the calendar, seconds as elapsed time."""

    months: int = 0
    days: int = 0
    seconds: float = 0
    workdays: int = 0

    @property
    def exact(self) -> bool:
        """Whether it consists of hours, minutes and seconds, so that it leads to a time of day."""
        return bool(self.seconds) and not (self.days or self.months)

    @property
    def delta(self) -> timedelta:
        """The length as elapsed time, with months of 30 days."""
        return timedelta(days=self.days + 30 * self.months, seconds=self.seconds)

    def after(self, moment: datetime) -> datetime:
        """`moment` and this length later. Raises LanguageError beyond the year 9999."""
        try:
            wall = moment + relativedelta(months=self.months, days=self.days)
            elapsed = timedelta(seconds=self.seconds)
            return wall + elapsed
        except (OverflowError, ValueError) as error:
            raise too_far() from error


_LONGEST = timedelta(days=3653)

SHORTLY = Length(seconds=-1)
"""一会儿. The policy decides how long it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """The time that long from now: 两小时后. `within` is by then: 三天内 is due on the last of the days. `by_day` has no
    time of day: 下个月的今天."""

    length: Length
    within: bool = False
    by_day: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """The reminder comes that long before: 提前10分钟."""

    length: Length


@dataclass(frozen=True, slots=True, kw_only=True)
class For:
    """The event lasts, or repeats for, that long: 开会两小时, 连续7天."""

    length: Length
    loose: bool = False
    """It ends a clause without a word such as 连续, so that it may belong to the title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The number of repetitions: 一共5次."""

    count: int
    each: bool = False
    """提醒我一次, which does not end a repetition: once each time."""


def read_length(text: str) -> Length:
    """The sum of the pieces: 1小时30分钟, 一年半, 两个半小时."""
    months = days = seconds = 0.0
    workdays = 0
    if text.startswith("一晚"):
        return Length(days=1)
    for piece in _EACH.finditer(text.replace("零", "", 1) if text[0] != "零" else text):
        number, unit = _amount(piece)
        month, day, second = _scale(unit)
        months, days, seconds = (
            months + month * number,
            days + day * number,
            seconds + second * number,
        )
        workdays += int(number) if "工作日" in unit else 0
    return _balanced(months, days, seconds, workdays)


def _amount(piece: re.Match[str]) -> tuple[float, str]:
    if piece["half"]:
        return 0.5, piece["u2"]
    if _SEVERAL.fullmatch(piece["n"]):
        raise how_long(piece.group())
    half = 0.5 if piece["mid"] or piece["end"] else 0.0
    return value(piece["n"]) + half, piece["u"]


def _scale(unit: str) -> tuple[int, int, int]:
    """Months, days and seconds of one unit."""
    match unit.removeprefix("个")[0]:
        case "秒" | "s":
            return 0, 0, 1
        case "分" | "m":
            return 0, 0, 60
        case "刻":
            return 0, 0, 900
        case "小" | "钟" | "h":
            return 0, 0, 3600
        case "天" | "日" | "晚":
            return 0, 1, 0
        case "周" | "星" | "礼":
            return 0, 7, 0
        case "月":
            return 1, 0, 0
        case "季":
            return 3, 0, 0
        case "年":
            return 12, 0, 0
        case _:
            return 0, 0, 0


def _balanced(months: float, days: float, seconds: float, workdays: int) -> Length:
    """A length without fractions: half a month is 15 days, half a day 12 hours."""
    days += 30 * (months % 1)
    seconds += 86400 * (days % 1)
    return Length(months=int(months), days=int(days), seconds=seconds, workdays=workdays)


def read_after(found: re.Match[str]) -> After:
    """Raises LanguageError for 负5分钟后."""
    if found["minus"]:
        raise impossible(found.group())
    if found["then"]:
        return After(length=Length(days={"明": 1, "后": 2, "大": 3}[found["then"][0]]))
    if found["same"]:
        by_day = found.group()[-1] in "天日"
        return After(length=_SAME[found["same"][0] + found["same"][-1]], by_day=by_day)
    length = read_length(found["length"] or found["short"])
    return After(length=length, within=bool(found["within"]))


_SAME = {
    "明年": Length(months=12), "下月": Length(months=1), "下周": Length(days=7),
    "下期": Length(days=7), "下拜": Length(days=7),
}  # fmt: skip

# What stands right before 提醒三次.
_OFTEN = pattern("每(?:天|日|晚|周|月|年|个?星期|个?礼拜|个?月)$|天天$")


def read_advance(found: re.Match[str]) -> Advance:
    """Raises LanguageError for more than ten years."""
    length = read_length(found["length"] or found["length2"] or found["length3"])
    if length.delta > _LONGEST:
        raise too_far()
    return Advance(length=length)


def read_for(found: re.Match[str]) -> For:
    return For(length=read_length(found["length"]))


def read_lasting(found: re.Match[str]) -> For:
    return For(length=read_length(found["length"] or found["days"]), loose=True)


def read_times(found: re.Match[str]) -> Times:
    """Raises LanguageError for 提醒我两次: in a row, or at two times; and for 每天提醒三次: each day, or in all."""
    count = whole(found["n"])
    if count > 1 and (often := _OFTEN.search(found.string[: found.start()])):
        raise when_exactly(often.group() + found.group())
    if found["rings"] and count > 1:
        raise when_exactly(found.group())
    rings = found.group().startswith(("提醒", "叫", "喊", "通知", "响"))
    return Times(count=count, each=count == 1 and rings)
