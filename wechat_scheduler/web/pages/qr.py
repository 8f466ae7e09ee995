"""QR codes as images."""

import base64
import io
from typing import TYPE_CHECKING, Final

from wechat_scheduler.errors import InvalidRequestError

if TYPE_CHECKING:
    import segno

# Modules of white around a code, as the standard demands.
QUIET_ZONE: Final = 4
QUALITY: Final = 90


def qr_png(text: str, *, size: int = 400) -> bytes:
    """A square PNG of at most `size` pixels a side, with as many whole pixels a module as fit.

    A code with more modules than `size` has one pixel a module. Raises InvalidRequestError if `text`
    is longer than a QR code holds (about 2,300 bytes).
    """
    code = _code(text)
    modules, _ = code.symbol_size(border=QUIET_ZONE)
    out = io.BytesIO()
    code.save(out, kind="png", scale=max(1, size // modules), border=QUIET_ZONE)
    return out.getvalue()


def qr_jpeg(text: str) -> bytes:
    """The code as a JPEG. Raises as `qr_png` does."""
    from PIL import Image

    out = io.BytesIO()
    with Image.open(io.BytesIO(qr_png(text))) as image:
        image.convert("L").save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def qr_data(text: str, *, size: int = 400) -> str:
    """A `data:` address for `<img>`. WeChat's browser reads the code of an `<img>` on a long press, and not
    that of an inline `<svg>`. Raises as `qr_png` does."""
    return f"data:image/png;base64,{base64.b64encode(qr_png(text, size=size)).decode()}"


def qr_svg_data(text: str) -> str:
    """A `data:` address of an SVG, for print. Raises as `qr_png` does."""
    return _code(text).svg_data_uri(border=QUIET_ZONE, scale=8)


def _code(text: str) -> "segno.QRCode":
    import segno

    try:
        return segno.make_qr(text, error="m", boost_error=True)
    except segno.DataOverflowError as error:
        raise InvalidRequestError("not a text that a qr code can hold") from error
