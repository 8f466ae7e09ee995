"""Reads request lines that scripts write with Chinese in them as it is."""

from typing import Any, Final

from aiohttp import web

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.web.kit.head_connection import HeadConnection
from wechat_scheduler.web.kit.memo import Memo

_BEYOND_ASCII: Final = pattern(rb"[\x80-\xff]")


class LenientConnection(HeadConnection):
    """Percent-encodes what is not ASCII in a request line: aiohttp would refuse the request in plain
    text, which clients of no API here understand. After a request with a body the line is left as
    it is, because it is not known where the next request begins."""

    __slots__ = ("_in_line",)

    def __init__(self, memo: Memo, manager: web.Server, **options: Any) -> None:
        super().__init__(memo, manager, **options)
        self._in_line = True

    def _take(self, data: bytes) -> None:
        super()._take(self._encoded(data) if self._in_line else data)
        self._in_line = self._in_line or self._clean

    def _encoded(self, data: bytes) -> bytes:
        line, end, rest = data.partition(b"\n")
        self._in_line = not end
        if line.isascii():
            return data
        return _BEYOND_ASCII.sub(lambda found: b"%%%02X" % found[0][0], line) + end + rest
