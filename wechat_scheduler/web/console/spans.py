"""Lengths of time in words. Each is told by the nearest number of its smallest unit."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final, NamedTuple

from wechat_scheduler.web.console.words import Words

W = Words


class _TimeUnit(NamedTuple):
    span: timedelta
    length: Words
    ahead: Words
    past: Words


SOON = W("in under a minute", "不到 1 分钟后")
JUST = W("just now", "刚刚")
DAY: Final = _TimeUnit(
    timedelta(days=1), W("{n} d", "{n} 天"), W("in {n} d", "{n} 天后"), W("{n} d ago", "{n} 天前")
)
HOUR: Final = _TimeUnit(
    timedelta(hours=1),
    W("{n} h", "{n} 小时"),
    W("in {n} h", "{n} 小时后"),
    W("{n} h ago", "{n} 小时前"),
)
MINUTE: Final = _TimeUnit(
    timedelta(minutes=1),
    W("{n} min", "{n} 分钟"),
    W("in {n} min", "{n} 分钟后"),
    W("{n} min ago", "{n} 分钟前"),
)
SECOND: Final = _TimeUnit(timedelta(seconds=1), W("{n} s", "{n} 秒"), SOON, JUST)
UNITS: Final = (DAY, HOUR, MINUTE, SECOND)
# What is shown of a length whose largest unit is the one in this place.
_SMALLEST: Final = (HOUR, MINUTE, MINUTE, SECOND)


def length(span: timedelta) -> Iterator[Words]:
    """Days and hours, hours and minutes, minutes, or seconds."""
    at = _largest(span, (MINUTE, MINUTE, SECOND))
    unit, smallest = UNITS[at], _SMALLEST[at]
    number, rest = divmod(round(span / smallest.span) * smallest.span, unit.span)
    yield _counted(unit.length, number)
    if rest:
        yield _counted(smallest.length, rest // smallest.span)


def distance(away: timedelta) -> Words:
    """How far from now an instant is, in one unit; it is past if `away` is negative."""
    unit = UNITS[_largest(abs(away), (HOUR, MINUTE, SECOND))]
    words = unit.ahead if away > timedelta(0) else unit.past
    return _counted(words, round(abs(away) / unit.span))


def _counted(words: Words, n: int) -> Words:
    """As `filled` does, without a look at the value: a number begins and ends with no punctuation."""
    return Words(words.en.format(n=n), words.zh.format(n=n))


def _largest(span: timedelta, rounding: tuple[_TimeUnit, ...]) -> int:
    """The place of the largest unit that fits. What is nearly one is one, if the smaller unit would round it up."""
    units = zip(UNITS, rounding, strict=False)
    fits = (at for at, (unit, by) in enumerate(units) if span >= unit.span - by.span / 2)
    return next(fits, len(UNITS) - 1)
