"""A person's picture in a circle, or the initial of their name."""

import io
from typing import Final

from PIL import Image, ImageDraw, ImageOps

from wechat_scheduler.web.pages.typeface import Typeface

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
# An avatar of WeChat's has 640 by 640. More is somebody's attempt at our memory.
MOST_BYTES: Final = 4 * 1024 * 1024
MOST_PIXELS: Final = 16_000_000
RIM: Final = 5
# Drawn larger and scaled down, so that its edge is smooth.
FINER: Final = 4


def round_avatar(data: bytes | None, size: int, *, initial: str, face: Typeface) -> Image.Image:
    """RGBA, `size` pixels across, with a white rim."""
    picture = _opened(data, size) or _lettered(initial, size, face)
    shape = Image.new("L", (size * FINER, size * FINER))
    ImageDraw.Draw(shape).ellipse((0, 0, size * FINER - 1, size * FINER - 1), fill=255)
    mask = shape.resize((size, size), Image.Resampling.LANCZOS)
    inner = shape.resize((size - 2 * RIM, size - 2 * RIM), Image.Resampling.LANCZOS)
    disc = Image.new("RGB", (size, size), "white")
    disc.paste(picture.crop((RIM, RIM, size - RIM, size - RIM)), (RIM, RIM), inner)
    disc.putalpha(mask)
    return disc


def _opened(data: bytes | None, size: int) -> Image.Image | None:
    """None for what is no picture, or too much of one."""
    if not data or len(data) > MOST_BYTES:
        return None
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            return ImageOps.fit(ImageOps.exif_transpose(image).convert("RGB"), (size, size))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return None


def _lettered(initial: str, size: int, face: Typeface) -> Image.Image:
    tile = Image.new("RGB", (size, size), "#3a6fd8")
    pen = ImageDraw.Draw(tile)
    pen.text((size / 2, size / 2), initial.upper(), font=face.font, fill="white", anchor="mm")
    return tile
