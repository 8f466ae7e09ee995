"""Finds the words of time in a sentence, from left to right.

Each pattern is bounded in length, and tried at most once at each character: the work is linear.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.reminders.language import (
    clocks,
    dates,
    durations,
    english,
    every,
    holidays,
    weekdays,
)
from wechat_scheduler.reminders.language.anchors import Anchor, Weekdays
from wechat_scheduler.reminders.language.clocks import ClockTime
from wechat_scheduler.reminders.language.durations import Advance, After, For, Times
from wechat_scheduler.reminders.language.every import Every, Span, Unit
from wechat_scheduler.reminders.language.numbers import ANY, SMALL, STARTS, whole
from wechat_scheduler.reminders.language.policy import Part
from wechat_scheduler.reminders.language.refused_sentences import LanguageError


@dataclass(frozen=True, slots=True)
class Except:
    """Weekdays that are left out: 除周末外."""

    weekdays: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """Days before or after the day named: 国庆节前一天, 春节第三天."""

    days: int


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone, which is ignored: 北京时间."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A weak word for a day that does not exist. The error is raised if no other word names the day."""

    error: LanguageError


Value = (
    Span
    | Anchor
    | ClockTime
    | Every
    | After
    | Advance
    | For
    | Times
    | Except
    | Shift
    | Zone
    | Wrong
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWord:
    """The meaning of the characters from `start` to `end`."""

    start: int
    end: int
    value: Value
    weak: bool = False
    """The word may belong to the title: it counts if no strong word names the day."""


Found = Value | Sequence[Value] | None


@dataclass(frozen=True, slots=True)
class _Word:
    starts: frozenset[str]
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], date], Found]
    weak: bool = False
    needs: str = ""
    """A text without any of these characters has no such word, and need not wait for the pattern."""


def scan(text: str, today: date) -> tuple[TimeWord, ...]:
    """The tokens of a normalised text. Raises LanguageError for days that do not exist: 2月30号."""
    return tuple(_tokens(text, today))


def _tokens(text: str, today: date) -> Iterator[TimeWord]:
    position, there = 0, frozenset(text)
    while position < len(text):
        end = position + 1
        for word in _BY_START.get(text[position], ()):
            if word.needs and there.isdisjoint(word.needs):
                continue
            match = word.pattern.match(text, position)
            if match is None or match.end() == position:
                continue
            values = _values(word, match, today)
            if values:
                end = match.end()
                for value in values:
                    yield TimeWord(start=position, end=end, value=value, weak=word.weak)
                break
        position = end


def _values(word: _Word, match: re.Match[str], today: date) -> Sequence[Value]:
    try:
        found = word.read(match, today)
    except LanguageError as error:
        if not word.weak:
            raise
        return (Wrong(error),)
    if found is None:
        return ()
    return found if isinstance(found, Sequence) else (found,)


def _lunar(match: re.Match[str], today: date) -> Found:
    anchors = holidays.read_lunar(match, today)
    return (Every(unit=Unit.DATE), *anchors) if anchors and holidays.repeats(match) else anchors


def _except(match: re.Match[str], today: date) -> Found:
    found = weekdays.WEEKDAY.match(match["day"])
    if found is None:
        return None
    anchor = weekdays.read_weekday(found, today)
    weekend = match["day"].endswith("末")
    return Except((5, 6) if weekend else anchor.numbers) if isinstance(anchor, Weekdays) else None


def _shift(match: re.Match[str], today: date) -> Found:
    days = whole(match["n"]) if match["n"] else 1
    days *= 7 if match["weeks"] else 1
    return Shift(-days if match["way"] == "前" else days)


_DAYS = r"(?P<day>(?:周|星期|礼拜)[一二三四五六日天末](?:[、,和及]?(?:周|星期|礼拜)?[一二三四五六日天]){0,5})"
_EXCEPT = pattern(rf"除了?每?个?{_DAYS}(?:以外|之外|外)?(?:的?每天)?")
_EXCLUDED = pattern(rf"{_DAYS}除外")
_SHIFT = pattern(
    rf"(?<=\S)(?!(?<=我)前{ANY}天的(?![早上中下晚夜凌清傍当]))(?:的|之)?(?:(?P<way>前|后)(?P<n>{ANY}|一)(?:天|(?P<weeks>个?(?:周|星期|礼拜)))|(?:前夕|前夜|前一晚)(?P<eve>)"
    rf")|(?<=\S)(?:(?<![月度年份])的|(?<=新年)|(?<![月度年份的]))第(?P<nth>{SMALL})天"
)
_ZONE = pattern(
    r"(?:北京时间|中国时间|当地时间|本地时间|阳历|公历|新历|gmt\+0?8|utc\+0?8)(?:的|:)?|从?现在(?:开始|起)"
)


