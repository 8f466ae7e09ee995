"""Responses whose head is preceded by others, or has what cannot be written in a head."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

from tests.day_loop import played
from tests.wechat.hostile import HostileServer, raw
from tests.wechat.test_relay import MENU, Given, given_by, relay
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.wechat.relayed_bytes import LONGEST


async def test_silence_after_an_interim_response_is_ended_too(server: HostileServer) -> None:
    long = replace(MENU, method="POST", body=b"x" * (LONGEST + 1), length=LONGEST + 1)
    server.script(raw(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"))
    for call in (MENU, long):
        async with relay(server.url, seconds=0.05) as relaying, asyncio.timeout(60):
            said = await given_by(relaying, call)

        assert said == "/cgi-bin/menu/get: no answer within 0.05 s"


def test_an_interim_response_during_an_upload_does_not_cut_it() -> None:
    """Some servers send one unasked."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await reader.readuntil(b"0\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")
        writer.close()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"x"
        await SystemClock().sleep(timedelta(seconds=4))
        yield b"y"

    async def play() -> Given | str:
        host = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = host.sockets[0].getsockname()[1]
        async with host, relay(f"http://127.0.0.1:{port}", seconds=3) as relaying:
            return await given_by(relaying, replace(MENU, method="POST", body=slowly()))

    found = played(play)

    assert isinstance(found, Given)
    assert found.body == b"done"


ODD_HEADS = {
    "a control character in the reason": (b"200 a\x01b", "", []),
    "Chinese in the reason": ("200 好".encode(), "好", []),
    "a reason in GBK": ("200 好".encode("gbk"), "好", []),
    "a control character": (b"200 OK\r\nX-A: a\x01b\r\nX-B: c", "OK", [("X-B", "c")]),
    "Chinese in a header": ("200 OK\r\nX-A: 好".encode(), "OK", [("X-A", "好")]),
    "a header in GBK": ("200 OK\r\nX-A: 好".encode("gbk"), "OK", [("X-A", "好")]),
    "a header in no encoding": (b"200 OK\r\nX-A: \xff\r\nX-B: c", "OK", [("X-B", "c")]),
}


async def test_what_no_server_can_write_in_a_head_does_not_spoil_the_answer(
    server: HostileServer,
) -> None:
    found = {}
    async with relay(server.url) as relaying:
        for what, (head, *_) in ODD_HEADS.items():
            server.script(raw(b"HTTP/1.1 " + head + b"\r\nContent-Length: 2\r\n\r\n{}"))
            given = await given_by(relaying, MENU)
            assert isinstance(given, Given)
            found[what] = given.reason, [it for it in given.headers if it[0] != "Content-Length"]

    assert found == {what: (reason, headers) for what, (_, reason, headers) in ODD_HEADS.items()}
