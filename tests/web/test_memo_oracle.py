"""With the memo and known heads or without, a client sees the same: aiohttp alone is the oracle.

Both servers get the same bytes in the same chunks, and between them the same rotations, removals,
revocations and seconds. The responses must be equal but for the value of `Date`, and each
connection must be open or closed at the same steps.
"""

import asyncio
import itertools
import logging
from datetime import timedelta
from typing import NamedTuple

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.web.fetching import Fetching, get, post, warm
from tests.web.wire import LOOPS, Wire, undated
from wechat_scheduler.web.kit.cache_keys import cache_key
from wechat_scheduler.web.kit.head_connection import HeadConnection

WIRES = 2
QUIET = logging.getLogger("tests.memo.oracle")
QUIET.disabled = True

READS = [
    get("/task/a"),
    get("/task/b"),
    get("/task/a", key="k2"),
    get("/task/a?x=1"),
    get("/task/a", 'If-None-Match: "1"'),
    get("/task/a", 'If-None-Match: "2"', "Connection: keep-alive"),
    get("/task/a", 'If-None-Match: W/"1"'),
    get("/task/a", "If-None-Match: *"),
]
CREATES = [
    *(post(body) for body in (b"{}", b"{ }", b"[1]", b"\r\n\r\n")),
    *(post(body, path="/counted") for body in (b"{}", b"[1]", b"{1}")),
    *(post(body, path="/keyed") for body in (b"", b" ")),
    post(b"{}", path="/fail"),
    post(b"{}", path="/streamed"),
    post(b"{}", path="/unread"),
]
KEYED = [
    post(b"{}", "Idempotency-Key: a", path="/keyed"),
    post(b"{}", "Accept: */*", path="/keyed"),
]
OTHERS = [
    *(get(path) for path in ("/task/nobody", "/refused/a", "/compressed/a", "/task/a?x=1#y")),
    *(get(key=key) for key in ("", "wrong")),
    *(get(method=method) for method in ("HEAD", "POST", "OPTIONS", "BREW")),
    *(get("/task/a", "Connection: close"), get("/task/a", "Connection: Upgrade", "Upgrade: h2c")),
    get("/task/a", "Connection: Upgrade", "Upgrade: websocket"),
    get("/task/a").replace(b"HTTP/1.1", b"HTTP/1.0"),
    get("/task/a", "Connection: keep-alive").replace(b"HTTP/1.1", b"HTTP/1.0"),
    get("/task/a", "Expect: 100-continue"),
    get("/task/a", "Expect: the-impossible"),
    get("/task/a", "Content-Length: 0"),
    get("/task/a", f"Content-Length: {len(get())}"),
    get("/task/a", "Content-Length: 5") + b"hello",
    get("/task/a", "Content-Length: five"),
    get("/task/a", "Transfer-Encoding: chunked") + b"3\r\nabc\r\n0\r\n\r\n",
    get("/task/a", "Content-Length: 5", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
    get("/echo", f"Content-Length: {len(get())}", method="POST"),
    get("/echo", "Transfer-Encoding: chunked", method="POST") + b"%x\r\n" % len(get()),
    get("/echo", "Expect: 100-continue", "Content-Length: 2", method="POST") + b"{}",
    get("http://elsewhere/task/a"),
    get("/task/a").replace(b"\r\n", b"\n"),
    b"\r\n" + get("/task/a"),
    get("/task/a") + b"\r\n",
    get("/task/a", "X-Long: " + "x" * 9000),
    get("/task/a", "X-Folded: one\r\n two"),
    b"GET /task/a HTTP/1.1\r\nX-API-Key: k1\r\n\r\n",
    b"GET /task/b HTTP/1.1\r\nX-Rest: ",
    *(b"\r\n\r\n", b"\x16\x03\x01\x02\x00", b"0\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
]


# Each decides what a head that varies says, or whether it may be read without aiohttp.
KEY_LINES = [
    *("Idempotency-Key: 1", "idempotency-key:2", "Idempotency-Key:  3", "Idempotency-Key: a b"),
    *("Idempotency-Key:", "Idempotency-Key: ", "Idempotency-Key: 4 ", "Idempotency-Key : 5"),
    *("Idempotency-Keys: 6", "X-Idempotency-Key: 7", "Idempotency-Key: é", "\tIdempotency-Key: 8"),
    "X-Request-Id: 1\r\n" * 90 + "X-Request-Id: 1",
    *("Traceparent: 0\r\nBaggage:", "x-request-id: é", "X-Request-Id: a\r\n b", "Request-Id : 1"),
]


class Send(NamedTuple):
    """One chunk, or several that arrive together."""

    wire: int
    chunks: tuple[bytes, ...]


class Happen(NamedTuple):
    """One of the changes that the memo must notice."""

    what: str
    to: str


Step = Send | Happen

# Each decides what aiohttp or the handler does with a read, or does not.
LINES = [
    *("X-Request-Id: 1", "traceparent:1", "b3:", "Cache-Control: no-cache", "X: a:b", "X:\tx\t"),
    *("Connection: close", "connection:Close", "CONNECTION: keep-alive", "Connection: x, close"),
    *("Connection: upgrade\r\nUpgrade: h2c", "Connection: upgrade\r\nUpgrade: websocket"),
    *("Host: elsewhere", "HOST: localhost", "User-Agent: a", "user-agent: a\r\nUser-Agent: b"),
    *("X-API-Key: k2", "x-api-key: wrong", 'if-none-match: "1"', 'If-None-Match: "0"'),
    *("Content-Length: 0", "content-length:5", "Content-Length: five", "Content-Encoding: gzip"),
    *("Transfer-Encoding: chunked", "Expect: 100-continue", "Expect: x", "TE: trailers"),
    *("Server: a\r\nserver: b", "ETag: 1\r\netag: 1", "Max-Forwards: 0", "Sec-WebSocket-Key1: 1"),
    *("X Odd: 1", "X-Odd : 1", " X-Led: 1", "X-Odd", ": 1", "X(y): 1", "X\tY: 1", "X-\u0130d: 1"),
    *("X: one\r\n two", "X: x\r\nX-API-Key: k2", "X: x\ny", "X: x\ry", "X: \x00", "X: \x7f"),
    *("X: é", "X: 你", "X: 1\r\n\r\n" + get("/task/b").decode().rstrip()),
]
# The lines of a part share their two servers.
LINE_PARTS = 7
fields = st.one_of(
    st.sampled_from(LINES),
    st.builds(
        "{}{}{}".format, st.text(max_size=5), st.sampled_from([":", ""]), st.text(max_size=8)
    ),
)


@st.composite
def varied(draw: st.DrawFn) -> bytes:
    """A read with more lines in its head."""
    line, *rest = draw(st.sampled_from(READS)).decode().split("\r\n")
    for field in draw(st.lists(fields, min_size=1, max_size=3)):
        rest.insert(draw(st.integers(0, len(rest) - 2)), field)
    return "\r\n".join((line, *rest)).encode("utf-8", "replace")


@st.composite
def traced(draw: st.DrawFn) -> bytes:
    """A read that differs in an id."""
    id_line = f"X-Request-Id: {draw(st.uuids())}\r\n".encode()
    return draw(st.sampled_from(READS)).replace(b"X-API-Key", id_line + b"X-API-Key")


@st.composite
def keyed(draw: st.DrawFn) -> bytes:
    """A create that differs in an id or in its Idempotency-Key."""
    id_line = f"X-Request-Id: {draw(st.uuids())}\r\n".encode()
    create = draw(st.sampled_from(KEYED)).replace(b": a\r", b": %d\r" % draw(st.integers(0, 9)))
    return create.replace(b"X-API-Key", id_line * draw(st.integers(0, 2)) + b"X-API-Key")


messages = st.one_of(
    st.sampled_from(READS + CREATES),
    st.sampled_from(READS + CREATES + OTHERS),
    varied(),
    traced(),
    keyed(),
)


@st.composite
def cuts(draw: st.DrawFn) -> list[bytes]:
    """A stream of messages, cut into chunks at any place."""
    stream = b"".join(draw(st.lists(messages, min_size=1, max_size=4)))
    at = draw(st.lists(st.integers(1, max(1, len(stream) - 1)), max_size=3))
    edges = sorted({0, *at, len(stream)})
    return [stream[start:end] for start, end in itertools.pairwise(edges)]


wires = st.integers(0, WIRES - 1)
polls = st.builds(
    lambda wire, chunk: [Send(wire, (chunk,))],
    wires,
    st.one_of(st.sampled_from(READS + CREATES), traced(), keyed()),
)
sends = st.one_of(
    st.builds(lambda wire, chunk: [Send(wire, (chunk,))] * 3, wires, messages),
    st.builds(lambda wire, *chunks: [Send(wire, chunks)], wires, messages, messages, messages),
    st.builds(lambda wire, chunks: [Send(wire, (chunk,)) for chunk in chunks], wires, cuts()),
    st.builds(lambda wire, chunks: [Send(wire, tuple(chunks))], wires, cuts()),
    st.builds(
        lambda wire, chunk: [Send(wire, (chunk,))], wires, st.binary(min_size=1, max_size=40)
    ),
)
happenings = st.one_of(
    st.builds(Happen, st.sampled_from(["rotate", "remove"]), st.sampled_from("ab")),
    st.builds(Happen, st.just("revoke"), st.sampled_from(["k1", "k2"])),
    st.builds(Happen, st.just("wait"), st.sampled_from(["0.7", "30", "125", "301"])),
).map(lambda step: [step])
scripts = st.lists(st.one_of(polls, polls, happenings, sends), max_size=10).map(
    lambda groups: [step for group in groups for step in group]
)


class Seen(NamedTuple):
    """All that clients can observe."""

    lost: list[list[bool]]
    streams: list[bytes]


@settings(max_examples=30, deadline=None)
@given(loop=st.sampled_from(sorted(LOOPS)), script=scripts)
def test_a_client_cannot_tell_whether_there_is_a_memo(loop: str, script: list[Step]) -> None:
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        expected, _ = runner.run(play(script, memo=False))

        seen, hits = runner.run(play(script, memo=True))

    event("served from memory" if hits else "all on the ordinary way")
    assert seen == expected


@pytest.mark.parametrize("part", range(LINE_PARTS))
def test_a_line_more_in_the_head_changes_what_it_changes_without_a_memo(part: int) -> None:
    lines = (LINES + KEY_LINES)[part::LINE_PARTS]
    reads = [*itertools.product(lines, READS), *itertools.product(lines, KEYED)]
    chunks = [
        read.replace(b"X-API-Key", line.encode() + b"\r\nX-API-Key", 1) for line, read in reads
    ]
    script: list[Step] = [
        Send(wire, (chunk,))
        for first in range(0, len(chunks), len(READS))
        for wire, chunk in [*enumerate(chunks)][first : first + len(READS)] * 3
    ]
    with asyncio.Runner(loop_factory=LOOPS["uvloop"]) as runner:
        expected, _ = runner.run(play(script, memo=False, wires=len(chunks)))

        seen, _ = runner.run(play(script, memo=True, wires=len(chunks)))

    assert dict(zip(reads, seen.streams, strict=True)) == dict(
        zip(reads, expected.streams, strict=True)
    )
    assert seen.lost == expected.lost


async def play(script: list[Step], *, memo: bool, wires: int = WIRES) -> tuple[Seen, int]:
    """The observations of the clients, and the number of responses from memory."""
    api = Fetching(cache_key=cache_key)
    ours = {"connection": HeadConnection} if memo else {}
    async with api.serving(memo=memo, logger=QUIET, **ours) as server:
        first = await server.connect()
        for request in READS + CREATES:
            await warm(first, request)
        for number in range(3):
            for request in KEYED:
                line = b"X-Request-Id: %d\r\nX-API-Key" % number
                await warm(
                    first,
                    request.replace(b": a\r", b": w%d\r" % number).replace(b"X-API-Key", line),
                )
        ends = [await server.connect() for _ in range(wires)]
        for end in ends:
            await end.rest()
        lost = [await act(step, api, ends) for step in script]
        streams = [undated(await end.finish()) for end in ends]
    return Seen(lost, streams), sum(cell.reads for cell in api.cells.values())


async def act(step: Step, api: Fetching, ends: list[Wire]) -> list[bool]:
    match step:
        case Send(wire, (chunk,)):
            await ends[wire].send(chunk)
        case Send(wire, chunks):
            await ends[wire].send_at_once(*chunks)
        case Happen("wait", seconds):
            api.clock.advance(timedelta(seconds=float(seconds)))
        case Happen(what, to):
            getattr(api, what)(to)
    return [end.lost for end in ends]
