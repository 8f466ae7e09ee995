"""The quick exchange sends and reads what aiohttp's own client does."""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import product
from typing import TypeAlias

import aiohttp
import pytest
from aiohttp.client_proto import ResponseHandler
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tests.wechat.hostile import AMBIGUOUS, HostileServer, Reply, answer, broken, hang, raw
from wechat_scheduler.engine.supervisor import together
from wechat_scheduler.wechat.answers import Call, LateError
from wechat_scheduler.wechat.exchange import (
    Exchange,
    KeptExchange,
    PlainExchange,
    exchange,
)
from wechat_scheduler.wechat.last_used_first import connector
from wechat_scheduler.wechat.responses import Received, ordinary
from wechat_scheduler.wechat.session import client_session, limited

Make: TypeAlias = Callable[..., Exchange]
GET = Call("GET", "/cgi-bin/token", {"appid": "wx1"})
BODY = b'{"a": 1}'
REPLIES: dict[str, Reply] = AMBIGUOUS | {
    "an answer": answer({"a": 1}, headers="Date: Sun, 29 Nov 2026 09:00:00 GMT\r\n"),
    "no body": answer(b"", status=204),
    "chunks": raw(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n2\r\n  \r\n0\r\n\r\n"
    ),
    "a body until the end": broken(b"HTTP/1.1 200 OK\r\n\r\n" + BODY),
    "an old version": broken(b"HTTP/1.0 200 OK\r\n\r\n" + BODY),
    "a last answer": broken(
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 8\r\n\r\n" + BODY
    ),
    "hints first": raw(
        b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n" + BODY
    ),
    "more than was asked for": raw((b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n" + BODY) * 2),
    "two lengths": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Length: 8\r\n\r\n" + BODY),
    "a response in two parts": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n" + BODY),
    "a head without end": broken(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 9000 + b"\r\n\r\n"),
    "another protocol": raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
}
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
PATHS = st.sampled_from(["/cgi-bin/token", "/wxa/获取", "/a b", "/sns/oauth2/access_token"])
PARAMS = st.dictionaries(TEXTS.filter(bool), TEXTS, max_size=3)
# Lines of heads, and what looks like them.
LINES = (
    b"Content-Length: 8",
    b"content-length: 8",
    b"Content-Length: 08",
    b"Content-Length: 7",
    b"Content-Length:8",
    b"Content-Length : 8",
    b"Date: Sun, 29 Nov 2026 09:00:00 GMT",
    b"date: Mon, 30 Nov 2026 09:00:00 GMT",
    b"Date: ",
    b"Connection: keep-alive",
    b"Connection: close",
    b"Keep-Alive: timeout=5",
    b"Proxy-Connection: close",
    b"Content-Type: application/json; encoding=utf-8",
    b"Content-Encoding: gzip",
    b"Transfer-Encoding: chunked",
    b"Trailer: X",
    b"Upgrade: x",
    b"Set-Cookie: a=b; path=/",
    b"X-Empty: ",
    b" folded",
    b"no colon",
    b"X: \xe5\xbe\xae",
    b"X\x00: a",
    b"",
)
FIRST_LINES = (
    b"HTTP/1.1 200 OK",
    b"http/1.1 200 OK",
    b"HTTP/1.0 200 OK",
    b"HTTP/1.1 200 ",
    b"HTTP/1.1 204 No",
)
PAYLOADS = st.binary(min_size=1, max_size=40)
CALLS = st.one_of(
    st.builds(lambda path, params: Call("GET", path, params), PATHS, PARAMS),
    st.builds(
        lambda path, params, payload: Call("POST", path, params, payload=payload),
        PATHS, PARAMS, PAYLOADS,
    ),
)  # fmt: skip


async def one_after_the_other(
    make: Callable[..., Exchange], server: HostileServer, *calls: Call, base: str = ""
) -> list[Received | str]:
    """What each call brings, or the kind of its error."""
    found: list[Received | str] = []
    async with client_session() as session:
        ask = make(session, base or server.url, seconds=5, boottime=never)
        for call in calls:
            try:
                found.append(await ask(call))
            except (aiohttp.ClientError, TimeoutError) as error:
                found.append(kind_of(error))
    return found


def kind_of(error: Exception) -> str:
    """As far as the client tells them apart."""
    kinds = (aiohttp.ClientPayloadError, aiohttp.ClientResponseError, aiohttp.ClientConnectionError)
    return next((kind.__name__ for kind in kinds if isinstance(error, kind)), type(error).__name__)


async def test_each_response_is_read_as_aiohttp_reads_it(server: HostileServer) -> None:
    for what, reply in REPLIES.items():
        server.script(reply)
        server.received.clear()
        plain = await one_after_the_other(PlainExchange, server, GET, GET)
        asked = len(server.received)

        kept = await one_after_the_other(KeptExchange, server, GET, GET)

        assert (what, kept) == (what, plain)
        assert (what, len(server.received)) == (what, 2 * asked)


@settings(max_examples=25, deadline=None)
@given(call=CALLS, path=st.sampled_from(["", "/wechat", "/a%20b/%E5%BE%AE"]))
def test_each_request_arrives_as_aiohttp_sends_it(call: Call, path: str) -> None:
    async def sent() -> None:
        async with HostileServer() as server:
            for make in (PlainExchange, KeptExchange):
                await one_after_the_other(make, server, call, base=server.url + path)
            plain, kept = server.received
            assert kept == plain

    asyncio.run(sent())


def responses() -> Iterator[bytes]:
    """Each two lines in one head, and mixtures of them with bytes of all kinds. The same in each run."""
    rng = random.Random(7)
    length = b"Content-Length: %d" % len(BODY)
    for first, (one, two) in product(FIRST_LINES, product(LINES, repeat=2)):
        yield b"\r\n".join([first, one, two, length, b"", b""]) + BODY
    for (one, two), body in product(product(LINES, repeat=2), (BODY, b"12345678x")):
        yield b"\r\n".join([FIRST_LINES[0], one, two, b"", b""]) + body
    for number in range(300):
        lines = rng.choices(LINES, k=1 + number % 8)
        lines.insert(rng.randrange(len(lines)), rng.randbytes(rng.randrange(12)))
        yield b"\r\n".join([FIRST_LINES[0], *lines, length, b"", b""]) + BODY


async def test_a_response_that_is_taken_for_an_ordinary_one_is_read_so_by_aiohttp() -> None:
    taken = [(data, found) for data in responses() if (found := ordinary(data)) is not None]

    read = {data: await read_by_aiohttp(data) for data, _ in taken}

    assert 50 < len(read) < 1000
    assert [data for data, found in taken if read[data] != found] == []


async def read_by_aiohttp(data: bytes) -> Received | None:
    """None if the response is not whole, or if something follows it or it ends the connection."""
    handler = ResponseHandler(asyncio.get_running_loop())
    handler.set_response_params(read_until_eof=True)
    handler.data_received(data)
    message, payload = await handler.read()
    if not payload.is_eof() or handler.should_close:
        return None
    return Received(message.code, message.headers.get("Date", ""), await limited(payload))


def never() -> float:
    """No time passes."""
    return 0.0


async def test_a_connection_is_kept_for_the_next_call(server: HostileServer) -> None:
    async with client_session() as session:
        ask = KeptExchange(session, server.url, seconds=5, boottime=never)
        await ask(GET)
        connector = session.connector
        assert connector is not None
        kept = sum(map(len, connector._conns.values()))
        await ask(GET)

    assert kept == 1
    assert len(server.received) == 2


async def test_connections_of_a_burst_are_closed_though_calls_go_on(server: HostileServer) -> None:
    async with client_session() as session, asyncio.timeout(60):
        kept = session.connector
        assert kept is not None
        ask = KeptExchange(session, server.url, seconds=5, boottime=never)
        await together(ask(GET) for _ in range(8))
        after_burst = used_at(kept)

        await ask(GET)
        await ask(GET)
        unused = used_at(kept)[:-1]
        kept._keepalive_timeout = 0.1  # aiohttp's are 15 s
        kept._cleanup()
        while len(used_at(kept)) > 1:
            await ask(GET)

    assert len(after_burst) == 8
    assert unused == after_burst[:-1]


async def test_with_another_aiohttp_connections_are_taken_in_its_order() -> None:
    other = connector(version="3.15.0")

    assert type(other) is aiohttp.TCPConnector


def used_at(connector: aiohttp.BaseConnector) -> list[float]:
    """When each of the idle connections was used last, in order."""
    return sorted(at for idle in connector._conns.values() for _, at in idle)


@pytest.mark.parametrize("make", [KeptExchange, PlainExchange])
async def test_a_call_whose_time_is_over_is_not_sent(
    server: HostileServer, session: aiohttp.ClientSession, make: Make
) -> None:
    ask = make(session, server.url, seconds=5, boottime=lambda: 10.0)

    await ask(GET._replace(by=10.0))
    with pytest.raises(LateError):
        await ask(GET._replace(by=9.9))
    await ask(GET)

    assert len(server.received) == 2


async def test_a_call_that_is_not_answered_ends_with_its_connection(
    server: HostileServer, session: aiohttp.ClientSession
) -> None:
    server.script(hang())

    with pytest.raises(TimeoutError):
        await KeptExchange(session, server.url, seconds=0.03, boottime=never)(GET)

    assert session.connector is not None
    assert not session.connector._acquired
    assert not session.connector._conns


async def test_a_response_that_nothing_asked_for_is_given_to_no_call(
    server: HostileServer,
) -> None:
    async with client_session() as session:
        ask = KeptExchange(session, server.url, seconds=5, boottime=never)
        server.script(answer(b"first"), answer(b"second"))
        first = await ask(GET)
        connector = session.connector
        assert connector is not None
        ((kept, _),) = next(iter(connector._conns.values()))

        kept.data_received(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")
        second = await ask(GET)

    assert [first.body, second.body] == [b"first", b"second"]


async def test_a_server_that_speaks_first_is_given_up() -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        with suppress(ConnectionError):
            await reader.read()
        writer.close()

    async with (
        await asyncio.start_server(speak, "127.0.0.1", 0) as listening,
        client_session() as session,
    ):
        port = listening.sockets[0].getsockname()[1]

        with pytest.raises((aiohttp.ClientError, TimeoutError)):
            await KeptExchange(session, f"http://127.0.0.1:{port}", seconds=5, boottime=never)(GET)


async def test_with_another_aiohttp_its_own_client_is_used(session: aiohttp.ClientSession) -> None:
    with capture_logs() as logs:
        fitting = exchange(session, "http://127.0.0.1:9", seconds=1, boottime=never)
        other = exchange(session, "http://127.0.0.1:9", seconds=1, boottime=never, version="3.15.0")

    assert isinstance(fitting, KeptExchange)
    assert isinstance(other, PlainExchange)
    assert [entry["event"] for entry in logs] == ["exchange.unavailable"]
