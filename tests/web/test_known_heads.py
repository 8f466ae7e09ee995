"""Requests with a body whose head came before: see `test_memo_oracle.py` for what a client sees."""

import asyncio

import pytest

from tests.web.fetching import Fetching, post, warm
from tests.web.wire import Server, on_both_loops
from wechat_scheduler.web.kit import fastpath, known_heads
from wechat_scheduler.web.kit.head_connection import HeadConnection


@on_both_loops
async def test_a_head_is_known_once_it_came_twice():
    api = Fetching()
    async with api.serving(connection=HeadConnection) as server:
        wire = await server.connect()
        seen = []
        for body in (b"one", b"two", b"six"):
            seen.append(api.memo.heads.find(post(body)) is not None)
            assert (await wire.ask(post(body))).endswith(b"\r\n\r\necho:" + body)
        known = api.memo.heads.find(post(b"ten"))

    assert seen == [False, False, True]
    assert known is not None


@on_both_loops
async def test_a_body_may_come_after_its_head():
    api = Fetching()
    async with api.serving(connection=HeadConnection) as server:
        wire = await server.connect()
        for body in (b"one", b"two", b"six", b"ten"):
            request = post(body)
            await wire.send(request[:-3])
            await wire.send(request[-3:-1])
            assert (await wire.ask(request[-1:])).endswith(b"\r\n\r\necho:" + body)
        known = api.memo.heads.find(post(b"---"))

    assert known is not None


@on_both_loops
async def test_what_comes_while_a_known_request_is_answered_waits_for_its_turn():
    api = Fetching()
    async with api.serving(connection=HeadConnection) as server:
        wire = await server.connect()
        await warm(wire, post(b"one"))
        before = len(wire.received)
        api.gate.clear()
        await wire.send(post(b"two"))
        await wire.send(post(b"six") + post(b"longer")[:-2])

        assert len(wire.received) == before
        api.gate.set()
        await wire.rest()
        await wire.send(b"er")

    responses = wire.received[before:]
    places = [responses.index(b"echo:" + body) for body in (b"two", b"six", b"longer")]
    assert places == sorted(places)


@on_both_loops
async def test_a_client_that_hangs_up_during_a_known_request_harms_none():
    api = Fetching()
    async with api.serving(connection=HeadConnection) as server:
        wire, other = await server.connect(), await server.connect()
        await warm(wire, post(b"one"))
        api.gate.clear()
        await wire.send(post(b"two"))
        wire.transport.abort()
        await other.rest()

        api.gate.set()
        response = await other.ask(post(b"six"))

    assert response.endswith(b"echo:six")


OTHERS: list[bytes] = [
    post(b"one", "Expect: 100-continue"),
    post(b"one", "Connection: close"),
    post(b"one", "Upgrade: h2c"),
    post(b"one").replace(b"HTTP/1.1", b"HTTP/1.0"),
    post(b"one", path="/unread"),
    post(b"one", path="/nowhere"),
    post(b"one", "X-Long: " + "x" * known_heads.LARGEST),
]


async def test_other_heads_are_not_kept() -> None:
    for request_ in OTHERS:
        api = Fetching()
        async with api.serving(connection=HeadConnection) as server:
            for _ in range(3):
                await (await server.connect()).send(request_)

        assert api.memo.heads.find(request_) is None, request_


async def test_only_so_many_heads_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_heads, "MOST", 2)
    api = Fetching()
    async with api.serving(connection=HeadConnection) as server:
        wire = await server.connect()
        for body in (b"1", b"12", b"123"):
            await warm(wire, post(body))

    known = [api.memo.heads.find(post(body)) is not None for body in (b"1", b"12", b"123")]
    assert known == [False, True, True]


@on_both_loops
async def test_a_stop_waits_for_a_known_request():
    api = Fetching()
    runner = fastpath.runner(api.app(), api.memo, connection=HeadConnection, access_log=None)
    await runner.setup()
    assert runner.server is not None
    server = Server(runner.server)
    await server.listen()
    wire = await server.connect()
    await warm(wire, post(b"one"))
    api.gate.clear()
    await wire.send(post(b"two"))

    async with asyncio.TaskGroup() as group:
        group.create_task(runner.cleanup())
        await wire.rest()
        assert not wire.received.endswith(b"echo:two")
        api.gate.set()
    await wire.rest()
    await server.close()

    assert wire.received.endswith(b"echo:two")
