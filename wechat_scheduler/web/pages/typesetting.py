"""Chinese lines: where they may break, and how a text is cut to the room there is.

A break is allowed around any Chinese character, never inside a word, never before a mark that
closes and never after one that opens (the basic rule of GB/T 15834: no line begins with `，`).
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

CLOSING: Final = "，。！？、；：”’）》」』】〉〕…—·～,.!?;:)]}%％°℃"
OPENING: Final = "“‘（《「『【〈〔([{"
ELLIPSIS: Final = "…"

_WIDE = "\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
# With what opens before it and what closes after it: a word, or one wide character.
_UNIT = re.compile(
    rf"[{re.escape(OPENING)}]*(?:[^\s{_WIDE}{re.escape(OPENING)}]+|[{_WIDE}])"
    rf"[{re.escape(CLOSING)}]*|\s|."
)

Measure = Callable[[str], float]


def wrap(text: str, width: float, measure: Measure) -> list[str]:
    """`text` in lines no wider than `width`; empty lines go, line breaks stay."""
    paragraphs = (paragraph.strip() for paragraph in text.splitlines())
    return [line for it in paragraphs if it for line in _lines(it, width, measure)]


def cut(lines: Sequence[str], most: int, width: float, measure: Measure) -> list[str]:
    """The first `most` lines; an ellipsis says that there were more."""
    if len(lines) <= most:
        return list(lines)
    return [*lines[: most - 1], _with_ellipsis(lines[most - 1], width, measure)]


def shorten(text: str, width: float, measure: Measure) -> str:
    """`text` if it is no wider than `width`, else its beginning and an ellipsis."""
    return text if measure(text) <= width else _with_ellipsis(text, width, measure)


def _with_ellipsis(text: str, width: float, measure: Measure) -> str:
    kept = text
    while kept and measure(kept + ELLIPSIS) > width:
        kept = kept[:-1]
    return kept.rstrip(f" {CLOSING}{OPENING}") + ELLIPSIS


def _lines(paragraph: str, width: float, measure: Measure) -> list[str]:
    lines, line = [], ""
    for unit in _units(paragraph, width, measure):
        if line and measure(line + unit.rstrip()) > width:
            lines.append(line.rstrip())
            line = unit.lstrip()
        else:
            line += unit
    return [*lines, line.rstrip()] if line.strip() else lines


def _units(paragraph: str, width: float, measure: Measure) -> list[str]:
    """What stays together; a word wider than a whole line is taken apart."""
    units = []
    for unit in _UNIT.findall(paragraph):
        units += [unit] if measure(unit) <= width else list(unit)
    return units
