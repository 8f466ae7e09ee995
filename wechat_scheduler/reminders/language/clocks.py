"""Times of day: 下午三点半, 15:30, 3点1刻, 三点差五分, 8pm, and a part of the day alone."""

import re
from collections.abc import Sequence
from datetime import time

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.records import dataclass, replace
from wechat_scheduler.reminders.language.numbers import SMALL, STARTS, whole
from wechat_scheduler.reminders.language.policy import Part, Policy
from wechat_scheduler.reminders.language.refused_sentences import (
    LanguageError,
    impossible,
    which_one,
)

_PARTS = {
    "凌晨": Part.DAWN, "拂晓": Part.DAWN, "一大早": Part.MORNING, "大清早": Part.MORNING,
    "清晨": Part.MORNING, "清早": Part.MORNING, "一早": Part.MORNING, "早上": Part.MORNING,
    "早晨": Part.MORNING, "早间": Part.MORNING, "晨间": Part.MORNING, "上午": Part.FORENOON,
    "午前": Part.FORENOON, "中午": Part.NOON, "正午": Part.NOON, "午间": Part.NOON,
    "晌午": Part.NOON, "下午": Part.AFTERNOON, "午后": Part.AFTERNOON, "傍晚": Part.DUSK,
    "黄昏": Part.DUSK, "晚上": Part.EVENING, "晚间": Part.EVENING, "夜晚": Part.EVENING,
    "夜间": Part.EVENING, "夜里": Part.EVENING, "深夜": Part.NIGHT, "大半夜": Part.MIDNIGHT,
    "半夜": Part.MIDNIGHT, "午夜": Part.MIDNIGHT, "早": Part.MORNING, "晨": Part.MORNING,
    "晚": Part.EVENING, "夜": Part.EVENING,
    "后半夜": Part.DAWN, "前半夜": Part.NIGHT, "头晌": Part.FORENOON, "前晌": Part.FORENOON, "上昼": Part.FORENOON, "朝头早": Part.MORNING,
    "朝早": Part.MORNING, "一清早": Part.MORNING, "大早上": Part.MORNING, "大中午": Part.NOON,
    "下晌": Part.AFTERNOON, "头午": Part.FORENOON, "上晌": Part.FORENOON, "后半晌": Part.AFTERNOON, "后晌": Part.AFTERNOON, "晏昼": Part.AFTERNOON, "下昼": Part.AFTERNOON,
    "挨晚": Part.DUSK, "擦黑": Part.DUSK, "傍黑": Part.DUSK, "大晚上": Part.EVENING,
    "夜晚黑": Part.EVENING, "晚黑": Part.EVENING, "晚头": Part.EVENING, "夜黑": Part.EVENING,
    "黑夜": Part.EVENING, "夜到": Part.EVENING, "上半日": Part.FORENOON, "下半日": Part.AFTERNOON, "朝": Part.MORNING,
}  # fmt: skip
_LATE = {Part.EVENING, Part.NIGHT, Part.MIDNIGHT}
_BEFORE_NOON = {Part.DAWN, Part.MORNING, Part.FORENOON}

