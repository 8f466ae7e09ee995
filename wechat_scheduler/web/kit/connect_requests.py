"""Reads the head of a CONNECT (RFC 9110, 9.3.6), and answers one that is refused."""

import base64
import binascii
import re
from typing import Final

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.records import dataclass, field

_HEAD: Final = pattern(
    rb"CONNECT ([A-Za-z0-9.-]{1,80}):(\d{1,5}) HTTP/1\.[01]\r\n(.*)\Z", re.DOTALL
)
_END: Final = b"\r\n\r\n"
_PROOF: Final = pattern(rb"^Proxy-Authorization: *(Basic|Bearer) +([\w.~+/=-]+) *\r$", re.I | re.M)


class TunnelRefusedError(Exception):
    """`status` is a code with its words. Clients show the body to no one, and some the words of the status: the sentence
    stands in both."""

    def __init__(self, status: str, sentence: str, *, header: str = "", consumer: str = "") -> None:
        super().__init__(sentence)
        self.status, self.consumer = status, consumer
        self.sentence = " ".join(sentence.split())
        self.response = (
            f"HTTP/1.1 {status}: {self.sentence}\r\n{header}Connection: close\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {len(self.sentence.encode()) + 1}\r\n\r\n{self.sentence}\n"
        ).encode()


@dataclass(frozen=True, slots=True)
class ConnectHead:
    """Where the client wants to go, and the secret that it shows; empty without one."""

    host: str
    port: int
    secret: str = field(repr=False)


def wish_in(head: bytes) -> ConnectHead | None:
    """The head; None if these bytes are not a CONNECT, or more than its head."""
    found = _HEAD.match(head)
    if found is None or head.find(_END) != len(head) - len(_END):
        return None
    return ConnectHead(found[1].decode().lower(), int(found[2]), _secret(found[3]))


def _secret(lines: bytes) -> str:
    found = _PROOF.search(lines)
    if found is None:
        return ""
    if found[1].lower() == b"bearer":
        return found[2].decode()
    try:
        return base64.b64decode(found[2], validate=True).partition(b":")[2].decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
