"""A host of WeChat's that records what comes and answers bytes that the test chooses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"errcode":0}'


@dataclass(slots=True, kw_only=True)
class Came:
    """A request as it came: its first line, its headers with names in lower case, its body."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class Upstream:
    """`answer` is sent to each request; None never answers."""

    url: str = ""
    answer: bytes | None = OK
    came: list[Came] = field(default_factory=list)
    silent: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                self.came.append(await _request(reader))
                if self.answer is None:
                    await self.silent.wait()
                    break
                writer.write(self.answer)
                await writer.drain()
                if b"Content-Length" not in self.answer and b"chunked" not in self.answer:
                    break
        writer.close()


async def _request(reader: asyncio.StreamReader) -> Came:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *lines = head.rstrip("\r\n").split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (it.partition(":") for it in lines)
    }
    if headers.get("transfer-encoding") == "chunked":
        body = await _chunks(reader)
    else:
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Came(line=line, headers=headers, body=body)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return body


@asynccontextmanager
async def upstream(answer: bytes | None = OK) -> AsyncIterator[Upstream]:
    host = Upstream(answer=answer)
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0)
    host.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield host
    finally:
        host.silent.set()
        server.close()
