"""The least WeChat that can be asked for tokens: a new one each time, no rules, no state.

`python -m tests.benchmarks.upstream` prints `ready PORT`.
"""

import asyncio
import itertools
from typing import cast

import uvloop

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
BODY = b'{"access_token":"%0136d","expires_in":7200}'
TOKENS = itertools.count(1)


class Upstream(asyncio.Protocol):
    """Answers every request that it sees the end of; the ones it is sent have no body."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        for _ in range(data.count(b"\r\n\r\n")):
            body = BODY % next(TOKENS)
            self._transport.write(HEAD % len(body) + body)


async def serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Upstream, "127.0.0.1", 0)
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve())
