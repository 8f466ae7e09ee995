"""How the HTTP server ends, at a pace that the test sets."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

import pytest
from aiohttp import web

from tests.clock import FakeClock, flowing
from tests.watched_clock import turn
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.web.kit.connections import Connections
from wechat_scheduler.web.kit.memo import Memo
from wechat_scheduler.web.kit.serving import FAREWELL, served

GRACE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A client that speaks HTTP by hand."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, path: str = "/") -> bytes:
        """The head of the answer, in lower case; empty if there is none."""
        self.writer.write(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        return await self.answer()

    async def answer(self) -> bytes:
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return b""
        return head.lower()

    async def is_closed(self) -> bool:
        return await self.reader.read(1) == b""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as held:
        yield held


class Server:
    """Serves until it is told to end."""

    def __init__(self, clock: FakeClock, listener: socket.socket, *, grace: timedelta) -> None:
        self._clock = clock
        app = web.Application()
        app.router.add_get("/", self._answer)
        app.router.add_get("/slow", self._answer_late)
        app.router.add_post("/", self._echo)
        app.on_shutdown.append(self._is_closing)
        memo = Memo(clock, random.Random(1))
        connections = Connections(room=lambda _: 100, tally=Counters(), clock=clock)
        self._serving = served(
            app, memo, listener, connections, backlog=8, clock=clock, grace=grace
        )
        self._ending: asyncio.Task[bool | None] | None = None
        self.place = listener.getsockname()
        self.connections: list[Connection] = []
        self.asked = asyncio.Event()
        self.release = asyncio.Event()
        self.closing = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self._serving.__aenter__()
        return self

    async def __aexit__(self, *reason: object) -> None:
        await self.end()
        for connection in self.connections:
            connection.writer.close()

    async def fall_deaf(self) -> None:
        """Begin to end; time stands still between deafness and end."""
        self.begin()
        await self._clock.asleep()

    def begin(self) -> None:
        """The first step is done in the next turn of the loop."""
        ending = self._serving.__aexit__(None, None, None)
        self._ending = asyncio.create_task(ending)  # noqa: TID251

    async def end(self) -> None:
        if self._ending is None:
            await self.fall_deaf()
        assert self._ending is not None
        async with flowing(self._clock, FAREWELL):
            await self._ending

    async def connect(self) -> Connection:
        reader, writer = await asyncio.open_connection(*self.place)
        connection = Connection(reader=reader, writer=writer)
        self.connections.append(connection)
        return connection

    async def _answer(self, request: web.Request) -> web.Response:
        return web.Response()

    async def _answer_late(self, request: web.Request) -> web.Response:
        self.asked.set()
        await self.release.wait()
        return web.Response()

    async def _echo(self, request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    async def _is_closing(self, _: web.Application) -> None:
        self.closing.set()


@pytest.fixture
async def server(clock: FakeClock, listener: socket.socket) -> AsyncIterator[Server]:
    async with Server(clock, listener, grace=GRACE) as running:
        yield running


async def test_a_connection_stays_until_the_end_begins(server: Server) -> None:
    caller = await server.connect()

    before = await caller.ask()
    again = await caller.ask()
    await server.fall_deaf()
    last = await caller.ask()

    assert before.startswith(b"http/1.1 200")
    assert b"connection: close" not in before + again
    assert last.startswith(b"http/1.1 200")
    assert b"\r\nconnection: close\r\n" in last
    assert await caller.is_closed()


async def test_errors_say_goodbye_too(server: Server) -> None:
    caller = await server.connect()
    await caller.ask()
    await server.fall_deaf()

    missing = await caller.ask("/nowhere")

    assert missing.startswith(b"http/1.1 404")
    assert b"\r\nconnection: close\r\n" in missing


async def test_an_idle_connection_is_closed(server: Server) -> None:
    asked, silent = await server.connect(), await server.connect()
    await asked.ask()

    await server.end()

    assert await asked.is_closed()
    assert await silent.is_closed()


async def test_who_comes_after_the_end_began_is_served_by_the_next(
    server: Server, clock: FakeClock, listener: socket.socket
) -> None:
    kept = listener.dup()
    await server.fall_deaf()
    caller = await server.connect()
    caller.writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    await server.end()

    async with Server(clock, kept, grace=GRACE):
        answer = await caller.answer()

    assert answer.startswith(b"http/1.1 200")


async def test_who_is_accepted_in_the_very_turn_that_ends_it_is_served(
    server: Server, clock: FakeClock
) -> None:
    caller = socket.create_connection(server.place)
    caller.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    # One turn on, the loop accepts the caller; the turn after that ends the server, before it has
    # made a connection of what was accepted.
    asyncio.get_running_loop().call_soon(server.begin)
    await clock.asleep()

    reader, writer = await asyncio.open_connection(sock=caller)
    server.connections.append(Connection(reader=reader, writer=writer))
    answer = await server.connections[0].answer()

    assert b"\r\nconnection: close\r\n" in answer


class StandingStill(FakeClock):
    """The process stands still in the first step of the farewell: its time is over when the loop turns again."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        super().__init__()
        self._meanwhile = [meanwhile]

    async def sleep(self, delay: timedelta) -> None:
        if self._meanwhile:
            self._meanwhile.pop()()
        else:
            await turn()


async def test_what_is_asked_while_the_process_stands_still_is_answered(
    listener: socket.socket,
) -> None:
    clock = StandingStill(lambda: caller.writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"))
    async with Server(clock, listener, grace=GRACE) as server:
        caller = await server.connect()
        await caller.ask()

        server.begin()
        answer = await caller.answer()

    assert answer.startswith(b"http/1.1 200")
    assert b"\r\nconnection: close\r\n" in answer


async def test_a_request_under_way_is_finished(server: Server) -> None:
    caller = await server.connect()
    caller.writer.write(b"GET /slow HTTP/1.1\r\nHost: here\r\n\r\n")
    await server.asked.wait()
    await server.fall_deaf()

    server.release.set()
    answer = await caller.answer()

    assert answer.startswith(b"http/1.1 200")
    assert b"\r\nconnection: close\r\n" in answer


async def test_one_that_takes_longer_than_the_grace_is_broken_off(
    clock: FakeClock, listener: socket.socket
) -> None:
    async with Server(clock, listener, grace=timedelta(milliseconds=10)) as server:
        caller = await server.connect()
        caller.writer.write(b"GET /slow HTTP/1.1\r\nHost: here\r\n\r\n")
        await server.asked.wait()

        await server.end()

        assert await caller.is_closed()


@pytest.mark.parametrize("earlier", [0, 3])
async def test_a_body_under_way_is_waited_for(
    server: Server, clock: FakeClock, earlier: int
) -> None:
    caller = await server.connect()
    for _ in range(earlier):
        caller.writer.write(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nbody")
        await caller.answer()
        await caller.reader.readexactly(4)
    caller.writer.write(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nbo")
    await (await server.connect()).ask()  # by then the server has read it
    await server.fall_deaf()
    async with flowing(clock, FAREWELL):
        await server.closing.wait()

    caller.writer.write(b"dy")
    answer = await caller.answer()

    assert b"\r\nconnection: close\r\n" in answer
    assert await caller.reader.read() == b"body"
