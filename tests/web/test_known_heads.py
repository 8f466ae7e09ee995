"""Requests with a body whose head came before: see `test_memo_oracle.py` for what a client sees."""

import asyncio
import json
import logging
import re
from pathlib import Path

import pytest

from tests.web.fetching import MANY, Fetching, post, warm
from tests.web.wire import Server, on_both_loops
from wechat_scheduler import web
from wechat_scheduler.web.kit import fastpath, known_heads, known_responses
from wechat_scheduler.web.kit.head_connection import HeadConnection
from wechat_scheduler.web.kit.known_heads import Head
from wechat_scheduler.web.kit.known_responses import KnownResponses
from wechat_scheduler.web.kit.varying_heads import MOST_LINES

QUIET = logging.getLogger("tests.known_heads")
QUIET.disabled = True


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
async def test_a_body_whose_end_comes_with_garbage_is_answered_before_the_garbage():
    api = Fetching()
    async with api.serving(connection=HeadConnection, logger=QUIET) as server:
        wire = await server.connect()
        await warm(wire, post(b"one"))
        await wire.send(post(b"two")[:-1])
        responses = await wire.ask(b"o" + b"(no request)\r\n\r\n")

    assert b"echo:twoHTTP/1.0 400 " in responses


async def test_the_head_of_a_body_that_comes_byte_by_byte_is_looked_up_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    api, looked = Fetching(), list[int]()
    find = api.memo.heads.find

    def counted(chunk: bytes) -> Head | None:
        looked.append(len(chunk))
        return find(chunk)

    monkeypatch.setattr(api.memo.heads, "find", counted)
    body = b"x" * 99
    async with api.serving(connection=HeadConnection) as server:
        wire = await server.connect()
        await warm(wire, post(body))
        looked.clear()
        await wire.send_at_once(post(body)[:-99], *[b"y"] * 99)

    assert wire.received.endswith(b"\r\n\r\necho:" + b"y" * 99)
    assert looked == [len(post(body)) - 99]


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


@on_both_loops
async def test_a_head_is_known_that_differs_in_an_id_that_no_handler_reads_or_in_its_idempotency_key():
    api = Fetching()
    async with api.serving(connection=HeadConnection) as server:
        wire = await server.connect()
        seen, keys = [], []
        for number in range(4):
            lines = (f"X-Request-Id: {number}", f"Idempotency-Key: k{number}", f"B3: {number}")
            request = post(b"{}", *lines, path="/keyed")
            seen.append(api.memo.heads.find(request) is not None)
            keys.append(json.loads((await wire.ask(request)).rpartition(b"\r\n")[2])[1])

    assert seen == [False, False, True, True]
    assert keys == [[f"k{number}"] for number in range(4)]


@on_both_loops
async def test_an_empty_body_of_a_known_head_is_none():
    api = Fetching()
    async with api.serving(connection=HeadConnection) as server:
        wire = await server.connect()
        responses = [await wire.ask(post(b"", path="/keyed")) for _ in range(4)]
        known = api.memo.heads.find(post(b"", path="/keyed"))

    assert known is not None
    assert [response.endswith(b', false, ""]') for response in responses] == [True] * 4


SAME = [post(b"{}", "Idempotency-Key: a", "X-Request-Id: 1", "Accept: */*", path="/keyed")]
UNLIKE = [
    post(b"{}", "Idempotency-Key: a", "X-Request-Id: 1", "Accept: text/html", path="/keyed"),
    post(b"{}", "X-Request-Id: 1", "Accept: */*", path="/keyed"),
    post(b"{}", "Idempotency-Key:", "X-Request-Id: 1", "Accept: */*", path="/keyed"),
    post(b"{}", "Idempotency-Key: a b", "X-Request-Id: 1", "Accept: */*", path="/keyed"),
    post(b"{}", *["Idempotency-Key: a"] * 2, "X-Request-Id: 1", "Accept: */*", path="/keyed"),
    post(b"{}", "Idempotency-Key: a", *["X-Request-Id: 1"] * 110, "Accept: */*", path="/keyed"),
    post(b"{} ", "Idempotency-Key: a", "X-Request-Id: 1", "Accept: */*", path="/keyed"),
    post(b"{}", "Idempotency-Key: a", "X-Request-Id: 1", "Accept: */*", path="/keyed?x"),
    post(b"{}", "Idempotency-Key: a", "X-Request-Id: \xe9", "Accept: */*", path="/keyed"),
]


async def test_a_head_that_differs_in_more_is_not_known() -> None:
    api = Fetching()
    async with api.serving(connection=HeadConnection) as server:
        wire = await server.connect()
        for number in range(3):
            await wire.ask(SAME[0].replace(b"Key: a", b"Key: %d" % number))
        known = [api.memo.heads.find(request) is not None for request in (*SAME, *UNLIKE)]

    assert known == [True] + [False] * len(UNLIKE)


# Reads of all headers of a request at once.
WHOLE = re.compile(r"request\.headers(?:\.(?:items|keys|values|copy)\(|\))")
# The authenticator goes by names that are never left out.
BY_NAME = {"kit/auth.py"}


def test_who_reads_all_headers_says_so() -> None:
    rooms = Path(web.__file__).parent
    sources = {str(it.relative_to(rooms)): it.read_text() for it in rooms.rglob("*.py")}
    reading = {name for name, source in sources.items() if WHOLE.search(source)}

    assert {name for name in reading if "READS_ALL" not in sources[name]} == BY_NAME
    assert "compat/passthrough/routes.py" in reading


OTHERS: list[bytes] = [
    post(b"one", "Expect: 100-continue"),
    post(b"one", "Connection: close"),
    post(b"one", "Upgrade: h2c"),
    post(b"one").replace(b"HTTP/1.1", b"HTTP/1.0"),
    post(b"one", path="/unread"),
    post(b"one", path="/nowhere"),
    post(b"one", *["X: 1"] * MOST_LINES),
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
async def test_a_response_to_a_known_head_differs_from_the_one_before_where_they_must():
    api = Fetching()
    async with api.serving(connection=HeadConnection) as server:
        wire = await server.connect()
        responses = [await wire.ask(post(b"{}", path="/counted")) for _ in range(3 * MANY)]

    counts = [response.partition(b"X-Count: ")[2][:1] for response in responses]
    assert counts == [b"%d" % min(number + 1, MANY) for number in range(3 * MANY)]
    assert {len(response) for response in responses} == {len(responses[0])}


@on_both_loops
async def test_a_known_request_is_told_that_its_connection_ends():
    api = Fetching()
    async with api.serving(connection=HeadConnection) as server:
        wire = await server.connect()
        for _ in range(4):
            await wire.ask(post(b"one"))

        api.memo.close()
        api.parting = True
        response = await wire.ask(post(b"two"))

    assert b"\r\nConnection: close\r\n" in response
    assert wire.lost


def test_few_heads_of_responses_are_remembered():
    known = KnownResponses()
    for number in range(2 * known_responses.MOST):
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: now\r\n\r\n"
        known.learn(number, head, 2, "now")

    found = [known.head(number, 10, "later") for number in range(2 * known_responses.MOST)]

    later = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nDate: later\r\n\r\n"
    assert found == [later] * known_responses.MOST + [None] * known_responses.MOST


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
