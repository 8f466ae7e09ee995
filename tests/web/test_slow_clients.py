"""Clients that take their time, and more of them than there are descriptors."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs

from tests.web.fetching import Fetching, get, warm
from tests.web.wire import Server, Wire, on_both_loops
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.web.kit.connections import (
    PATIENCE,
    SLOWEST,
    Connections,
    TimedConnection,
)

STEP = timedelta(seconds=5)
POST = get("/echo", "Content-Length: 100000", method="POST")


class House:
    """A server whose clock the test moves."""

    def __init__(self, *, most: int = 1000) -> None:
        self.api = Fetching()
        self.tally = Counters()
        self.connections = Connections(room=lambda _: most, tally=self.tally, clock=self.api.clock)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Server]:
        make = partial(TimedConnection, self.connections)
        async with self.api.serving(connection=make) as server:
            yield server

    async def wait(self, length: timedelta) -> None:
        """Let time pass, with a look at the connections each 5 s."""
        until = self.api.clock.now() + length
        while self.api.clock.now() < until:
            await self.connections.cut_slow()
            self.api.clock.advance(STEP)
        await self.connections.cut_slow()

    def closed(self) -> dict[str, int]:
        return {
            cause: number for (cause,), number in self.tally.counts["connections_closed"].items()
        }


async def trickle(house: House, wire: Wire, data: bytes, *, length: timedelta) -> None:
    """Send a byte each 5 s."""
    for number in range(length // STEP):
        await wire.send(data[number : number + 1])
        await house.wait(STEP)
    await wire.rest()


@on_both_loops
async def test_a_head_that_comes_byte_by_byte_ends_its_connection():
    house = House()
    async with house.serving() as server:
        wire = await server.connect()

        await trickle(house, wire, get(), length=2 * PATIENCE)
        lost = wire.lost

    assert lost
    assert house.closed() == {"slow_head": 1}


async def test_a_connection_that_never_asks_ends():
    house = House()
    async with house.serving() as server:
        wire = await server.connect()

        await house.wait(2 * PATIENCE)
        await wire.rest()
        lost = wire.lost

    assert lost


@pytest.mark.parametrize("memo", [False, True], ids=["answered", "answered from memory"])
async def test_a_connection_that_rests_between_two_requests_stays(memo):
    house = House()
    async with house.serving() as server:
        wire = await server.connect()
        if memo:
            await warm(await server.connect(), get())
            await wire.ask(get())
        else:
            await wire.ask(get("/refused/a"))

        await house.wait(timedelta(minutes=30))
        house.api.rotate("b")
        answer = await wire.ask(get("/task/b"))

    assert b"token-b-2" in answer


async def test_the_head_of_a_later_request_has_the_same_deadline():
    house = House()
    async with house.serving() as server:
        wire = await server.connect()
        await wire.ask(get())

        await trickle(house, wire, get(), length=2 * PATIENCE)
        lost = wire.lost

    assert lost
    assert house.closed() == {"slow_head": 1}


@on_both_loops
async def test_a_body_that_comes_byte_by_byte_ends_its_connection():
    house = House()
    async with house.serving() as server:
        wire = await server.connect()
        await wire.send(POST)

        await trickle(house, wire, b"x" * 100, length=2 * PATIENCE)
        lost = wire.lost

    assert lost
    assert house.closed() == {"slow_body": 1}


async def test_a_body_that_comes_slowly_and_steadily_is_read_to_its_end():
    house = House()
    async with house.serving() as server:
        wire = await server.connect()
        await wire.send(POST)

        share = b"x" * (SLOWEST * 5)
        for _ in range(100_000 // len(share)):
            await wire.send(share)
            await house.wait(STEP)

    assert wire.received.endswith(b"echo:" + b"x" * 100_000)
    assert house.closed() == {}


async def test_a_request_that_the_daemon_takes_long_to_answer_stays():
    house = House()
    house.api.gate.clear()
    async with house.serving() as server:
        wire = await server.connect()
        await wire.send(get())

        await house.wait(timedelta(minutes=30))
        house.api.rotate("a")
        house.api.gate.set()
        await wire.rest()

    assert b"token-a-2" in wire.received


@on_both_loops
async def test_a_client_that_does_not_read_its_response_is_let_go():
    house = House()
    async with house.serving() as server:
        wire = await server.connect()
        wire.transport.pause_reading()
        while not wire.tap.paused:
            await wire.send(get("/echo", "Content-Length: 60000", method="POST") + b"x" * 60_000)

        await house.wait(2 * PATIENCE)
        await wire.rest()
        lost = wire.tap.lost

    assert lost
    assert house.closed() == {"slow_response": 1}


@on_both_loops
async def test_of_too_many_connections_the_longest_idle_ones_are_closed_first():
    house = House(most=3)
    async with house.serving() as server:
        house.api.gate.clear()
        busy = await server.connect()
        await busy.send(get())
        oldest = await server.connect()
        await oldest.ask(get("/refused/none", key="none"))
        younger = await server.connect()
        await younger.ask(get("/refused/none", key="none"))
        house.api.gate.set()

        newest = await server.connect()
        answer = await newest.ask(get("/task/b"))
        await oldest.rest()
        lost = [wire.lost for wire in (busy, oldest, younger, newest)]

    assert b"token-b-1" in answer
    assert lost == [False, True, False, False]
    assert house.closed() == {"full": 1}


async def test_the_newest_connection_is_refused_if_all_others_have_requests_in_progress():
    house = House(most=2)
    house.api.gate.clear()
    async with house.serving() as server:
        busy = [await server.connect() for _ in range(2)]
        for wire in busy:
            await wire.send(get())

        newest = await server.connect()
        await newest.rest()
        lost = [wire.lost for wire in (*busy, newest)]
        house.api.gate.set()

    assert lost == [False, False, True]


async def test_that_descriptors_are_short_is_logged_once_until_there_is_room_again():
    house = House(most=2)
    with capture_logs() as logged:
        async with house.serving() as server:
            for _ in range(10):
                await server.connect()
            crowded = len(house.connections)
            for wire in server.wires:
                wire.transport.abort()
            await server.wires[0].rest()
            await house.wait(STEP)
            for _ in range(3):
                await server.connect()

    assert crowded == 2
    assert [entry["event"] for entry in logged] == ["http.connections_full"] * 2
    assert logged[0]["log_level"] == "error"
    assert "LimitNOFILE" in logged[0]["advice"]
