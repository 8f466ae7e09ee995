"""The poster of a reminder."""

from dataclasses import dataclass

from wechat_scheduler.errors import UnavailableError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.pages.fonts import LATER, Font


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """`avatar` is an image file (JPEG, PNG, WebP or GIF), None or unreadable: the name's initial;
    `qr` what the QR code holds. `title` and `time` stand beside the code; empty ones do not."""

    sharer: str
    text: str
    qr: str
    title: str = ""
    time: str = ""
    avatar: bytes | None = None


def draw_poster(poster: Poster, *, font: Font) -> bytes:
    """A PNG of 1080 by 1440 pixels. Some tenths of a second of work: call it in a thread.

    Raises UnavailableError that names what to install without Pillow, or if `font` cannot be
    read; InvalidRequestError if a QR code cannot hold `qr`.
    """
    try:
        from wechat_scheduler.web.pages.drawing import draw
    except ImportError as error:
        message = "posters need Pillow: install wechat-scheduler[poster]"
        raise UnavailableError(message, reason=Reason.DAEMON_UNREADY, retry_after=LATER) from error
    return draw(poster, font=font)
