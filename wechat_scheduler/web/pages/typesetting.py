"""A font at a size, and texts in lines.

A line may break around any Chinese character, but not inside a word, before a closing mark or after an
opening one (GB/T 15834: no line begins with `，`).
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from wechat_scheduler.errors import UnavailableError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.pages.fonts import LATER, Font

CLOSING: Final = "，。！？、；：”’）》」』】〉〕…—·～,.!?;:)]}%％°℃"
OPENING: Final = "“‘（《「『【〈〔([{"
ELLIPSIS: Final = "…"

_WIDE = "\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
# A word or one wide character, with the opening marks before it and the closing ones after it.
_UNIT = re.compile(
    rf"[{re.escape(OPENING)}]*(?:[^\s{_WIDE}{re.escape(OPENING)}]+|[{_WIDE}])"
    rf"[{re.escape(CLOSING)}]*|\s|."
)

# A noncharacter: fonts draw the same box for it as for every character that they lack.
LACKING: Final = "\uffff"
# Controls, formats (joiners), surrogates, private and unassigned characters.
INVISIBLE: Final = {"Cc", "Cf", "Cs", "Co", "Cn"}
# Chinese needs no shaping, and the shaper fails on some texts.
PLAIN: Final = ImageFont.Layout.BASIC

Measure = Callable[[str], float]


class Typeface:
    """A font at a size in pixels. Raises UnavailableError if the file cannot be read as a font."""

    def __init__(self, font: Font, size: int) -> None:
        self.size = size
        try:
            self.font = ImageFont.truetype(font.path, size, font.number, layout_engine=PLAIN)
        except OSError as error:
            message = f"the poster's font {font.path} cannot be read"
            raise UnavailableError(
                message, reason=Reason.DAEMON_UNREADY, retry_after=LATER
            ) from error

    def width(self, text: str) -> float:
        """The width in pixels."""
        return self.font.getlength(text)

    def ink(self, text: str) -> Image.Image:
        """The text as a mask, without the empty room around it."""
        sheet = Image.new("L", (self.size * (len(text) + 2), self.size * 3))
        ImageDraw.Draw(sheet).text((self.size, self.size), text, font=self.font, fill=255)
        return sheet.crop(sheet.getbbox())

    def drawable(self, text: str) -> str:
        """`text` without the characters that the font lacks (emoji, mostly)."""
        composed = unicodedata.normalize("NFC", text.replace("\t", " "))
        lacking = {char for char in set(composed) if not self._has(char)}
        return "".join(char for char in composed if char not in lacking)

    def _has(self, char: str) -> bool:
        if char in " \n\u3000":
            return True
        if unicodedata.category(char) in INVISIBLE or "\ufe00" <= char <= "\ufe0f":
            return False
        return self._shape(char) != self._box

    @cached_property
    def _box(self) -> bytes:
        return self._shape(LACKING)

    def _shape(self, char: str) -> bytes:
        return bytes(self.font.getmask(char))


def wrap(text: str, width: float, measure: Measure, *, most: int | None = None) -> list[str]:
    """`text` in lines no wider than `width`, the first `most` of them. Line breaks are kept, empty lines are not."""
    paragraphs = (paragraph.strip() for paragraph in text.splitlines())
    lines = (line for it in paragraphs if it for line in _lines(it, width, measure))
    return list(islice(lines, most))


def cut(lines: Sequence[str], most: int, width: float, measure: Measure) -> list[str]:
    """The first `most` lines, with an ellipsis if there are more."""
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


def _lines(paragraph: str, width: float, measure: Measure) -> Iterator[str]:
    line = ""
    for unit in _units(paragraph, width, measure):
        if line and measure(line + unit.rstrip()) > width:
            yield line.rstrip()
            line = unit.lstrip()
        else:
            line += unit
    if line.strip():
        yield line.rstrip()


def _units(paragraph: str, width: float, measure: Measure) -> Iterator[str]:
    """The pieces that do not break; a word wider than a line is broken into characters."""
    for found in _UNIT.finditer(paragraph):
        unit = found.group()
        yield from [unit] if measure(unit) <= width else unit
