"""Draws a reminder's poster. Loads Pillow: import this module with the first poster."""

import io
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw

from wechat_scheduler.web.pages.fonts import Font
from wechat_scheduler.web.pages.poster import Poster
from wechat_scheduler.web.pages.qr import qr_png
from wechat_scheduler.web.pages.typesetting import Typeface, cut, shorten, wrap

WIDTH: Final = 1080
HEIGHT: Final = 1440
SKY: Final = ("#4f8df9", "#7a5cf0")
WHITE: Final = "#ffffff"
QUOTE: Final = "#3784f8"
INK: Final = "#545255"

# Sizes and margins in pixels.
AVATAR: Final = 120
QR: Final = 200
RIGHT: Final = 70
BOTTOM: Final = 40
NAME_SIZE: Final = 60
TEXT_WIDTH: Final = WIDTH * 8 // 10
TEXT_HEIGHT: Final = HEIGHT * 4 // 10

TOP: Final = 80
CARD: Final = (54, 262, WIDTH - 54, 1146)
QUOTE_SIZE: Final = 200
INSET: Final = 52
LEADING: Final = 1.5
# The largest size that fits the whole text; else the text is cut at the smallest.
TEXT_SIZES: Final = (84, 68, 54)
# Characters. More never fits.
LONGEST: Final = 1500
LONGEST_NAME: Final = 40
SHARED: Final = "分享的提醒"
ASKED: Final = "长按识别二维码，到时微信提醒你"
FOOT_STEP: Final = 62

RIM: Final = 5
# The circle is drawn this many times larger and scaled down, so that its edge is smooth.
FINER: Final = 4


def draw_poster(poster: Poster, *, font: Font) -> bytes:
    """A PNG of 1080 by 1440 pixels. Takes some tenths of a second: call it in a thread.

    Raises UnavailableError if `font` cannot be read, and InvalidRequestError if `poster.qr` is too
    long for a QR code.
    """
    image = _ground()
    _draw_sharer(image, poster.sharer, font)
    _draw_text(image, poster.text, font)
    _draw_code(image, poster.qr)
    _draw_foot(image, [poster.title, poster.time], font)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _ground() -> Image.Image:
    """The gradient, two pale discs, and the card for the text."""
    shade = Image.linear_gradient("L").rotate(20, expand=True).crop((62, 62, 256, 256))
    lower, upper = (Image.new("RGB", (WIDTH, HEIGHT), colour) for colour in reversed(SKY))
    image = Image.composite(lower, upper, shade.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))
    pen = ImageDraw.Draw(image, "RGBA")
    pen.circle((WIDTH - 60, 60), 260, fill="#ffffff14")
    pen.circle((60, HEIGHT - 40), 320, fill="#ffffff10")
    pen.rounded_rectangle((CARD[0], CARD[1] + 10, CARD[2], CARD[3] + 10), 44, fill="#1b1b6018")
    pen.rounded_rectangle(CARD, 44, fill=WHITE)
    return image


def _draw_sharer(image: Image.Image, sharer: str, font: Font) -> None:
    face = Typeface(font, NAME_SIZE)
    name = face.drawable(" ".join(sharer[:LONGEST_NAME].split()))
    portrait = _initial_disc(name[:1], AVATAR, face)
    image.paste(portrait, (RIGHT, TOP), portrait)
    left = RIGHT + AVATAR + 28
    room = WIDTH - RIGHT - left - face.width(SHARED)
    pen = ImageDraw.Draw(image)
    line = shorten(name, room, face.width) + SHARED
    pen.text((left, TOP + AVATAR // 2), line, font=face.font, fill=WHITE, anchor="lm")


def _draw_text(image: Image.Image, text: str, font: Font) -> None:
    face, lines = _fitted(text[:LONGEST], font)
    step = face.size * LEADING
    first = (CARD[1] + CARD[3] - step * len(lines)) / 2 + step / 2
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        middle = (WIDTH / 2, first + number * step)
        pen.text(middle, line, font=face.font, fill=INK, anchor="mm")
    _draw_quotes(image, Typeface(font, QUOTE_SIZE))


def _draw_quotes(image: Image.Image, face: Typeface) -> None:
    """Quotation marks in two corners of the card. They are placed by their ink, as a Chinese font draws
    them in one corner of a wide box."""
    opening, closing = face.ink("“"), face.ink("”")
    image.paste(QUOTE, (CARD[0] + INSET, CARD[1] + INSET), opening)
    right, bottom = CARD[2] - INSET, CARD[3] - INSET
    image.paste(QUOTE, (right - closing.width, bottom - closing.height), closing)


def _fitted(text: str, font: Font) -> tuple[Typeface, list[str]]:
    for size in TEXT_SIZES:
        face = Typeface(font, size)
        most = int(TEXT_HEIGHT // (size * LEADING))
        lines = wrap(face.drawable(text), TEXT_WIDTH, face.width, most=most + 1)
        if len(lines) <= most:
            break
    return face, cut(lines, most, TEXT_WIDTH, face.width)


def _draw_code(image: Image.Image, qr: str) -> None:
    left, top = WIDTH - RIGHT - QR, HEIGHT - BOTTOM - QR
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((left, top, left + QR - 1, top + QR - 1), 18, fill=WHITE)
    with Image.open(io.BytesIO(qr_png(qr, size=QR))) as code:
        fitted = code.convert("RGB")
    if fitted.width > QR:  # a long text needs more modules than there are pixels
        fitted = fitted.resize((QR, QR), Image.Resampling.LANCZOS)
    inset = (QR - fitted.width) // 2
    image.paste(fitted, (left + inset, top + inset))


def _draw_foot(image: Image.Image, facts: Sequence[str], font: Font) -> None:
    """Title and time, unless empty, and what to do with the code beside them."""
    pen, room = ImageDraw.Draw(image), WIDTH - 2 * RIGHT - QR - INSET
    large, small = Typeface(font, 42), Typeface(font, 30)
    told = [shorten(large.drawable(" ".join(fact.split())), room, large.width) for fact in facts]
    lines = [(line, large, WHITE) for line in told if line]
    lines.append((ASKED, small, "#e6e9ff"))
    first = HEIGHT - BOTTOM - QR // 2 - FOOT_STEP * (len(lines) - 1) // 2
    for number, (line, face, colour) in enumerate(lines):
        place = (RIGHT, first + number * FOOT_STEP)
        pen.text(place, line, font=face.font, fill=colour, anchor="lm")


def _initial_disc(initial: str, size: int, face: Typeface) -> Image.Image:
    """The letter in a circle with a white rim, RGBA, `size` pixels across."""
    picture = _lettered(initial, size, face)
    shape = Image.new("L", (size * FINER, size * FINER))
    ImageDraw.Draw(shape).ellipse((0, 0, size * FINER - 1, size * FINER - 1), fill=255)
    mask = shape.resize((size, size), Image.Resampling.LANCZOS)
    inner = shape.resize((size - 2 * RIM, size - 2 * RIM), Image.Resampling.LANCZOS)
    disc = Image.new("RGB", (size, size), "white")
    disc.paste(picture.crop((RIM, RIM, size - RIM, size - RIM)), (RIM, RIM), inner)
    disc.putalpha(mask)
    return disc


def _lettered(initial: str, size: int, face: Typeface) -> Image.Image:
    tile = Image.new("RGB", (size, size), "#3a6fd8")
    pen = ImageDraw.Draw(tile)
    pen.text((size / 2, size / 2), initial.upper(), font=face.font, fill="white", anchor="mm")
    return tile
