"""Raw connections to an aiohttp application on a real socket, chunk by chunk.

A chunk is given to the server by itself, never glued to the next: `send` returns when the server
has taken it and come to rest.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
import uvloop
from aiohttp import web

# These tests wait for their own loop only: after this many turns without a byte, both ends rest. What follows from a
# chunk comes within two turns.
REST = 12
LIMIT = 100_000

ADDED = re.compile(
    rb"(?:Server: |Cache-Control: no-store|Referrer-Policy: |X-Content-Type-Options: )[^\r]*\r\n"
)

QUOTED = re.compile(
    rb"(HTTP/1\.0 400 Bad Request\r\nContent-Type: [^\r]*\r\nContent-Length: )\d+"
    rb"(\r\nDate: -\r\n\r\n[^\n:]*).*\Z",
    re.DOTALL,
)

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


def on_both_loops(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[str], None]:
    """`test` on each kind of event loop that the daemon may run on."""

    @pytest.mark.parametrize("loop", LOOPS)
    def run(loop: str) -> None:
        with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
            runner.run(test())

    run.__name__ = test.__name__
    return run


class Tap(asyncio.Protocol):
    """Between a transport and aiohttp's protocol: sees what arrives, and when it is over."""

    def __init__(self, connection: asyncio.Protocol) -> None:
        self.connection = connection
        self.received = 0
        self.paused = False
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.connection.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        self.connection.data_received(data)

    def eof_received(self) -> bool | None:
        return self.connection.eof_received()

    def pause_writing(self) -> None:
        self.paused = True
        self.connection.pause_writing()

    def resume_writing(self) -> None:
        self.paused = False
        self.connection.resume_writing()

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        self.connection.connection_lost(error)


class Wire(asyncio.Protocol):
    """The client's end."""

    def __init__(self) -> None:
        self.sent = 0
        self.received = b""
        self.lost = False
        self.tap: Tap
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.received += data

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True

    async def send(self, chunk: bytes) -> None:
        """Give the server this chunk; nothing if the connection is over."""
        if self.lost or self.tap.lost:
            return
        self.transport.write(chunk)
        self.sent += len(chunk)
        await _until(lambda: self.tap.lost or self.tap.received == self.sent)
        await self.rest()

    async def send_at_once(self, *chunks: bytes) -> None:
        """Give the server these chunks in one turn of its loop, as a busy socket would."""
        for chunk in chunks:
            if not (self.lost or self.tap.lost):
                self.sent += len(chunk)
                self.tap.data_received(chunk)
        await self.rest()

    async def ask(self, request: bytes) -> bytes:
        """The answer to one request."""
        before = len(self.received)
        await self.send(request)
        return self.received[before:]

    async def rest(self) -> None:
        """Return when neither end has moved for a while."""
        calm, seen = 0, -1
        while calm < REST:
            await _turn()
            calm = calm + 1 if seen == len(self.received) else 0
            seen = len(self.received)

    async def finish(self) -> bytes:
        """Say that no more comes, and return all that ever came."""
        if not self.lost:
            self.transport.write_eof()
        await _until(lambda: self.lost)
        return self.received


class Server:
    """An application behind a socket of its own, and its connected clients."""

    def __init__(self, make: Callable[[], asyncio.Protocol]) -> None:
        self._make = make
        self._taps: list[Tap] = []
        self.wires: list[Wire] = []
        self._listening: asyncio.Server

    async def listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(self._tapped, "127.0.0.1", 0)

    async def connect(self) -> Wire:
        loop = asyncio.get_running_loop()
        address = self._listening.sockets[0].getsockname()
        _, wire = await loop.create_connection(Wire, *address)
        self.wires.append(wire)
        await _until(lambda: len(self._taps) == len(self.wires))
        wire.tap = self._taps[-1]
        return wire

    async def close(self) -> None:
        self._listening.close()
        for wire in self.wires:
            wire.transport.abort()
        await _until(lambda: all(wire.lost and wire.tap.lost for wire in self.wires))

    def _tapped(self) -> Tap:
        self._taps.append(Tap(self._make()))
        return self._taps[-1]


@asynccontextmanager
async def serving(runner: web.AppRunner) -> AsyncIterator[Server]:
    await runner.setup()
    assert runner.server is not None
    server = Server(runner.server)
    await server.listen()
    try:
        yield server
    finally:
        await server.close()
        await runner.cleanup()


def undated(stream: bytes) -> bytes:
    """`stream` with the value of each Date taken out, the headers that our server alone adds to the response to
    malformed bytes, and those bytes, which aiohttp alone repeats."""
    stream = re.sub(ADDED, b"", stream)
    dated = re.sub(rb"\r\nDate: [^\r]{29}\r\n", b"\r\nDate: -\r\n", stream)
    return re.sub(QUOTED, rb"\1-\2", dated)


async def _until(condition: Callable[[], bool]) -> None:
    for _ in range(LIMIT):
        if condition():
            return
        await _turn()
    raise AssertionError("this never came true")


async def _turn() -> None:
    """One turn of the event loop."""
    loop = asyncio.get_running_loop()
    turn: asyncio.Future[None] = loop.create_future()
    loop.call_soon(turn.set_result, None)
    await turn
