"""The least WeChat that can be asked for tokens and sent messages: no rules, no state.

`python -m tests.benchmarks.upstream` prints `ready PORT`. With the argument `silent` it never answers
to a message: a sender waits, and takes no processor from what is measured.
"""

import asyncio
import itertools
import re
import sys
from typing import cast

import uvloop

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
BODY = b'{"access_token":"%0136d","expires_in":7200}'
# To a message, and to a request for a QR code.
SENT = (
    b'{"errcode":0,"errmsg":"ok","msgid":%d,"ticket":"t","url":"http://weixin.qq.com/q/t",'
    b'"expire_seconds":2592000}'
)
MESSAGE = b"POST /cgi-bin/message/"
TOKENS = (b"GET ", b"POST /cgi-bin/stable_token")
PLATFORM = b"POST /cgi-bin/component/"
ISSUED = (
    b'{"component_access_token":"%0136d","authorizer_access_token":"%0136d",'
    b'"authorizer_refresh_token":"%0136d","expires_in":7200}'
)
NUMBERS = itertools.count(1)
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


class Upstream(asyncio.Protocol):
    """Answers every request that it sees the end of: a request for a token with one, others with a msgid."""

    IS_SILENT = "silent" in sys.argv

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._waiting = b""

    def data_received(self, data: bytes) -> None:
        data = self._waiting + data
        while (end := _end(data)) is not None:
            if not (self.IS_SILENT and data.startswith(MESSAGE)):
                body = _answer(data)
                self._transport.write(HEAD % len(body) + body)
            data = data[end:]
        self._waiting = data


def _answer(data: bytes) -> bytes:
    number = next(NUMBERS)
    if data.startswith(PLATFORM):
        return ISSUED % (number, number, number)
    return (BODY if data.startswith(TOKENS) else SENT) % number


def _end(data: bytes) -> int | None:
    """Where the first request ends, if all of it is there."""
    head = data.find(b"\r\n\r\n")
    if head < 0:
        return None
    length = LENGTH.search(data, 0, head)
    end = head + 4 + (int(length[1]) if length else 0)
    return end if len(data) >= end else None


async def serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Upstream, "127.0.0.1", 0)
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve())
