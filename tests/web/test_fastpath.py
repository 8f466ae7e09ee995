"""Connections that are served from memory, and that aiohttp then finds as it expects them."""

import asyncio
import logging

import pytest
import structlog
from aiohttp import web

from tests.web.fetching import Fetching, get, warm
from tests.web.wire import on_both_loops, serving
from wechat_scheduler.web.kit import fastpath


@on_both_loops
async def test_another_connection_is_served_too():
    api = Fetching()
    async with api.serving() as server:
        await warm(await server.connect(), get())
        other = await server.connect()
        await other.rest()

        answer = await other.ask(get())

    assert b"token-a-1" in answer
    assert api.cells["a"].reads == 1


@on_both_loops
async def test_a_body_that_looks_like_a_remembered_request_is_a_body():
    api = Fetching()
    async with api.serving() as server:
        await warm(await server.connect(), get())
        wire = await server.connect()
        await wire.send(get("/echo", f"Content-Length: {len(get())}", method="POST"))

        answer = await wire.ask(get())

    assert answer.endswith(b"echo:" + get())
    assert api.cells["a"].reads == 0


async def test_the_rest_of_a_head_that_looks_like_a_remembered_request_is_a_head():
    api = Fetching()
    async with api.serving() as server:
        await warm(await server.connect(), get())
        wire = await server.connect()
        await wire.send(b"GET /task/b HTTP/1.1\r\nX-Rest: ")

        answer = await wire.ask(get())

    assert b"token-b-1" in answer
    assert api.cells["a"].reads == 0


@pytest.mark.parametrize(
    "chunks",
    [
        [get()[:30], get()[30:]],
        [get() + get()],
        [get() + get("/task/b")[:20], get("/task/b")[20:]],
        [b"\r\n\r\n"],
    ],
    ids=["in two pieces", "pipelined", "one and a half", "empty lines"],
)
async def test_a_connection_that_brought_anything_but_whole_requests_takes_the_ordinary_way(chunks):
    api = Fetching()
    async with api.serving() as server:
        await warm(await server.connect(), get())
        wire = await server.connect()
        for chunk in chunks:
            await wire.send(chunk)

        answer = await wire.ask(get())

    assert b"token-a-1" in answer
    assert api.cells["a"].reads == 0


@pytest.mark.parametrize("flag", ["_close", "_force_close"])
async def test_a_closing_connection_is_not_served(flag):
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()
        await warm(wire, get())
        # The flags that close and shutdown set when they come before the first wait for a request.
        setattr(wire.tap.connection, flag, True)

        answer = await wire.ask(get())

    assert answer == b""


async def test_a_connection_without_keep_alive_ends_after_its_answer():
    api = Fetching()
    async with api.serving(keepalive_timeout=0) as server:
        for _ in range(2):
            await (await server.connect()).ask(get())
        wire = await server.connect()
        await wire.rest()

        answer = await wire.ask(get())
        await wire.rest()
        lost = wire.lost

    assert b"token-a-1" in answer
    assert lost


@pytest.mark.parametrize("memo", [False, True])
async def test_a_bad_request_after_good_ones_is_logged_as_an_error(memo, caplog):
    api = Fetching()
    async with api.serving(memo=memo) as server:
        await warm(await server.connect(), get())
        wire = await server.connect()
        await wire.rest()
        await wire.ask(get())

        await wire.send(get(method="B(R)EW"))

    assert [record.levelname for record in caplog.records if record.name == "aiohttp.server"] == [
        "ERROR"
    ]


class MovableLoop(asyncio.SelectorEventLoop):
    """An event loop whose own time a test can move."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


def test_a_busy_connection_is_not_closed_as_idle():
    loop = MovableLoop()

    async def poll_for_an_hour() -> tuple[bytes, bool]:
        api = Fetching()
        async with api.serving(keepalive_timeout=75) as server:
            wire = await server.connect()
            await warm(wire, get())
            for _ in range(6):
                loop.ahead += 50
                await wire.ask(get())
            assert api.cells["a"].reads == 6
            loop.ahead += 80
            await wire.rest()
            return wire.received, wire.lost

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        received, closed_when_idle = runner.run(poll_for_an_hour())

    assert received.count(b"HTTP/1.1 200 OK") == 8
    assert closed_when_idle


@on_both_loops
async def test_a_slow_reader_takes_the_ordinary_way_until_it_has_read():
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()
        await warm(wire, get())
        size = api.memo.size
        wire.tap.pause_writing()

        for _ in range(3):
            await wire.send(get())
        handled, reads = api.handled, api.cells["a"].reads
        wire.tap.resume_writing()
        await wire.rest()
        await wire.ask(get())

    # The first of the three is written and waits for the reader, the others wait for the first.
    assert (handled, reads) == (3, 0)
    assert wire.received.count(b"HTTP/1.1 200 OK") == 6
    assert (api.handled, api.cells["a"].reads, api.memo.size) == (5, 1, size)


async def test_an_access_log_sees_each_request(caplog):
    api = Fetching()
    caplog.set_level(logging.INFO)
    logger = logging.getLogger("tests.memo.access")
    async with api.serving(access_log=logger) as server:
        wire = await server.connect()

        for _ in range(4):
            await wire.ask(get())

    assert len([record for record in caplog.records if record.name == logger.name]) == 4
    assert api.cells["a"].reads == 0


async def test_another_aiohttp_gives_its_own_runner_and_says_so():
    api = Fetching()

    with structlog.testing.capture_logs() as events:
        runner = fastpath.runner(api.app(), api.memo, version="3.15.0", access_log=None)
    async with serving(runner) as server:
        wire = await server.connect()
        await warm(wire, get())
        await wire.ask(get())

    assert type(runner) is web.AppRunner
    assert [event["event"] for event in events] == ["memo.unavailable"]
    assert (api.handled, len(api.memo)) == (3, 0)
