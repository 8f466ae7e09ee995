"""Mends what people type and XML forbids: WeChat pushes it all the same."""

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.pushes.model import Mending

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# "Char" of XML 1.0.
_FORBIDDEN = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SURROGATE = pattern("[\ud800-\udfff]")


class Mender:
    """Mends one message; `done` tells what it had to mend."""

    def __init__(self) -> None:
        self.done: set[Mending] = set()

    def decode(self, document: bytes) -> str:
        """The text of a document in UTF-8, without a byte order mark. Bytes of no character become
        U+FFFD."""
        try:
            return document.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.done.add(Mending.ENCODING)
            return document.decode("utf-8-sig", "replace")

    def mend(self, text: str) -> str:
        """Drops the characters that XML forbids; half a surrogate pair becomes U+FFFD."""
        if _SURROGATE.search(text):
            self.done.add(Mending.ENCODING)
            text = _SURROGATE.sub(REPLACEMENT, text)
        if _FORBIDDEN.search(text):
            self.done.add(Mending.CHARACTERS)
            text = _FORBIDDEN.sub("", text)
        return text