# Behind a day: 下周一的这个时候. 三天后的这个时候 is a length.
_DAY = (
    "[周期拜][一二三四五六日天末]", "[今明后每]天", "[今明次每]日", "[0-9一二三四五六七八九十][号日]",
)  # fmt: skip
_BEHIND = "|".join(f"(?<={day})的?|(?<={day}的)" for day in _DAY)
_AS_NOW = pattern(rf"(?:{_BEHIND}){durations.SAME_TIME}")


def _eve(match: re.Match[str], today: date) -> Found:
    if match["nth"]:
        return Shift(whole(match["nth"]) - 1)
    return Shift(-1) if match["way"] is None else _shift(match, today)


_WORDS = (
    _Word(frozenset("北中当本阳公新gu从现"), _ZONE, lambda match, today: Zone()),
    _Word(every.SPAN_STARTS, every.SPAN, lambda match, today: every.read_span(match)),
    _Word(durations.ADVANCE_STARTS, durations.ADVANCE, lambda match, today: durations.read_advance(match), needs="前早"),
    _Word(durations.TIMES_STARTS, durations.TIMES, lambda match, today: durations.read_times(match)),
    _Word(durations.FOR_STARTS, durations.FOR, lambda match, today: durations.read_for(match)),
    _Word(durations.AFTER_STARTS, durations.AFTER, lambda match, today: durations.read_after(match), needs=durations.AFTER_NEEDS),
    _Word(durations.LASTING_STARTS, durations.LASTING, lambda match, today: durations.read_lasting(match)),
    _Word(durations.SOON_STARTS, durations.SOON, lambda match, today: After(length=durations.SHORTLY), weak=True),
    _Word(frozenset("除"), _EXCEPT, _except),
    _Word(frozenset("周星礼"), _EXCLUDED, _except),
    _Word(holidays.LUNAR_STARTS | {"每"}, holidays.LUNAR, _lunar, needs="历月初年"),
    _Word(every.EVERY_STARTS, every.EVERY, lambda match, today: every.read_every(match)),
    _Word(frozenset("的这那此同"), _AS_NOW, lambda match, today: ClockTime(part=Part.AS_NOW, written=match.group()), needs="时刻点会"),
    _Word(frozenset("前后的之第"), _SHIFT, _eve),
    _Word(frozenset("0123456789"), dates.ISO, dates.read_iso),
    _Word(english.ENGLISH_STARTS, english.ENGLISH, english.read_english),
    _Word(dates.DATE_STARTS, dates.MONTH, dates.read_month, needs="月年"),
    _Word(holidays.FESTIVAL_STARTS, holidays.FESTIVAL, holidays.read_festival, weak=True),
    _Word(weekdays.WEEK_STARTS, weekdays.WEEK, weekdays.read_week, needs="年"),
    _Word(weekdays.WEEKDAY_STARTS, weekdays.WEEKDAY, weekdays.read_weekday),
    _Word(dates.DATE_STARTS, dates.WORD, dates.read_word),
    _Word(dates.DATE_STARTS, dates.DAY, dates.read_day, needs="号日"),
    _Word(dates.DATE_STARTS, dates.BARE, dates.read_bare, needs="月"),
    _Word(frozenset("月第最首倒底末尾初"), dates.EDGE, dates.read_edge),
    _Word(frozenset("早两二三23"), clocks.SEVERAL, lambda match, today: clocks.read_several(match)),
    _Word(clocks.CLOCK_STARTS, clocks.CLOCK, lambda match, today: clocks.read_clock(match)),
    _Word(frozenset("0123456789"), dates.APART, dates.read_short),
    _Word(frozenset("0123456789"), dates.SHORT, dates.read_short, weak=True),
    _Word(dates.DATE_STARTS, dates.YEAR_ALONE, dates.read_year, needs="年"),
)  # fmt: skip
_BY_START = {
    start: tuple(word for word in _WORDS if start in word.starts)
    for start in frozenset().union(*(word.starts for word in _WORDS)) | set(STARTS)
}
