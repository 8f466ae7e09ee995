"""Reads the head of a CONNECT (RFC 9110, 9.3.6)."""

import base64
import binascii
import re
from typing import Final

from wechat_scheduler.engine.records import dataclass, field

_HEAD: Final = re.compile(
    rb"CONNECT ([A-Za-z0-9.-]{1,80}):(\d{1,5}) HTTP/1\.[01]\r\n(.*)\Z", re.DOTALL
)
_PROOF: Final = re.compile(
    rb"^Proxy-Authorization: *(Basic|Bearer) +([\w.~+/=-]+) *\r$", re.I | re.M
)


@dataclass(frozen=True, slots=True)
class ConnectHead:
    """Where the client wants to go, and the secret that it shows; empty without one."""

    host: str
    port: int
    secret: str = field(repr=False)


def wish_in(head: bytes) -> ConnectHead | None:
    """The head; None if these bytes are not a CONNECT, or more than its head."""
    found = _HEAD.match(head)
    if found is None or not head.endswith(b"\r\n\r\n"):
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
