"""Small plots: bars over hours or days as SVG, with a table behind for those who do not see them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple, TypeAlias

from wechat_scheduler.web.console.parts import table
from wechat_scheduler.web.console.visit import COMMA, ZONE, Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

Tone: TypeAlias = Literal["good", "warn", "bad"]

HOUR, DAY = W("Hour", "小时"), W("Date", "日期")
AS_TABLE = W("As a table", "以表格显示")
NOTHING = W("Nothing in this time.", "这段时间里没有。")
MOST = W("most {number}", "最高 {number}")
# Marks on the axis of the times.
_MARKS: Final = 4
# The height of a plot in its own units; its width is the number of its periods.
_HEIGHT: Final = 100
_GAP: Final = 0.22
# A bar of one among thousands is still seen.
_LEAST: Final = 3.0

_PLOT: Final = """<div class="plot"><p class="axis faint">{most}</p>
<svg viewBox="0 0 {width} {height}" preserveAspectRatio="none" aria-hidden="true" focusable="false">{marks}{bars}</svg>
<p class="axis times faint" aria-hidden="true">{times}</p></div>
<details class="behind"><summary>{as_table}<span class="hidden"> – {name}</span></summary>{table}</details>"""


class PlotValues(NamedTuple):
    """What is drawn in one tone: a number for each period."""

    words: Words
    tone: Tone
    values: Sequence[int]


class PlotTimes(NamedTuple):
    """The beginnings of the periods, which are hours or days."""

    begins: Sequence[datetime]
    are_days: bool

    def short(self, at: datetime) -> str:
        return f"{at.astimezone(ZONE):{'%m-%d' if self.are_days else '%H:%M'}}"

    def whole(self, at: datetime) -> str:
        return f"{at.astimezone(ZONE):{'%Y-%m-%d' if self.are_days else '%m-%d %H:%M'}}"


def plot(visit: Visit, name: Words, times: PlotTimes, series: Sequence[PlotValues]) -> Html:
    """The series on one another, a bar for each period; the first is at the bottom. Without numbers it is a
    sentence."""
    most = max(map(sum, zip(*(one.values for one in series), strict=True)), default=0)
    if not most:
        return fill('<p class="empty">{nothing}</p>', nothing=visit.say(NOTHING))
    return fill(
        _PLOT,
        most=visit.say(MOST, number=shown(most)),
        width=len(times.begins),
        height=_HEIGHT,
        marks=list(_marks(len(times.begins))),
        bars=list(_bars(visit, times, series, most)),
        times=list(_labels(times)),
        as_table=visit.say(AS_TABLE),
        name=visit.say(name),
        table=_table(visit, name, times, series),
    )


def shown(number: int) -> str:
    """A number as a person reads it."""
    return f"{number:,}"


def _marks(width: int) -> Iterator[Html]:
    yield fill('<line class="base" x1="0" x2="{width}" y1="{y}" y2="{y}"/>', width=width, y=_HEIGHT)
    for mark in range(1, _MARKS):
        x = _number(mark * width / _MARKS)
        yield fill('<line class="mark" x1="{x}" x2="{x}" y1="0" y2="{y}"/>', x=x, y=_HEIGHT)


def _labels(times: PlotTimes) -> Iterator[Html]:
    for mark in range(_MARKS):
        at = times.begins[mark * len(times.begins) // _MARKS]
        yield fill("<span>{label}</span> ", label=times.short(at))


def _bars(
    visit: Visit, times: PlotTimes, series: Sequence[PlotValues], most: int
) -> Iterator[Html]:
    for place, at in enumerate(times.begins):
        numbers = [one.values[place] for one in series]
        if not any(numbers):
            continue
        said = visit.say(COMMA).join(
            f"{visit.say(one.words)} {shown(number)}"
            for one, number in zip(series, numbers, strict=True)
            if number
        )
        yield fill(
            '<g><title>{at} · {said}</title><rect class="reach" x="{x}" y="0" width="1" height="{height}"/>{rects}</g>',
            at=times.whole(at),
            said=said,
            x=place,
            height=_HEIGHT,
            rects=list(_stack(place, [one.tone for one in series], numbers, most)),
        )


def _stack(place: int, tones: Sequence[Tone], numbers: Sequence[int], most: int) -> Iterator[Html]:
    left, top = _number(place + _GAP / 2), float(_HEIGHT)
    for tone, number in zip(tones, numbers, strict=True):
        if not number:
            continue
        height = min(max(number * _HEIGHT / most, _LEAST), top)
        top -= height
        yield fill(
            '<rect class="{tone}" x="{x}" y="{y}" width="{width}" height="{height}"/>',
            tone=tone,
            x=left,
            y=_number(top),
            width=_number(1 - _GAP),
            height=_number(height),
        )


def _table(visit: Visit, name: Words, times: PlotTimes, series: Sequence[PlotValues]) -> Html:
    """The newest first; periods in which nothing happened are left out."""
    rows = [
        [times.whole(at), *(shown(one.values[place]) for one in series)]
        for place, at in enumerate(times.begins)
        if any(one.values[place] for one in series)
    ]
    heads = [DAY if times.are_days else HOUR, *(one.words for one in series)]
    return table(visit, name, heads, reversed(rows), empty=NOTHING)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
