"""A font at a size: how wide a text is in it, and which characters it has."""

import unicodedata
from functools import cached_property
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from wechat_scheduler.errors import UnavailableError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.pages.fonts import LATER, Font

# A noncharacter: what is drawn for it is drawn for everything that a font lacks.
LACKING: Final = "\uffff"
# Controls, formats (joiners), surrogates, private and unassigned: nothing to see in any of them.
INVISIBLE: Final = {"Cc", "Cf", "Cs", "Co", "Cn"}
# Chinese needs no shaping, and the shaper, where there is one, fails on some texts.
PLAIN: Final = ImageFont.Layout.BASIC


class Typeface:
    """Raises UnavailableError if the file cannot be read as a font."""

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
        """In pixels."""
        return self.font.getlength(text)

    def ink(self, text: str) -> Image.Image:
        """A mask of nothing but what is inked."""
        sheet = Image.new("L", (self.size * (len(text) + 2), self.size * 3))
        ImageDraw.Draw(sheet).text((self.size, self.size), text, font=self.font, fill=255)
        return sheet.crop(sheet.getbbox())

    def drawable(self, text: str) -> str:
        """`text` without what the font lacks (emoji, mostly): dropped, rather than boxed."""
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
