"""Responses from memory and from the stack, on one connection: none overtakes another."""

import asyncio

from tests.web.fetching import Fetching, get, warm
from tests.web.wire import on_both_loops


async def test_a_request_that_comes_while_another_is_answered_waits_its_turn():
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()
        await warm(wire, get("/task/b"))
        api.gate.clear()
        await wire.send(get("/task/a"))
        await wire.send(get("/task/b"))

        api.gate.set()
        await wire.rest()
        reads = api.cells["b"].reads
        later = await wire.ask(get("/task/b"))

    assert wire.received.index(b"token-a-1") < wire.received.rindex(b"token-b-1")
    assert reads == 0
    assert b"token-b-1" in later


async def test_two_requests_in_one_turn_of_the_loop_are_answered_in_their_order():
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()
        await warm(wire, get("/task/a"))

        await wire.send_at_once(get("/task/b"), get("/task/a"))

    assert wire.received.index(b"token-b-1") < wire.received.rindex(b"token-a-1")


@on_both_loops
async def test_a_client_that_is_faster_than_the_loop_is_served_from_memory():
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()
        await warm(wire, get("/task/b"))
        api.gate.clear()
        await wire.send(get("/task/a"))

        # The answer is written in the next turn, and aiohttp waits for a request in the one after.
        api.gate.set()
        asyncio.get_running_loop().call_soon(wire.tap.data_received, get("/task/b"))
        await wire.rest()

    assert wire.received.index(b"token-a-1") < wire.received.rindex(b"token-b-1")
    assert api.cells["b"].reads == 1


@on_both_loops
async def test_an_answer_does_not_overtake_those_before_it():
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()
        await warm(wire, get("/task/a", key="k2"))
        api.gate.clear()
        await wire.send(get("/task/a"))
        await wire.send(get("/task/b"))

        api.gate.set()
        asyncio.get_running_loop().call_soon(wire.tap.data_received, get("/task/a", key="k2"))
        await wire.rest()

    assert wire.received.rindex(b"token-b-1") < wire.received.rindex(b"token-a-1")


@on_both_loops
async def test_nothing_is_answered_after_a_last_answer():
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()
        await warm(wire, get("/task/b"))
        api.gate.clear()
        await wire.send(get("/task/a", "Connection: close"))

        api.gate.set()
        asyncio.get_running_loop().call_soon(wire.tap.data_received, get("/task/b"))
        await wire.rest()

    assert api.cells["b"].reads == 0