_FULL = "|".join(sorted((part for part in _PARTS if len(part) > 1), key=len, reverse=True))
# 早 and 晚 begin many words: alone they count only after a day or right before a clock time.
_SHORT = (
    r"(?<=[今明昨后每当听])[早晚夜晨](?!饭)|(?<=听)朝|(?:(?<=[天日号周星期])|(?<=[周期拜初十廿一二三四五][一二三四五六]))[早晚夜](?![餐饭会安读课班报点操茶宵霞期年婚辈已就])"
    rf"|(?<!最)[早晚](?= ?(?:{SMALL}[点时]|\d{{1,2}}[:.]\d\d|[012]\d[0-5][05](?![\d年])))"
)
_PART = rf"(?:{_FULL}|{_SHORT})"
# A minute without 分 has two digits (三点零五), and no measure word follows it (3点10个人).
_MINUTE = (
    rf"过?零?(?P<m>{SMALL})(?:分钟(?!之?[前后])|分(?!钟|之?后))"
    r"|(?P<tight>\d\d|[零〇][一二三四五六七八九1-9]|[二三四五]?十[一二三四五六七八九]?)"
    r"(?!\d|[点时次月路班万中斤块件份本杯瓶楼层岁天%秒刻页折]|个(?![人体])|号(?!码)|日(?!报)|年(?![会终货])|元(?![旦宵])|人(?![力民事工才])|名(?!单)|位(?!置)|集(?![合体团])|米(?![其饭])|分钟?[前后])"
)
_TAIL = (
    r"(?:钟(?!表))?(?:半(?![价程马成决年月天路场个径岛糖截裸屏残坡袖裙筒托亩夏]|导体|自动|山[腰坡]|封闭|官方|麻醉|永久|机械|身[照像]|小时(?!候))(?:钟(?![头表点情]))?|差(?P<short>一刻|"
    + SMALL
    + r"分)|过?(?P<q>[一二三123])刻"
    rf"|{_MINUTE})?(?:(?P<s>{SMALL})秒)?"
)
_HOUR = rf"(?:差(?P<before>一刻|{SMALL}分钟?) ?)?(?P<h>{SMALL})(?:个)?(?:点|时(?![候间代装尚节常而]))(?:整(?![理形改容顿合体装机风流编治修])|)"
_NO_HINT = r"(?!儿|意见|建议|要求|注意|内容|原因|希望|共识|水(?!果)|左右手)"
# 9.30 and 0930 are times behind a day; without one 9.45 and 14.00 are, as no day has these numbers.
_NUMBERED = "[0-9一二三四五六七八九十周期拜今明后次][号日]"
_BEHIND_DAY = (
    rf"(?:(?<=[天晚早晨午夜上后明今周一二三四五六末])|(?<=[天晚早晨午夜上后一二三四五六末] )"
    rf"|(?<={_NUMBERED})|(?<={_NUMBERED} ))"
)
_MEASURED = (
    r"(?![\d.块千亿斤%折版倍寸g升克吨k°号楼页届级次件份箱盒条只]"
    r"|元(?!旦|宵)|万(?!一|达)|公[里斤尺]|米(?!其|饭)|度(?!假)|分(?![享析组公手部])|室(?![内外])|人(?![力民事工才])|个(?!人|体)"
    r"|集(?![合体团])|平(?!安)|年(?![会终货])|期(?![中末])|名(?!单)|家(?![长访里人])|张(?=[票纸图照])|字(?!幕))"
)
_DOTTED = (
    rf"(?:{_BEHIND_DAY}(?:(?P<dh>[01]?\d|2[0-3])\.(?P<dm>[0-5]\d)|(?P<xh>[01]\d|2[0-3])(?P<xm>[0-5][05]))"
    r"|(?<![^ ,。;我在])(?:(?P<dh2>1[3-9]|2[0-3])\.(?P<dm2>[0-5]\d)|(?P<dh3>\d|1[0-2])\.(?P<dm3>00|3[2-9]|4\d|5\d)))"
    rf"{_MEASURED}"
)
CLOCK = pattern(
    rf"(?P<part>(?:{_PART} ?的? ?){{0,2}}(?:[ap]m ?)?)(?:"
    rf"{_DOTTED}|"
    rf"(?<![\d.第年月点:])(?P<from>{SMALL})(?= ?(?:到|至|-|~) ?{SMALL}(?:点|时(?!间)))|"
    r"(?<![\d:.])(?P<ch>\d{1,2}):(?P<cm>\d{2})(?::(?P<cs>\d{2}))?(?![\d:])(?:分(?![享析组钟手别配]))? ?(?P<ap>[ap]\.?m(?![a-z])\.?)?(?:\+\d\d:?\d\d|z(?![a-z]))?"
    rf"|(?<=[^\d.第年月])(?P<list>(?:{SMALL}、){{1,5}})(?={SMALL}[点时](?!间))"
    rf"|(?P<pair>[一二两三四五六七八])(?=[二三四五六七八九][点时](?!间))"
    rf"|(?<![第\d])(?<![有早快慢多少买吃喝好大小做](?=一点[^半钟整一二三四五十\d])){_HOUR}{_NO_HINT}{_TAIL}"
    r"|(?<![\d:.])(?P<eh>\d{1,2}) ?(?P<eap>[ap]\.?m(?![a-z])\.?))"
    rf"|(?P<eight>[早晚][八九])(?![点十:晚])|(?P<alone>{_PART})(?:(?![茶饭餐])|(?<=[上午])(?=饭[前后]))"
)
CLOCK_STARTS = frozenset(STARTS + "差ap" + "".join(part[0] for part in _PARTS))
SEVERAL = pattern(
    r"(?<=[天日])(?P<often>[两二三23])次"
    r"|(?P<parts>早、?中、?晚|(?<=[天日])早、?晚(?!上|间|[餐饭]))(?:各?(?:一|1)次|各)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTime:
    """A time of day as written. `hour` is None for a part of the day alone."""

    part: Part | None = None
    hour: int | None = None
    minute: int = 0
    second: int = 0
    exact: bool = False
    """Written in the 24-hour form (08:30), which has one reading."""

    written: str = ""

    @property
    def bare(self) -> bool:
        """Whether it can be in the morning or in the evening."""
        return self.part is None and not self.exact and 1 <= (self.hour or 0) <= 12

    def in_the_morning(self) -> "ClockTime":
        """A bare hour from 3 to 11 in the morning: 6点半起床."""
        early = self.bare and 3 <= (self.hour or 0) <= 11
        return replace(self, part=Part.MORNING) if early else self

    def in_the_afternoon(self) -> "ClockTime":
        """A bare hour from 1 to 5 in the afternoon; others are as they were."""
        early = self.bare and 1 <= (self.hour or 0) <= 5
        return replace(self, part=Part.AFTERNOON) if early else self

    def place(self, policy: Policy) -> tuple[int, time]:
        """Days after its day (晚上12点 is 1), and the wall time. Raises LanguageError."""
        if self.hour is None:
            return int(self.part is Part.MIDNIGHT), policy.hours[self.part or Part.MORNING]
        if self.hour > 24 or self.minute > 59 or self.second > 59:
            raise impossible(self.written)
        days, hour = self._hour(self.hour)
        return days, time(hour, self.minute, self.second)

    def _hour(self, hour: int) -> tuple[int, int]:
        if hour == 24:
            if self.minute or self.second or self.part not in {None, *_LATE}:
                raise impossible(self.written)
            return 1, 0
        if self.part in _LATE:
            return self._late(hour)
        if self.part in _BEFORE_NOON:
            if hour > 12:
                raise impossible(self.written)
            return 0, hour % 12 if self.part is Part.DAWN else hour
        return 0, self._after_noon(hour)

    def _late(self, hour: int) -> tuple[int, int]:
        """晚上12点 is the coming midnight; 晚上1点 to 晚上4点 are the morning after it."""
        if 13 <= hour <= 16:
            raise impossible(self.written)
        if hour == 12 or hour < 5:
            return 1, hour % 12
        return 0, hour if hour > 12 else hour + 12

    def _after_noon(self, hour: int) -> int:
        if self.part is None:
            return hour
        if self.part is Part.NOON and not ((hour <= 3 and hour) or 10 <= hour <= 15):
            raise impossible(self.written)
        if hour == 0:
            raise impossible(self.written)
        early = hour < 10 if self.part is Part.NOON else hour < 12
        return hour + 12 if early else hour


def read_clock(found: re.Match[str]) -> ClockTime | Sequence[ClockTime]:
    """Reads a match of `CLOCK`. Raises LanguageError for 三四点."""
    written = found.group().strip()
    if found["alone"]:
        return ClockTime(part=_PARTS[found["alone"]], written=written)
    if found["eight"]:
        return ClockTime(part=_PARTS[written[0]], hour=whole(written[1]), written=written)
    part = _part(found["part"], written)
    if found["pair"]:
        raise _either(found)
    if found["list"]:
        hours = found["list"].rstrip("、").split("、")
        return [ClockTime(part=part, hour=whole(hour), written=f"{hour}点") for hour in hours]
    if found["from"]:
        return ClockTime(part=part, hour=whole(found["from"]), written=f"{written}点")
    dotted = found["dh"] or found["dh2"] or found["dh3"] or found["xh"]
    if dotted:
        return _dotted(found, dotted, part, written)
    if found["ch"]:
        return _colon(found, _english(found["ap"]) or part, written)
    if found["eh"]:
        return ClockTime(part=_english(found["eap"]), hour=int(found["eh"]), written=written)
    hour, minute = whole(found["h"]), _minute(found)
    short = found["short"] or found["before"]
    one_reading = hour > 12 or (len(found["h"]) == 2 and found["h"].startswith("0"))
    if short:
        minute = 60 - (15 if short == "一刻" else whole(short.rstrip("分钟")))
        hour = hour - 1 or 12  # 一点差五分 is 12:55, of the day or of the night
    second = whole(found["s"]) if found["s"] else 0
    return ClockTime(
        part=part, hour=hour, minute=minute, second=second, exact=one_reading, written=written
    )


def _either(found: re.Match[str]) -> LanguageError:
    """The refusal of 三四点: it can be 三点 or 四点."""
    second = found.string[found.end()]
    return which_one(f"{found['pair']}点", f"{second}点")


def read_several(found: re.Match[str]) -> tuple[ClockTime, ...]:
    """早中晚 and 早晚, 三次 and 两次 a day: at the hours of these parts of the day."""
    signs = found["parts"] or ("早中晚" if found["often"] in "三3" else "早晚")
    return tuple(ClockTime(part=part) for sign, part in _MEALS.items() if sign in signs)


_MEALS = {"早": Part.MORNING, "中": Part.NOON, "晚": Part.EVENING}


def _colon(found: re.Match[str], part: Part | None, written: str) -> ClockTime:
    return ClockTime(
        part=part,
        hour=int(found["ch"]),
        minute=int(found["cm"]),
        second=int(found["cs"] or 0),
        exact=found["ch"].startswith("0"),
        written=written,
    )


def _dotted(found: re.Match[str], hour: str, part: Part | None, written: str) -> ClockTime:
    minute = found["dm"] or found["dm2"] or found["dm3"] or found["xm"]
    exact = hour.startswith("0") or found["xh"] is not None
    return ClockTime(part=part, hour=int(hour), minute=int(minute), exact=exact, written=written)


def _part(text: str, written: str) -> Part | None:
    """The last of several parts. 晚 and 凌晨 together are one night, which counts as 晚. Raises LanguageError
    for 上午下午三点."""
    words = re.findall(rf"{_FULL}|[早晚夜晨]|[ap]m", text)
    parts = [_PARTS.get(word) or _english(word) for word in words]
    if len(parts) == 2 and parts[0] in _LATE:
        return parts[0] if parts[1] is Part.DAWN else parts[1]
    if len(parts) == 2 and (parts[0] in _BEFORE_NOON) and parts[1] in {Part.AFTERNOON, *_LATE}:
        raise impossible(written)
    return parts[-1] if parts else None


def _english(text: str | None) -> Part | None:
    return None if not text else Part.DAWN if text.startswith("a") else Part.AFTERNOON


def _minute(found: re.Match[str]) -> int:
    if found["q"]:
        return 15 * whole(found["q"])
    text = found["m"] or found["tight"]
    if text:
        return whole(text.lstrip("零〇") or text)
    return 30 if re.search(r"[点时]整?钟?半", found.group()) else 0
