"""A known head came, and its body is not whole yet: the connection is busy, as on the ordinary way."""

import asyncio
import logging

import pytest

from tests.web.fetching import post, warm
from tests.web.test_slow_clients import House
from tests.web.wire import on_both_loops


@on_both_loops
async def test_a_crowd_of_connections_closes_none_whose_body_is_under_way():
    house = House(most=2)
    async with house.serving() as server:
        wire, idle = await server.connect(), await server.connect()
        await warm(idle, post(b"one"))
        await wire.send(post(b"six")[:-2])

        await server.connect()
        response = await wire.ask(b"ix")
        await idle.rest()
        lost = idle.lost

    assert response.endswith(b"echo:six")
    assert lost


@on_both_loops
async def test_the_deadline_of_an_idle_connection_does_not_end_a_body():
    house = House()
    async with house.serving() as server:
        wire = await server.connect()
        await warm(wire, post(b"one"))
        await wire.send(post(b"six")[:-2])

        wire.tap.connection._next_keepalive_close_time = 0
        wire.tap.connection._process_keepalive()
        response = await wire.ask(b"ix")

    assert response.endswith(b"echo:six")


@pytest.mark.parametrize("number", [1, 40])
async def test_clients_that_hang_up_before_their_turn_leave_no_error(
    number: int, caplog: pytest.LogCaptureFixture
) -> None:
    house = House()
    async with house.serving() as server:
        wires = [await server.connect() for _ in range(number)]
        await warm(wires[0], post(b"one"))

        for wire in wires:
            wire.tap.data_received(post(b"two"))
            wire.tap.connection_lost(None)
        await wires[0].rest()
        response = await (await server.connect()).ask(post(b"six"))

    assert response.endswith(b"echo:six")
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_shutdown_does_not_wait_for_a_client_that_hangs_up_before_its_turn() -> None:
    house = House()
    async with house.serving() as server:
        wires = [await server.connect() for _ in range(2)]
        await warm(wires[0], post(b"one"))
        for wire in wires:
            wire.tap.data_received(post(b"two"))
        asyncio.get_running_loop().call_soon(wires[1].tap.connection_lost, None)

        async with asyncio.timeout(30):
            await wires[1].tap.connection.shutdown(60)


@on_both_loops
async def test_a_known_request_that_takes_longer_than_the_grace_is_broken_off():
    house = House()
    async with house.serving() as server:
        wire = await server.connect()
        await warm(wire, post(b"one"))
        house.api.gate.clear()
        await wire.send(post(b"six"))

        await wire.tap.connection.shutdown(0.001)
        await wire.rest()
        answering = [it for it in asyncio.all_tasks() if "_answer" in repr(it)]

    assert answering == []
