"""`SyncClient` calls as `Client` does."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.business import Answer, Business, cut_short, drop, garbage, raw, status
from tests.cases import raising
from tests.client.in_threads import ThreadedClock
from tests.client.test_client import ACCOUNT, enveloped, issued
from tests.clock import FakeClock
from tests.house import APPID, Caller, daemon, in_memory, wechat
from wechat_scheduler.client import Client, SyncClient
from wechat_scheduler.client.sync_stream import ChunkReader
from wechat_scheduler.errors import (
    CallError,
    ConflictError,
    NotFoundError,
    RequestError,
    UnreachableError,
)

BLINK = timedelta(milliseconds=100)


@pytest.fixture
async def stand_in() -> AsyncIterator[Business]:
    async with Business() as business:
        yield business


@pytest.fixture
async def caller(tmp_path: Path) -> AsyncIterator[Caller]:
    """A real daemon without loops."""
    clock = FakeClock()
    async with (
        wechat(clock) as real,
        daemon(tmp_path, real.url, clock=clock, opener=in_memory) as opened,
    ):
        yield opened


async def errors(url: str, *, timeout: timedelta = timedelta(seconds=15)) -> list[tuple[type, str]]:
    """What each of the two raises for a list of the jobs."""
    found = []
    async with Client(url, timeout=timeout, patience=timedelta(0)) as client:
        with pytest.raises((CallError, RequestError)) as caught:
            await client.jobs()
        found.append((type(caught.value), str(caught.value)))
    with SyncClient(url, timeout=timeout, patience=timedelta(0)) as sync:
        with pytest.raises((CallError, RequestError)) as caught:
            await asyncio.to_thread(sync.jobs)
        found.append((type(caught.value), str(caught.value)))
    return found


TROUBLES: list[Answer] = [
    drop,
    garbage,
    cut_short,
    status(502, b"<html>Bad Gateway"),
    status(302, Location="http://127.0.0.1:1/"),
    status(200, b"[]"),
    enveloped(503, "", "busy"),
    enveloped(404, "", "no such job"),
    enveloped(500, "", "something went wrong here"),
]


async def test_both_clients_say_the_same_of_a_server_in_trouble() -> None:
    for trouble in TROUBLES:
        async with Business() as stand_in:
            stand_in.script(trouble, times=4)

            in_loop, in_threads = await errors(stand_in.url("/base/"))

        assert in_threads == in_loop, trouble


async def test_both_clients_say_the_same_where_no_daemon_answers(stand_in: Business) -> None:
    stand_in.script(stand_in.hang, times=2)
    silent = await errors(stand_in.url(), timeout=BLINK)
    await stand_in.stop()
    refused = await errors(stand_in.url())

    for in_loop, in_threads in (silent, refused):
        assert in_threads == in_loop


def test_a_url_that_cannot_be_a_daemons_is_refused_at_once() -> None:
    for url in ("", "127.0.0.1:9001", "ftp://host", "http://", "http://h:x/"):
        with pytest.raises(ValueError, match=r"http://127\.0\.0\.1:9001|[Pp]ort"):
            SyncClient(url)


async def test_every_method_does_what_its_twin_does(caller: Caller) -> None:
    url = caller.daemon.url.replace("://", f"://x:{caller.daemon.admin_key}@")
    users = [{"type": 2, "openid": f"o{n:03}", "params": "http://127.0.0.1/"} for n in range(101)]

    def use(client: SyncClient) -> list[object]:
        client.register({**ACCOUNT, "tasks": users})
        listed = [job.subject for job in client.jobs(appid=APPID, kind="2")]
        client.refresh(APPID, "2", "o007")
        client.remove(APPID, "2", "o007")
        with pytest.raises(NotFoundError):
            client.credential(APPID, "2", "o007")
        with pytest.raises(ConflictError):
            client.credential(APPID, "2")
        return [len(listed), len(client.jobs()), client.healthy()]

    with SyncClient(url, clock=ThreadedClock()) as client:
        told = await asyncio.to_thread(use, client)

    assert told == [101, 100, True]


async def test_however_many_threads_wait_the_daemon_is_asked_once(stand_in: Business) -> None:
    stand_in.script(issued("token-1"))

    with SyncClient(stand_in.url(), clock=ThreadedClock()) as client:
        values: list[str] = []
        threads = [
            threading.Thread(target=lambda: values.append(client.credential(APPID, "0")))
            for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            await asyncio.to_thread(thread.join)

    assert values == ["token-1"] * 20
    assert len(stand_in.calls) == 1


async def test_a_connection_that_ended_meanwhile_is_replaced(stand_in: Business) -> None:
    stand_in.script(enveloped(200, "success"), times=2)

    with SyncClient(stand_in.url(), patience=timedelta(0)) as client:
        await asyncio.to_thread(client.register, ACCOUNT)
        await stand_in.stop()
        await stand_in.start()
        await asyncio.to_thread(client.register, ACCOUNT)

    assert len(stand_in.calls) == 2


async def test_a_client_that_was_closed_says_so(stand_in: Business) -> None:
    stand_in.script(issued("token-1"), times=2)
    async with Client(stand_in.url()) as client:
        await client.credential(APPID, 0)
    with SyncClient(stand_in.url(), clock=ThreadedClock()) as sync:
        await asyncio.to_thread(sync.credential, APPID, 0)

    with pytest.raises(RuntimeError, match="not after its end"):
        await client.credential(APPID, 0)
    for use in (
        lambda: sync.credential(APPID, 0),
        lambda: sync.invalid(APPID, 0, "token-1"),
        lambda: next(sync.follow((APPID, 0))),
        lambda: sync.register(ACCOUNT),
        sync.jobs,
        sync.healthy,
    ):
        with pytest.raises(RuntimeError, match="this SyncClient is closed: make one"):
            use()


def test_a_machine_that_answers_no_connection_is_given_up_in_time() -> None:
    with socket.socket() as listening:  # takes one connection, and reads nothing from it
        listening.bind(("127.0.0.1", 0))
        listening.listen(1)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"

        with SyncClient(address, timeout=BLINK) as client, pytest.raises(UnreachableError):
            client.jobs()


NO_STREAMS: list[bytes] = [
    b"HTTP/1.1\r\n\r\n",
    b"HTTP/1.1 abc OK\r\n\r\n",
    b"HTTP/1.1 99999999999 OK\r\n\r\n",
    b"\r\n\r\n",
    b"SSH-2.0-OpenSSH\r\n",
    b"HTTP/1.1 404 No\r\nContent-Length: many\r\n\r\nno",
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.1 500 No\r\n" + b"X: y\r\n" * 20_000,
    b"",
]


async def test_what_is_no_stream_of_events_is_said_so(stand_in: Business) -> None:
    for said in NO_STREAMS:
        stand_in.script(raw(said))
        wire = SyncClient(stand_in.url())._driver._wire

        with raising(CallError, said):
            await asyncio.to_thread(
                wire.open_stream, "v1", "events", query={}, headers={}, timeout=BLINK
            )
        wire.close()


def test_chunks_are_taken_out_of_their_frames_however_they_are_cut() -> None:
    for size in (1, 2, 3, 7, 100):
        framed = b"5\r\nhello\r\n1;ext=1\r\n \r\nA\r\n0123456789\r\n0\r\n\r\n"
        reader = ChunkReader()

        read = [reader.feed(framed[n : n + size]) for n in range(0, len(framed), size)]

        assert b"".join(read) == b"hello 0123456789", size
        assert reader.is_ended, size
