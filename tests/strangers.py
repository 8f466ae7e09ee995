"""A daemon that strangers may try, each of them from a thread of its own, with plain sockets.

Its clockworks stand, so that nothing anybody registers is ever called; its time flows, so that
nobody waits for what does not come.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from tests.clock import FakeClock
from tests.house import Caller, daemon, in_memory, wechat

STEP = timedelta(milliseconds=100)
FAREWELL = b"GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
# Real seconds that a request which is never finished takes.
PATIENCE = 0.05


@asynccontextmanager
async def besieged(state: Path) -> AsyncIterator[Caller]:
    """A daemon that keeps one fresh credential."""
    clock = FakeClock()
    async with (
        wechat(clock) as weixin,
        daemon(state, weixin.url, clock=clock, opener=in_memory, gateway__enabled="true") as keeper,
    ):
        await keeper.register({"type": 0})
        await keeper.settle()
        flowing = asyncio.create_task(clock.flow(STEP))  # noqa: TID251 - time is nobody's task
        try:
            yield keeper
        finally:
            flowing.cancel()


def say(url: str, request: bytes, *, patience: float = PATIENCE) -> bytes:
    """All that comes back on a new connection on which these bytes are sent, and after them that
    nothing more will come: in HTTP, since a connection that is half closed gets no answer."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname or "", place.port or 0)) as line:
        line.settimeout(patience)
        found = bytearray()
        # It may be told enough before all is said, or wait for a body that never comes.
        with suppress(ConnectionError, TimeoutError):
            line.sendall(request + FAREWELL)
            while chunk := line.recv(65536):
                found += chunk
        return bytes(found)
