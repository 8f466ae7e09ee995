"""The facts of a reminder's poster; `poster_layout` draws it."""

from wechat_scheduler.engine.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """`qr` is the text of the QR code. `title` and `time` stand beside the code, unless they are empty."""

    sharer: str
    text: str
    qr: str
    title: str = ""
    time: str = ""
