"""Finds times of which only a part was read: 下午3;30, 1到|2小时后, 一2月5号, 民天下午3点.

The rest would become a part of the title, and the reminder ring at another time.
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.anchors import Anchor, Weekdays
from wechat_scheduler.reminders.language.clocks import ClockTime
from wechat_scheduler.reminders.language.durations import After
from wechat_scheduler.reminders.language.every import Every, Unit
from wechat_scheduler.reminders.language.misspelt import well_spelt
from wechat_scheduler.reminders.language.numbers import SMALL, STARTS, whole
from wechat_scheduler.reminders.language.refused_sentences import how_long, unread, which_one
from wechat_scheduler.reminders.language.scan import TimeWord, Value

_BEGINS = r"(?:^|[^a-z\d一-龥]|[我等过])"
# Before a number: 1-|2小时后, 一、|两个小时后, 二|十分钟后, 1小|30分钟后.
_NUMBER = pattern(
    rf"{_BEGINS}(?P<cut>[\d{STARTS}]{{1,5}}(?:个半?|天|小时?|钟头|分钟?|周)?[ .,、;到至~加和或·-]{{0,3}})$"
)
# Before any word of time: 下|周五, 明|下午3点, 明上|9点; and a day: 民天|下午3点.
_STRAY = pattern(r"(?:^|[^一-龥]|[我])(?P<cut>[下大后每本] ?|[明后][上下]?)$")
_DAY = pattern(
    r"(?:^|[^一-龥]|我)(?P<cut>大?[明后][无元犬夫太甜大]|(?:周|星期|礼拜)[山伞散吴无巴刘留溜衣医亿意思斯似死]|大?[^全整白当那半聊冬春夏秋某改哪几谁晴雨阴谈每升通航\W\d_a-z][天田] ?)$"
)
_COUNTED = r"(?![\d.%°℃]| ?(?:[a-gi-z]|[个人位名块元毛角斤两克吨公千米里份件本册页杯瓶箱盒包袋条张支把台部辆间层楼栋单号路班届级年月周天日秒度次遍回组套双对只头岁折万亿倍平成门章节课集季期批道题家所室座寸股票]|小时|分(?:钟|之)|教|会议室))"
# 330 and 1430. 502 and 305 are rooms, 2023 is a year, and 315晚会 is a show.
_TIGHT = r"(?!315晚会|20[1-3][1-46-9])(?:(?:0\d|1\d|2[0-4])[0-5]\d|[1-9](?:00|[1-5]\d))"
# Behind a day or a part of one: 3;30, 3 30, 15h30, 830, 3.点.
_CLOCK = (
    rf"(?:[01]?\d|2[0-4])(?: ?[^\w\s一-龥] ?| |h)[0-5]\d{_COUNTED}"
    rf"|\d{{1,2}}(?:[^\w\s]{{1,2}}[点时]|\.(?!\d)|_\d\d)|[ol][点时]"
    rf"|[一二三四五六七八九十]{{1,2}}[ :]?(?:\d\d{_COUNTED}|[二三四五]?十[一二三四五六七八九]?(?![一-龥]点))(?![点时])|{_TIGHT}{_COUNTED}"
)
_AFTER_DAY = pattern(rf"[ ,的]?(?P<cut>{_CLOCK})")
_AFTER_PART = pattern(rf"[ ,的]?(?P<cut>{_CLOCK}|(?!00后)(?:[01]?\d|2[0-4]){_COUNTED})")
_AFTER_HOUR = pattern(
    rf" ?(?P<odd>\d(?! ?\d){_COUNTED}|[二三四五]\d{_COUNTED}|\do|o\d)|"
    r"(?:[ ,;、.]{1,2}|(?<=[点时])(?=\d ))(?P<cut>[0-5]? ?\d ?分)(?![享析组公手部钟之])"
)
# 3、4点 of one day is an estimate, as 三四点 is.
_HOURS = pattern(rf"(?<![\d、{STARTS}周期拜])(?P<one>{SMALL})、(?P<two>{SMALL})[点时](?!间)")
# 4点10分钟会议: ten past four, or ten minutes from four on.
_MINUTES = pattern(
    rf"(?P<hour>{SMALL}[点时])(?P<long>{SMALL}分钟)(?=[一-龥])(?!之?[前后]|提醒|叫|喊|通知|[请要的开吃去出起接送到交在和看])"
)
# 每两三天, 提前5、10分钟.
_ROUGHLY = pattern(
    rf"每隔?[一二两三四五六七八九]{{2}}个?(?:天|小时|分钟|周|月|年|星期)|提前[\d{STARTS}]{{1,4}} ?[、,到至~或-] ?[\d{STARTS}]{{1,4}}个?(?:分|小时|天|周)钟?"
)
# 3-5|天后 is no date.
_LENGTH = pattern(r"(?P<cut>(?<=\d)个?(?:秒|分|小时|钟头|天|周|星期|礼拜|月)钟?[之以]?[后内])")
_PERIODS = (Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR)
_WEEK = pattern(r"[一-龥](?<![的内初末中底日天里要去一二三四五六])$")


def wholly_read(text: str, tokens: Sequence[TimeWord]) -> Sequence[TimeWord]:
    """The tokens of a normalised text. Raises LanguageError for a time of which they are but a part, and for one that is
    misspelt."""
    well_spelt(text, tokens)
    _refuse_estimates(text, tokens)
    for words in _cut(text, tokens):
        raise unread(words)
    return tokens


def _refuse_estimates(text: str, tokens: Sequence[TimeWord]) -> None:
    """Raises LanguageError for a number that has two readings."""
    if roughly := _ROUGHLY.search(text):
        raise how_long(roughly.group())
    if minutes := _MINUTES.search(text):
        raise which_one(minutes.group().removesuffix("钟"), f"{minutes['hour']}，{minutes['long']}")
    found = _HOURS.search(text)
    if found is None or any(isinstance(each.value, Every) for each in tokens):
        return
    if whole(found["two"]) - whole(found["one"]) == 1:
        raise which_one(f"{found['one']}点", f"{found['two']}点")


def _cut(text: str, tokens: Sequence[TimeWord]) -> Iterator[str]:
    end = 0
    last: TimeWord | None = None
    for each in tokens:
        if not each.weak and each.start >= end:
            yield from _before(text[end : each.start], text[each.start : each.end], each, last)
        end, last = each.end, each
    for each, behind in zip_longest(tokens, tokens[1:]):
        found = _behind(text, each)
        if found and (behind is None or behind.start > found[0] or behind.weak):
            yield found[1]


def _before(before: str, word: str, each: TimeWord, last: TimeWord | None) -> Iterator[str]:
    if last is not None and not before and _contradicts(last.value, each.value):
        yield word  # 每天每周
    numbered = word[0] in STARTS and isinstance(each.value, ClockTime | After | Anchor)
    if numbered and (found := _NUMBER.search(before)):
        yield found["cut"] + word
    named = isinstance(each.value, ClockTime | Every | Anchor)
    found = _STRAY.search(before) if named else None
    if found and (found.start() or last is None):  # 春节后第一个周一
        yield found["cut"] + word
    timed = isinstance(each.value, ClockTime)
    if timed and (found := _DAY.search(before)):
        yield found["cut"]
    hour = last is not None and isinstance(last.value, ClockTime) and last.value.hour is not None
    if hour and isinstance(each.value, After) and not before:
        yield word  # 4点10分钟后
    week = isinstance(last.value, Weekdays) and last.value.whole if last else False
    week = week or (
        last is not None and isinstance(last.value, Every) and last.value.unit is Unit.WEEK
    )
    if timed and week and len(before) == 1 and _WEEK.match(before):
        yield before + word


def _contradicts(one: Value, two: Value) -> bool:
    """Whether a repetition follows a more frequent one: 每天每周, 每周每月."""
    if not (isinstance(one, Every) and isinstance(two, Every)):
        return False
    if one.unit not in _PERIODS or two.unit not in _PERIODS:
        return False
    return _PERIODS.index(one.unit) < _PERIODS.index(two.unit)


def _behind(text: str, each: TimeWord) -> tuple[int, str] | None:
    """The place and the words of a clock time that is not read behind a word of time."""
    if each.weak:
        way = _LENGTH
    elif isinstance(each.value, ClockTime):
        way = _AFTER_PART if each.value.hour is None else _AFTER_HOUR
    elif isinstance(each.value, Anchor | Every):
        way = _AFTER_DAY
    else:
        return None
    found = way.match(text, each.end)
    return (found.start(found.lastgroup or 0), text[each.start : found.end()]) if found else None
