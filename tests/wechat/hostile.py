"""A server that answers as WeChat never should: bytes on a real socket, scripted reply by reply."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from wechat_scheduler.wechat.answers import ANSWER_LIMIT

Reply: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes = field(repr=False)

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


class HostileServer:
    """Gives the scripted replies in order, and the last one ever after."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self._script: deque[Reply] = deque([answer({})])
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def script(self, *replies: Reply) -> None:
        self._script = deque(replies)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for writer in self._writers:  # from Python 3.12 on, wait_closed waits for each of them
            writer.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while not writer.is_closing() and (received := await _receive(reader)):
                self.received.append(received)
                reply = self._script.popleft() if len(self._script) > 1 else self._script[0]
                await reply(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()
            self._writers.discard(writer)


def answer(
    body: Any, *, status: int = 200, content_type: str = "application/json", headers: str = ""
) -> Reply:
    """`body` as it is if bytes, else as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\n{headers}"
    return raw(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)


def raw(data: bytes) -> Reply:
    async def reply(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return reply


def drop() -> Reply:
    """The connection ends without a word."""
    return broken(b"")


def broken(data: bytes) -> Reply:
    """The connection ends after `data`."""

    async def reply(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        writer.close()

    return reply


def hang() -> Reply:
    """Nothing comes until the client goes."""

    async def reply(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    return reply


def endless() -> Reply:
    """An answer that goes on until the client goes."""

    async def reply(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b" " * 10_000)
            await writer.drain()

    return reply


async def _receive(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    method, target, _ = first.split(" ")
    url = urlsplit(target)
    return Received(
        method=method,
        path=url.path,
        query=dict(parse_qsl(url.query, keep_blank_values=True)),
        headers=headers,
        raw=await reader.readexactly(int(headers.get("content-length", 0))),
    )


BUSY = answer({"errcode": -1, "errmsg": "system error"})

# Answers that say nothing about whether WeChat acted on the call.
AMBIGUOUS: dict[str, Reply] = {
    "the connection was lost": drop(),
    "the answer broke off": broken(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"),
    "the answer is not HTTP": raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    "HTTP status 500": answer({"errcode": 40013}, status=500),
    "HTTP status 502": answer(b"<html>Bad Gateway</html>", status=502, content_type="text/html"),
    "HTTP status 429": answer({}, status=429),
    "HTTP status 404": answer({}, status=404),
    "HTTP status 302": answer(b"", status=302, headers="Location: /elsewhere\r\n"),
    f"the answer exceeds {ANSWER_LIMIT} bytes": answer({"access_token": "x" * ANSWER_LIMIT}),
    "the answer is not a JSON object": answer(b"<html>hello</html>"),
}
