"""Calls and answers keep their bytes; what two servers could read in two ways does not pass."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tests.day_loop import played
from tests.house import APPID
from tests.passage.conftest import CREATE, MENU, Gate, gate
from tests.passage.upstream import OK, Upstream, upstream


class Lane:
    """Raw connections to a gateway, and the host behind it."""

    def __init__(self, place: Gate, host: Upstream) -> None:
        self.place = place
        self.host = host

    async def say(self, request: bytes) -> bytes:
        """All that comes back on a connection of its own."""
        url = urlsplit(self.place.keeper.daemon.url)
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        writer.write(request)
        try:
            return await reader.read()
        finally:
            writer.close()

    async def send(
        self, method: str, path: str, body: bytes = b"", headers: Iterable[tuple[str, str]] = ()
    ) -> bytes:
        mark = "&" if "?" in path else "?"
        lines = [
            f"{method} {path}{mark}access_token={self.place.token} HTTP/1.1",
            "Host: gateway",
            "Connection: close",
            *(f"{name}: {value}" for name, value in headers),
            *([f"Content-Length: {len(body)}"] if body else []),
        ]
        return await self.say("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)


@asynccontextmanager
async def lane(state: Path, **more: str) -> AsyncIterator[Lane]:
    async with upstream() as host, gate(state, gateway__hosts=host.url, **more) as place:
        yield Lane(place, host)


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Lane]:
    async with lane(tmp_path / "state") as running:
        yield running


def split(response: bytes) -> tuple[bytes, bytes]:
    head, _, body = response.partition(b"\r\n\r\n")
    return head, body


def joined(chunks: bytes) -> bytes:
    """A body in chunks as a whole: how it was cut does not matter."""
    size, _, rest = chunks.partition(b"\r\n")
    length = int(size, 16)
    return rest[:length] + joined(rest[length + 2 :]) if length else b""


# No `&`, `=` or `%`: what these do to the token is below.
queries = st.text("abcXYZ019-_.~+/?:@!$'()*,;", max_size=30)
names = st.from_regex(r"[Xx]-[A-Za-z]{1,10}", fullmatch=True).filter(
    lambda name: name.lower() not in ("x-api-key", "x-real-ip")
)
values = st.from_regex(r"[!-~]([ !-~]{0,20}[!-~])?", fullmatch=True)
KINDS = ["application/json", "text/plain", "image/jpeg", "application/zip"]


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    query=queries,
    body=st.binary(max_size=3000),
    sent=st.dictionaries(names, values, max_size=4),
    answer=st.binary(max_size=6000),
    status=st.sampled_from([200, 201, 404, 500, 502]),
    kind=st.sampled_from(KINDS),
)
async def test_any_call_and_any_answer_keep_their_bytes(
    line: Lane,
    query: str,
    body: bytes,
    sent: dict[str, str],
    answer: bytes,
    status: int,
    kind: str,
) -> None:
    line.host.answer = answering(answer, status, f"Content-Type: {kind}")

    head, got = split(await line.send("POST", f"/cgi-bin/any/path?{query}", body, sent.items()))

    came = line.host.came[-1]
    assert came.line.startswith(f"POST /cgi-bin/any/path?{query}&access_token=")
    assert came.body == body
    for name, value in sent.items():
        assert value in came.headers[name.lower()]
    assert head.split(b" ")[1] == str(status).encode()
    assert got == answer


def answering(body: bytes, status: int = 200, *lines: str) -> bytes:
    """An answer with a length."""
    head = (f"HTTP/1.1 {status} Words", *lines, f"Content-Length: {len(body)}", "", "")
    return "\r\n".join(head).encode() + body


async def test_a_compressed_body_and_a_compressed_answer_stay_compressed(line: Lane) -> None:
    sent, answered = gzip.compress(b"question"), gzip.compress(b'{"menu":1}')
    line.host.answer = answering(answered, 200, "Content-Encoding: gzip")
    headers = {"Content-Encoding": "gzip", "Accept-Encoding": "gzip"}

    head, got = split(await line.send("POST", CREATE, sent, headers.items()))

    came = line.host.came[0]
    assert (came.body, came.headers["content-encoding"]) == (sent, "gzip")
    assert came.headers["accept-encoding"] == "gzip"
    assert got == answered
    assert b"Content-Encoding: gzip" in head


async def test_a_compressed_refusal_of_the_token_is_seen(line: Lane) -> None:
    line.place.advance(minutes=1)
    refusal = gzip.compress(b'{"errcode":40001,"errmsg":"dead"}')
    line.host.answer = answering(
        refusal, 200, "Content-Encoding: gzip", "Content-Type: application/json"
    )

    await line.send("GET", MENU)

    tokens = [it.line.partition("access_token=")[2].split()[0] for it in line.host.came]
    assert len(set(tokens)) == len(tokens) == 2


async def test_a_body_and_an_answer_in_chunks_keep_their_bytes(line: Lane) -> None:
    for chunk in (b"a", b"b" * 70_000):
        part = f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n"
        line.host.answer = (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + part + b"0\r\n\r\n"
        )
        start = f"POST {CREATE}?access_token={line.place.token} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"

        response = await line.say(
            start.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + part + b"0\r\n\r\n"
        )

        assert line.host.came[-1].body == chunk
        head, body = split(response)
        assert (joined(body) if b"chunked" in head else body) == chunk


async def test_a_body_that_is_compressed_for_one_connection_alone_does_not_pass(line: Lane) -> None:
    coding = b"Transfer-Encoding: gzip, chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
    start = f"POST {CREATE}?access_token={line.place.token} HTTP/1.1\r\nHost: a\r\n"

    refused = await line.say(start.encode() + b"Connection: close\r\n" + coding)
    came = len(line.host.came)
    line.host.answer = b"HTTP/1.1 200 OK\r\n" + coding
    broken = await line.send("GET", MENU)

    assert (came, b'"errcode":47001' in refused) == (0, True)
    assert b"the answer is not HTTP" in broken


async def test_a_caller_of_http_1_0_learns_the_end_of_an_answer_without_a_length(
    line: Lane,
) -> None:
    line.host.answer = (
        b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3\r\nabc\r\n0\r\n\r\n"
    )
    start = f"GET {MENU}?access_token={line.place.token} HTTP/1.0\r\nHost: a\r\n"

    async with asyncio.timeout(60):
        response = await line.say(start.encode() + b"Connection: keep-alive\r\n\r\n")

    assert split(response)[1] == b"abc"


async def test_headers_about_the_connection_and_about_us_stay_behind(line: Lane) -> None:
    kept = {"Wechatmp-Signature": "abc==", "User-Agent": "sdk/1", "Accept": "*/*"}
    dropped = {
        "Connection": "close, X-Hop",
        "X-Hop": "1",
        "Keep-Alive": "timeout=5",
        "TE": "trailers",
        "X-API-Key": "wsk_secret",
        "Authorization": "Bearer wsk_secret",
        "Cookie": "a=b",
        "X-Forwarded-For": "10.0.0.1",
        "X_API_Key": "wsk_secret",
        "Transfer_Encoding": "chunked",
    }
    line.host.answer = answering(
        b"{}",
        200,
        "Keep-Alive: timeout=9",
        "Wechatmp-Signature: xyz",
        "Connection: X-Also",
        "X-Also: 1",
    )

    head, _ = split(await line.send("GET", MENU, headers=(kept | dropped).items()))

    came = line.host.came[0].headers
    assert {name: came[name.lower()] for name in kept} == kept
    assert not {name.lower() for name in dropped if name != "Connection"} & came.keys()
    assert "x-hop" not in came.get("connection", "")
    assert came["host"] == urlsplit(line.host.url).netloc
    assert b"Wechatmp-Signature: xyz" in head
    assert b"X-Also" not in head
    assert b"timeout=9" not in head


UNCLEAR = [
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "Content-Length: 5\r\nContent-Length: 6\r\n",
    "Content-Length: +5\r\n",
    "Content-Length: 5 \r\n x\r\n",
    "Transfer-Encoding: chunked, identity\r\n",
    "Transfer-Encoding: xchunked\r\n",
    "Transfer-Encoding : chunked\r\n",
]


async def test_a_body_that_could_be_read_in_two_ways_does_not_pass(line: Lane) -> None:
    smuggled = b"0\r\n\r\nGET /cgi-bin/smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
    for head in UNCLEAR:
        start = f"POST {CREATE}?access_token={line.place.token} HTTP/1.1\r\nHost: a\r\n{head}"

        async with asyncio.timeout(60):
            response = await line.say(start.encode() + b"Connection: close\r\n\r\n" + smuggled)

        assert not any("smuggled" in it.line for it in line.host.came), head
        assert b"Traceback" not in response, head


async def test_the_token_is_found_wherever_it_stands(line: Lane) -> None:
    line.place.advance(minutes=1)
    line.place.weixin.sandbox.kill(line.place.token)
    await line.place.keeper.call("POST", f"/task/{APPID}/0/refresh")
    async with asyncio.timeout(60):
        while (current := await line.place.keeper.value(f"{APPID}/0")) == line.place.token:
            pass
    for query in (
        "access_token=TOKEN&access_token=TOKEN",
        "access%5Ftoken=TOKEN",
        "a=1&access_token=TOKEN&b=%26access_token%3Dx",
        "&&access_token=TOKEN&",
    ):
        given = query.replace("TOKEN", line.place.token)
        head = f"GET {MENU}?{given} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

        await line.say(head.encode())

        sent = line.host.came[-1].line.split(" ")[1].partition("?")[2]
        assert sent == query.replace("TOKEN", current)


async def test_an_answer_that_breaks_off_breaks_off_for_the_caller(line: Lane) -> None:
    line.host.answer = (
        b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\ncontent-length: 100000\r\n\r\n" + b"x" * 10
    )

    head, body = split(await line.send("GET", "/cgi-bin/media/get?media_id=1"))

    assert b"100000" in head
    assert len(body) < 100_000


def test_an_answer_that_stops_is_given_up_after_the_time_that_is_set(tmp_path: Path) -> None:
    async def play() -> bytes:
        async with lane(tmp_path / "state", wechat__timeout="7s") as line:
            line.host.answer = (
                b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 100\r\n\r\nhalf"
            )
            return await line.send("GET", "/cgi-bin/media/get?media_id=1")

    with capture_logs() as logs:
        response = played(play)

    (told,) = [entry for entry in logs if entry["event"] == "gateway.broken_off"]
    assert split(response)[1] == b"half"
    assert told["error"] == "/cgi-bin/media/get: no answer within 7 s"


async def test_a_request_with_the_whole_address_in_its_first_line_passes(line: Lane) -> None:
    start = f"GET http://api.weixin.qq.com{MENU}?access_token={line.place.token} HTTP/1.1\r\n"

    response = await line.say(
        start.encode() + b"Host: api.weixin.qq.com\r\nConnection: close\r\n\r\n"
    )

    assert response.endswith(OK.partition(b"\r\n\r\n")[2])
    assert line.host.came[0].line.startswith(f"GET {MENU}?")


async def test_a_doubled_slash_before_the_path_passes_as_one(line: Lane) -> None:
    await line.send("GET", f"/{MENU}")

    assert line.host.came[0].line.startswith(f"GET {MENU}?")


async def test_a_refusal_of_a_large_upload_reaches_the_caller(line: Lane) -> None:
    body = b"x" * 3_000_000

    response = await line.send("POST", CREATE, body)

    assert response.endswith(OK.partition(b"\r\n\r\n")[2])
    assert len(line.host.came[0].body) == len(body)


async def test_nothing_of_a_token_is_in_the_log(
    line: Lane, capsys: pytest.CaptureFixture[str]
) -> None:
    line.host.answer = b"garbage\r\n\r\n"

    await line.send("GET", MENU)

    told = capsys.readouterr()
    assert "gateway.failed" in told.out + told.err
    assert line.place.token not in told.out + told.err
