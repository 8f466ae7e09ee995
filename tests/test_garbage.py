"""What is no HTTP, or hardly: the server refuses it, says nothing of itself, and goes on."""

import asyncio
import gc
import logging
import re
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tests.house import APPID
from tests.strangers import besieged, say

QUICK = settings(
    max_examples=180,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3}) ", re.MULTILINE)
HEAD = b"GET /healthz HTTP/1.1\r\nHost: here\r\n"
FETCH = f"GET /task/{APPID}/0 HTTP/1.1\r\nHost: here\r\nX-API-Key: wsk_planted\r\n\r\n".encode()
PUSH = b"POST /wechat/callback/wx1 HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\n<xml>"

names = st.sampled_from(
    ["Host", "Content-Length", "Transfer-Encoding", "Content-Encoding", "Connection", "Upgrade",
     "Expect", "Range", "If-None-Match", "If-Modified-Since", "Accept-Encoding", "Content-Type",
     "Cookie", "Authorization", "X-API-Key", "X-Forwarded-For", "Forwarded", "Sec-WebSocket-Key"],
)  # fmt: skip
values = st.one_of(
    st.sampled_from(
        ["", "-1", "99999999999999999999", "0x10", "1, 2", "chunked", "gzip, chunked", "gzip",
         "deflate", "br", "identity", "close", "keep-alive, upgrade", "websocket", "h2c",
         "100-continue", "200-ok", "bytes=-1", '"', 'W/"1', "*", "Basic ", "Basic eA==", "Bearer",
         "Bearer wsk_\xff", 'for="[', "for=_", "[", "a" * 9000, "a;" * 4000],
    ),
    st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=40),
)  # fmt: skip
methods = st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "CONNECT", "BREW"])
paths = st.sampled_from(
    ["/", "*", "//", "//[", "/healthz", "/readyz", "/metrics", "/tasks?limit=%FF", "/register",
     f"/task/{APPID}/0", f"/task/{APPID}/0/%00", "/task/%ED%A0%80/%2F/..", "/v1/keys/%FF",
     "/wechat/callback/%FF?echostr=%00", "/callbacks/..", "http://[/tasks", "here:99999", "/%"],
)  # fmt: skip
bodies = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [b"0\r\n\r\n", b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\n", b"ffffffffffffffff\r\nx"]
    ),
)


@st.composite
def absurd(draw: st.DrawFn) -> bytes:
    """A request with headers that do not go together."""
    lines = [f"{draw(methods)} {draw(paths)} HTTP/1.1"]
    lines += ["Host: here"] if draw(st.booleans()) else []
    headers = draw(st.lists(st.tuples(names, values), max_size=6))
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + draw(bodies)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good request, in which a few bytes are others."""
    request = bytearray(draw(st.sampled_from([HEAD + b"\r\n", FETCH, PUSH, FETCH + FETCH])))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(request) - 1))
        request[at : at + draw(st.integers(0, 2))] = draw(st.binary(max_size=2))
    return bytes(request)


HOSTILE = [
    b"\x16\x03\x01\0\0\r\n\r\n",
    b"\0" * 1000,
    HEAD + b"A: " + b"a" * 100_000 + b"\r\n\r\n",
    HEAD + b"".join(b"A%d: 1\r\n" % number for number in range(5000)) + b"\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
    b"POST /wechat/callback/wx1 HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n<",
    b"POST /wechat/callback/wx1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /wechat/callback/wx1 HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + b"<" * 300_000,
    FETCH,
    (HEAD + b"\r\n") * 200,
]  # fmt: skip


async def test_bytes_that_are_no_http_are_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with besieged(tmp_path / "state") as keeper:

        @QUICK
        @given(request=st.one_of(st.binary(max_size=200), damaged(), absurd()))
        def attack(request: bytes) -> None:
            answer = say(keeper.daemon.url, request)

            assert all(int(status) < 500 for status in STATUS.findall(answer)), answer
            assert not answer or STATUS.match(answer), answer
            assert b"Traceback" not in answer
            assert b"/site-packages/" not in answer

        caplog.set_level(logging.INFO)
        with capture_logs() as events:
            await asyncio.to_thread(attack)
        alive = await keeper.call("GET", "/healthz", key="")

    assert alive.status == 200
    assert "api.crashed" not in {event["event"] for event in events}
    assert "aiohttp.server" not in {record.name for record in caplog.records}


async def test_only_the_expectation_to_continue_is_met(tmp_path: Path) -> None:
    register = b"POST /registe HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\nExpect: %s\r\n\r\n{}"

    async with besieged(tmp_path / "state") as keeper:
        url = keeper.daemon.url
        unknown = await asyncio.to_thread(say, url, register % b"foo", patience=10)
        known = await asyncio.to_thread(say, url, register % b"100-Continue", patience=10)

    assert unknown.startswith(b"HTTP/1.1 417 ")
    assert b"\r\nContent-Type: text/plain" in unknown
    assert STATUS.findall(known)[:2] == [b"100", b"401"]


PLANTED = (
    HEAD + b"X-API-Key: wsk_planted\0\r\n\r\n",
    HEAD + b"X-API-Key: wsk_planted" + b"x" * 20_000 + b"\r\n\r\n",
    b"GET /cgi-bin/menu/get?access_token=wsk_planted&a=\t HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /cgi-bin/menu/get?access_token=wsk_planted HTTP/1.2\r\nHost: a\r\n\r\n",
    b"wsk_planted / HTTP/1.1\r\nHost: a\r\n\r\n",
)


async def test_a_key_beside_what_is_broken_is_neither_in_the_log_nor_in_the_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with besieged(tmp_path / "state") as keeper:
        for request in PLANTED:
            with capture_logs() as events:
                answer = await asyncio.to_thread(say, keeper.daemon.url, request, patience=10)

            assert answer.startswith(b"HTTP/1.0 400 "), request
            assert len(answer.partition(b"\r\n\r\n")[2]) > 10, request
            assert "wsk_planted" not in caplog.text + str(events) + answer.decode()


async def test_memory_stays_flat(tmp_path: Path) -> None:
    async with besieged(tmp_path / "state") as keeper:

        def attack(times: int) -> None:
            for request in HOSTILE * times:
                say(keeper.daemon.url, request)
            gc.collect()

        await asyncio.to_thread(attack, 3)
        tracemalloc.start()
        try:
            await asyncio.to_thread(attack, 1)
            before, _ = tracemalloc.get_traced_memory()
            tracemalloc.reset_peak()
            await asyncio.to_thread(attack, 3)
            after, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert after - before < 60_000
    assert peak - before < 8_000_000
