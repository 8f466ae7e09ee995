import io
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import pytest
import segno
from PIL import Image

from wechat_scheduler.errors import UnavailableError
from wechat_scheduler.web.pages.fonts import Font
from wechat_scheduler.web.pages.poster import Poster
from wechat_scheduler.web.pages.poster_layout import (
    CARD,
    INK,
    INSET,
    QUOTE,
    TEXT_HEIGHT,
    TEXT_SIZES,
    TEXT_WIDTH,
    draw_poster,
)
from wechat_scheduler.web.pages.typesetting import Typeface, cut, wrap

FONT = Font(pylopdf_fonts_zh_cn.sans_path())
LINK = "http://weixin.qq.com/q/02abcdefghijklmnop"
# The white plate of 200 by 200, at 70 and 40 from the corner.
PLATE = (1080 - 70 - 200 + 9, 1440 - 40 - 200 + 9, 1080 - 70 - 9, 1440 - 40 - 9)
INNER = (CARD[0] + INSET, CARD[1] + INSET + 90, CARD[2] - INSET, CARD[3] - INSET - 90)


@cache
def drawn(text: str = "还信用卡", sharer: str = "小明", **fields: Any) -> Image.Image:
    poster = Poster(sharer=sharer, text=text, qr=LINK, **fields)
    return Image.open(io.BytesIO(draw_poster(poster, font=FONT))).convert("RGB")


def inked(image: Image.Image, box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Where the white in `box` is drawn on."""
    dark = image.crop(box).convert("L").point(lambda level: 255 * (level < 200))
    return dark.getbbox() or (0, 0, 0, 0)


def modules(image: Image.Image) -> list[list[bool]]:
    """The code in the corner, read at the centre of each module."""
    code = image.crop(PLATE).crop(inked(image, PLATE)).convert("L")
    count = len(segno.make_qr(LINK, error="m").matrix)
    small = code.resize((count, count), Image.Resampling.NEAREST)
    return [[small.getpixel((x, y)) == 0 for x in range(count)] for y in range(count)]


def test_the_code_in_the_corner_is_the_one_that_subscribes() -> None:
    image = drawn()

    assert image.size == (1080, 1440)
    expected = [[bool(module) for module in row] for row in segno.make_qr(LINK, error="m").matrix]
    assert modules(image) == expected


def test_the_text_stands_in_the_middle_in_its_colour() -> None:
    image = drawn("明天下午三点开会")

    left, top, right, bottom = inked(image, INNER)
    colours = {colour for _, colour in image.crop(INNER).getcolors(1 << 20) or []}
    assert abs((left + right) - (INNER[2] - INNER[0])) < 20
    assert abs((top + bottom) - (INNER[3] - INNER[1])) < 60
    assert tuple(bytes.fromhex(INK[1:])) in colours


def test_a_long_text_keeps_to_its_room_and_ends_in_an_ellipsis() -> None:
    text = "还信用卡，" * 2000
    face = Typeface(FONT, TEXT_SIZES[-1])

    image = drawn(text)

    left, top, right, bottom = inked(image, INNER)
    lines = wrap(text[:500], TEXT_WIDTH, face.width)
    shown = cut(lines, 7, TEXT_WIDTH, face.width)
    assert right - left <= TEXT_WIDTH
    assert TEXT_HEIGHT * 0.8 < bottom - top <= TEXT_HEIGHT
    assert shown[-1].endswith("还信用…")
    assert image.tobytes() == drawn("\n".join(shown)).tobytes()


def test_the_quotes_are_blue() -> None:
    corner = drawn().crop((CARD[0], CARD[1], CARD[0] + 200, CARD[1] + 150))

    assert tuple(bytes.fromhex(QUOTE[1:])) in {
        colour for _, colour in corner.getcolors(1 << 20) or []
    }


LACKING = [
    ("还信用卡💳", "小明💳"),
    ("还信\u200d用卡\ufe0f", "小\u200d明"),
    ("还\x07信用卡\U000e0001", " 小明 "),
]


def test_what_the_font_lacks_is_dropped_and_not_boxed() -> None:
    wrong = [
        (text, name) for text, name in LACKING if drawn(text, name).tobytes() != drawn().tobytes()
    ]

    assert wrong == []


def test_any_name_can_be_drawn() -> None:
    for name in ("", "💳", "a\nb", "名" * 10_000):
        assert drawn(sharer=name).size == (1080, 1440), name[:9]


def test_a_font_that_is_none_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_text("no font")

    with pytest.raises(UnavailableError, match=r"font .*a\.ttf cannot be read"):
        draw_poster(Poster(sharer="a", text="a", qr="a"), font=Font(tmp_path / "a.ttf"))
