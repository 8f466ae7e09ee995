"""A client that puts another id into each request is answered from memory, and only where it may be."""

from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import hdrs
from aiohttp.http_parser import SINGLETON_HEADERS

from tests.house import APPID, Answer, daemon, in_memory, wechat
from tests.web.fetching import Fetching, get, warm
from tests.web.wire import on_both_loops, undated
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.web.kit.cache_keys import HEEDED, HEEDED_GROUPS, MOST_LINES, cache_key
from wechat_scheduler.web.kit.memo import LARGEST


def with_id(number: int, *lines: str, path: str = "/task/a") -> bytes:
    return get(path, f"X-Request-Id: {number:032x}", *lines)


@on_both_loops
async def test_requests_that_differ_in_an_id_are_answered_from_memory():
    api = Fetching(cache_key=cache_key)
    async with api.serving() as server:
        wire = await server.connect()
        ordinary = [await wire.ask(with_id(number)) for number in range(2)]

        answers = [await wire.ask(with_id(number)) for number in range(2, 7)]

    assert {undated(answer) for answer in answers} == {undated(ordinary[0])}
    assert (api.handled, api.cells["a"].reads) == (2, 5)


async def test_a_first_sight_leaves_nothing_in_memory():
    api = Fetching(cache_key=cache_key)
    async with api.serving() as server:
        wire = await server.connect()

        await wire.ask(with_id(1))
        await wire.ask(with_id(1, path="/task/b"))

    assert len(api.memo) == 0


async def test_ids_leave_nothing_more_in_memory():
    api = Fetching(cache_key=cache_key)
    async with api.serving() as server:
        wire = await server.connect()
        for number in range(20):
            await wire.ask(with_id(number))

    assert len(api.memo) == 1


async def test_a_rotation_a_removal_and_a_revocation_reach_every_id():
    api = Fetching(cache_key=cache_key)
    async with api.serving() as server:
        wire = await server.connect()
        for number in range(3):
            await wire.ask(with_id(number))

        api.rotate("a")
        rotated = await wire.ask(with_id(3))
        api.remove("a")
        removed = await wire.ask(with_id(4))
        api.rotate("a")
        api.revoke("k1")
        revoked = await wire.ask(with_id(5))

    assert b"token-a-2" in rotated
    assert removed.startswith(b"HTTP/1.1 503")
    assert revoked.startswith(b"HTTP/1.1 401")


async def test_the_key_and_the_version_that_is_known_count():
    api = Fetching(cache_key=cache_key)
    async with api.serving() as server:
        wire = await server.connect()
        for number in range(3):
            await wire.ask(with_id(number))
            await wire.ask(with_id(number, 'If-None-Match: "1"'))

        known = await wire.ask(with_id(3, 'If-None-Match: "1"'))
        older = await wire.ask(with_id(3, 'If-None-Match: "0"'))
        wrong = await wire.ask(with_id(3).replace(b"k1", b"k3"))

    assert known.startswith(b"HTTP/1.1 304")
    assert older.startswith(b"HTTP/1.1 200")
    assert wrong.startswith(b"HTTP/1.1 401")


@on_both_loops
async def test_a_request_that_repeats_its_id_soon_goes_by_its_bytes_alone():
    api = Fetching(cache_key=cache_key)
    async with api.serving() as server:
        wire = await server.connect()
        for number in range(3):
            await wire.ask(with_id(number))

        await warm(wire, with_id(7))

    assert len(api.memo) == 2
    assert api.handled == 2


def test_what_no_response_depends_on_is_left_out():
    read = get("/task/a?x=1", "accept: a", 'If-None-Match: "1"')
    traced = read.replace(b"accept", b"traceparent:00-1\r\nX-Empty:\r\nDate: now\r\naccept")

    assert cache_key(traced) == read
    assert cache_key(read) == read


ODD: list[bytes] = [
    get(method="POST"),
    get().replace(b"HTTP/1.1", b"HTTP/1.0"),
    get().replace(b"\r\n", b"\n"),
    get() + get(),
    get() + b"x",
    get()[:-2],
    get("/a b"),
    get("/你"),
    get("/task/a", "X-Odd : 1"),
    get("/task/a", "X Odd: 1"),
    get("/task/a", "X-Odd"),
    get("/task/a", ": 1"),
    get("/task/a", "X-Odd: one\r\n two"),
    get("/task/a", "X-Odd: 你"),
    get("/task/a", "X-Odd: \x00"),
    get("/task/a", "X-Odd: a\rb"),
    get("/task/a", *("X-Odd: 1" for _ in range(MOST_LINES))),
    get("/task/a", "X-Odd: ".ljust(LARGEST)),
    b"",
]


def test_an_odd_head_has_no_essence():
    for odd in ODD:
        assert cache_key(odd) is None, odd


def test_headers_that_aiohttp_refuses_twice_are_heeded():
    names = {name.lower().encode() for name in SINGLETON_HEADERS}

    assert {name for name in names if not name.startswith(HEEDED_GROUPS)} <= HEEDED


def _is_left_out(name: str) -> bool:
    sent = name.lower().encode()
    return sent not in HEEDED and not sent.startswith(HEEDED_GROUPS)


@pytest.mark.parametrize("no_auth", [False, True])
async def test_no_response_of_the_daemon_depends_on_what_is_left_out(no_auth: bool, tmp_path: Path):
    names = {str(value) for value in vars(hdrs).values() if isinstance(value, hdrs.istr)}
    left_out = sorted(filter(_is_left_out, {*names, "X-Request-Id", "traceparent", "X-Method"}))
    async with (
        wechat(SystemClock()) as weixin,
        daemon(tmp_path, weixin.url, opener=in_memory, server__insecure_no_auth=no_auth) as caller,
    ):
        await caller.register({"type": 0})
        await caller.value(f"{APPID}/0")
        # No other request has these bytes: each goes the ordinary way.
        plain = await caller.fetch(f"{APPID}/0?n=0")

        answers = {
            name: await caller.fetch(f"{APPID}/0?n={number}", **{name: "odd, 1; q=0"})
            for number, name in enumerate(left_out, start=1)
        }

    assert len(left_out) > 20
    assert {name: _undated(answer) for name, answer in answers.items()} == dict.fromkeys(
        left_out, _undated(plain)
    )


def _undated(answer: Answer) -> Answer:
    """Without what a second may change."""
    passing = (hdrs.DATE, hdrs.CACHE_CONTROL)
    headers = {name: value for name, value in answer.headers.items() if name not in passing}
    return replace(answer, headers=headers)
