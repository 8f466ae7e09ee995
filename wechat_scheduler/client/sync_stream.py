"""A response without an end, read from a bare socket.

http.client reads through a buffer whose lock a waiting thread holds: in a forked child that buffer can
neither be used nor freed.
"""

import io
import socket
from collections.abc import Mapping
from datetime import timedelta
from http.client import BadStatusLine, parse_headers
from typing import cast

from wechat_scheduler.client.answers import EVENT_STREAM

LONGEST_HEAD = 65_536
PIECE = 65_536


class SyncStream:
    """One request on a socket that is connected, and its response."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self._rest = b""
        self._chunks: ChunkReader | None = None

    def begin(self, target: str, host: str, headers: Mapping[str, str]) -> None:
        """Raises OSError; BadStatusLine for a response that is none of HTTP."""
        fields = {"Host": host, **headers}
        lines = (f"GET {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()))
        self.socket.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1"))
        head, self._rest = self._head()
        first, _, rest = head.partition(b"\r\n")
        version, _, following = first.partition(b" ")
        code = following.partition(b" ")[0]
        if not version.startswith(b"HTTP/1.") or len(code) != 3 or not code.isdigit():
            raise BadStatusLine(repr(first[:50]))
        self.status = int(code)
        self.headers = cast(Mapping[str, str], parse_headers(io.BytesIO(rest + b"\r\n\r\n")))
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            self._chunks = ChunkReader()

    @property
    def is_of_events(self) -> bool:
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return self.status == 200 and kind == EVENT_STREAM

    def read(self, timeout: timedelta) -> bytes:
        """The next bytes of the body; empty at its end."""
        self.socket.settimeout(timeout.total_seconds())
        while True:
            piece, self._rest = self._rest or self.socket.recv(PIECE), b""
            if self._chunks is None or not piece:
                return piece
            data = self._chunks.feed(piece)
            if data or self._chunks.is_ended:
                return data

    def rest(self) -> bytes:
        """The body of a response that has an end."""
        given = self.headers.get("Content-Length", "")
        length = int(given) if given.isdecimal() else PIECE
        body, patience = b"", timedelta(seconds=self.socket.gettimeout() or 1)
        while len(body) < length and (piece := self.read(patience)):
            body += piece
        return body

    def _head(self) -> tuple[bytes, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            piece = self.socket.recv(PIECE)
            if not piece:
                raise ConnectionResetError
            received += piece
            if len(received) > LONGEST_HEAD or not received.startswith(b"HTTP/"[: len(received)]):
                raise BadStatusLine(repr(received[:50]))
        head, _, rest = received.partition(b"\r\n\r\n")
        return head, rest


class ChunkReader:
    """Takes the chunks of a body out of their framing (RFC 9112, 7.1)."""

    def __init__(self) -> None:
        self._left = 0
        self._line = b""
        self.is_ended = False

    def feed(self, data: bytes) -> bytes:
        """What of the body these bytes have. Raises BadStatusLine for a length that is none."""
        found = []
        while data and not self.is_ended:
            if self._left:
                found.append(data[: self._left])
                self._left, data = self._left - len(found[-1]), data[len(found[-1]) :]
            else:
                data = self._length(data)
        return b"".join(found)

    def _length(self, data: bytes) -> bytes:
        """Reads the line before a chunk, and the end of the line that closes the one before."""
        line, ended, data = data.partition(b"\n")
        self._line += line
        if not ended:
            return b""
        text, self._line = self._line.split(b";")[0].strip(), b""
        if text:
            try:
                self._left = int(text, 16)
            except ValueError as error:
                raise BadStatusLine(repr(text[:50])) from error
            self.is_ended = not self._left
        return data
