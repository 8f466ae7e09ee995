"""Calls that are written as bytes go, and come back, as aiohttp's client takes them; late answers go to no one."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clock import FakeClock
from tests.passage.upstream import Came, upstream
from tests.wechat.hostile import HostileServer, answer, hang, raw
from tests.wechat.test_exchange import REPLIES, responses
from wechat_scheduler.engine.bulkhead import Bulkhead
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.gateway.relaying import PassedCall
from wechat_scheduler.wechat.hosts import WeChatHosts
from wechat_scheduler.wechat.patience import Patience
from wechat_scheduler.wechat.relay import WeChatRelay
from wechat_scheduler.wechat.relayed_bytes import LONGEST
from wechat_scheduler.wechat.responses import whole
from wechat_scheduler.wechat.session import client_session

# With another version of aiohttp its own client takes all calls.
PLAIN, QUICK = "3.15.0", "3.14.0"
MENU = PassedCall(method="GET", path="/cgi-bin/menu/get", query="", headers=())


class Given(NamedTuple):
    """What a caller gets."""

    status: int
    reason: str
    headers: Sequence[tuple[str, str]]
    errcode: int
    body: bytes


@asynccontextmanager
async def relay(url: str, version: str = QUICK, seconds: float = 5) -> AsyncIterator[WeChatRelay]:
    clock = FakeClock()
    async with client_session(inflates=False) as session:
        yield WeChatRelay(
            session=session,
            hosts=WeChatHosts([url], clock=clock),
            pages=url,
            bulkhead=Bulkhead(places=100, clock=clock),
            seconds=seconds,
            version=version,
        )


async def given_by(relaying: WeChatRelay, call: PassedCall, query: str = "") -> Given | str:
    """The answer, or the error."""
    try:
        reply = await relaying.send(call, query, "")
        body = b"".join([chunk async for chunk in reply.chunks()])
        reply.end()
    except WeChatError as error:
        return str(error)
    return Given(reply.status, reply.reason, list(reply.headers), reply.errcode, body)


NAMES = st.from_regex(r"[A-Za-z][A-Za-z-]{0,12}", fullmatch=True)
VALUES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=20).map(
    str.strip
)
HEADERS = st.lists(
    st.tuples(st.one_of(NAMES, st.sampled_from(["Connection", "Cookie", "Te", "Accept"])), VALUES),
    max_size=5,
).map(tuple)
BODIES = st.one_of(st.none(), st.binary(min_size=1, max_size=40), st.just(b"x" * (LONGEST + 1)))
CALLS = st.builds(
    lambda method, headers, body: PassedCall(
        method=method,
        path="/cgi-bin/any",
        query="",
        headers=headers,
        body=body,
        length=None if body is None else len(body),
    ),
    st.sampled_from(["GET", "POST"]),
    HEADERS,
    BODIES,
)
QUERIES = st.text("abcXYZ019-_.~+/?:@!$'()*,;&=%", max_size=30)


@settings(max_examples=25, deadline=None)
@given(call=CALLS, query=QUERIES, path=st.sampled_from(["", "/wechat"]))
def test_each_call_arrives_as_aiohttp_sends_it(call: PassedCall, query: str, path: str) -> None:
    assert asyncio.run(arrived(call, query, path, QUICK)) == asyncio.run(
        arrived(call, query, path, PLAIN)
    )


async def arrived(call: PassedCall, query: str, path: str, version: str) -> Mapping[str, object]:
    async with upstream() as host, relay(host.url + path, version) as relaying:
        await given_by(relaying, call, query)
        (came,) = host.came
        return shown(came) | {"host": came.headers["host"] == host.url.removeprefix("http://")}


def shown(came: Came) -> Mapping[str, object]:
    headers = {name: value for name, value in came.headers.items() if name != "host"}
    return {"line": came.line, "headers": headers, "body": came.body}


async def test_each_answer_comes_back_as_aiohttp_reads_it(server: HostileServer) -> None:
    for what, reply in REPLIES.items():
        server.script(reply)
        found = []
        for version in (PLAIN, QUICK):
            async with relay(server.url, version) as relaying:
                found.append([await given_by(relaying, MENU), await given_by(relaying, MENU)])

        assert (what, found[0]) == (what, found[1])


async def test_the_headers_of_an_ordinary_answer_are_those_that_aiohttp_reads() -> None:
    taken = {data: found for data in responses() if (found := whole(data)) is not None}
    assert 50 < len(taken) < 1000
    async with HostileServer() as server, relay(server.url, PLAIN) as relaying:
        for data, found in [*taken.items()][::9]:
            server.script(raw(data))

            read = await given_by(relaying, MENU)

            assert isinstance(read, Given)
            assert (read.reason, read.body) == (found.reason, found.body)
            assert spelt_alike(read.headers) == spelt_alike(found.headers)


def spelt_alike(headers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """aiohttp spells the names that it knows in its own way."""
    return [(name.lower(), value) for name, value in headers if name != "Connection"]


async def test_an_answer_that_nothing_asked_for_is_given_to_no_call(server: HostileServer) -> None:
    """To one that aiohttp sends neither."""
    upload = replace(MENU, method="POST", body=b"x" * (LONGEST + 1), length=LONGEST + 1)
    for first, second in product((MENU, upload), repeat=2):
        server.script(answer(b"first"), answer(b"second"))
        async with relay(server.url) as relaying:
            await given_by(relaying, first)
            connector = relaying._session.connector
            assert connector is not None
            ((kept, _),) = next(iter(connector._conns.values()))

            kept.data_received(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")
            found = await given_by(relaying, second)

        assert isinstance(found, Given)
        assert found.body == b"second"


async def test_one_timer_ends_each_wait_when_its_time_is_over(server: HostileServer) -> None:
    server.script(hang())
    async with relay(server.url, seconds=0.03) as relaying:
        calls = [
            PassedCall(method="GET", path=f"/cgi-bin/{number}", query="", headers=())
            for number in range(3)
        ]

        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(given_by(relaying, call)) for call in calls]

    said = [str(it.result()).partition(": ")[2] for it in asked]
    assert said == ["no answer within 0.03 s"] * 3


async def test_waits_end_in_their_order_and_later_ones_after_them() -> None:
    patience, loop = Patience(0.02), asyncio.get_running_loop()
    first, second, third = (loop.create_future() for _ in range(3))
    loop.call_soon(first.set_result, "came")

    async def is_over(future: asyncio.Future[str]) -> bool:
        try:
            await patience.wait(future)
        except TimeoutError:
            return True
        return False

    async with asyncio.TaskGroup() as group:
        waits = [group.create_task(is_over(it)) for it in (first, second)]
    last = await is_over(third)

    assert [it.result() for it in waits] == [False, True]
    assert last
