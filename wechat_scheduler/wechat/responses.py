"""HTTP responses of WeChat, and the ordinary ones among them: whole, and with nothing unusual in their head."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from wechat_scheduler.engine.patterns import pattern


class Received(NamedTuple):
    """A response: its status, its header Date (empty without one), and its body."""

    status: int
    date: str
    body: bytes


class WholeResponse(NamedTuple):
    """A response with status 200: its reason, its headers, and its body."""

    reason: str
    headers: Sequence[tuple[str, str]]
    body: bytes


# The head of an ordinary response: no line tells of another way to write the body, or of the connection's end.
_HEAD: Final = pattern(
    rb"HTTP/1\.1 200 [ -~]*\r\n(?i:(?:"
    rb"Content-Length: (?P<length>\d{1,7})|Date: (?P<date>[\w:, ]{29})|Connection: keep-alive"
    rb"|(?!Con(?!tent-Type:)|Date|HTTP|Keep|Proxy|T|Upg)[A-Za-z][A-Za-z0-9-]*: [ -~]*"
    rb")\r\n)+\r\n",
)
# Bytes and lines of such a head. WeChat's have some 200 bytes.
LONGEST_HEAD: Final = 2048
MOST_LINES: Final = 32
_REASON: Final = len("HTTP/1.1 200 ")


def ordinary(data: bytes) -> Received | None:
    """The response that these bytes are, if aiohttp is sure to read the same."""
    head = _ordinary_head(data)
    if head is None:
        return None
    date = head["date"]
    return Received(200, date.decode() if date else "", data[head.end() :])


def whole(data: bytes) -> WholeResponse | None:
    """Like `ordinary`, with all headers."""
    head = _ordinary_head(data)
    if head is None:
        return None
    first, *lines = head[0].decode().split("\r\n")[:-2]
    headers = [(name, value.strip(" ")) for name, _, value in (it.partition(": ") for it in lines)]
    return WholeResponse(first[_REASON:], headers, data[head.end() :])


def _ordinary_head(data: bytes) -> re.Match[bytes] | None:
    head = _HEAD.match(data, 0, LONGEST_HEAD)
    if head is None or head["length"] is None or head.end() + int(head["length"]) != len(data):
        return None
    lines = head[0].lower()
    if lines.count(b"\ncontent-length:") > 1 or lines.count(b"\ndate:") > 1:
        return None
    return None if lines.count(b"\n") > MOST_LINES else head
