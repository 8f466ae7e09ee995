"""Keys for tests, and connections that ask again and again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tests.house import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A key as its maker sees it."""

    id: str
    text: str
    signing_secret: str


async def make(keeper: Caller, *scopes: str, **wish: Any) -> Made:
    """Have the daemon make a key; `wish` as in the body of `POST /v1/keys`."""
    body = {"name": "shop", "scopes": scopes} | wish
    made = (await keeper.call("POST", "/v1/keys", body=body)).result
    return Made(id=made["id"], text=made["key"], signing_secret=made["signing_secret"])


async def end(keeper: Caller, key: Made) -> None:
    assert (await keeper.call("DELETE", f"/v1/keys/{key.id}")).status == 200


class Line:
    """One kept connection on which the very same bytes go out each time."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._request = request

    async def ask(self) -> int:
        """The status of the next answer."""
        head, _ = await self._answer()
        return int(head.split()[1])

    async def ask_json(self) -> Any:
        """What the next answer says."""
        _, body = await self._answer()
        return msgspec.json.decode(body)

    async def warm(self) -> None:
        """Ask until the answer comes from memory, if it ever does."""
        for _ in range(3):
            assert await self.ask() == 200

    def send(self) -> None:
        """Ask without waiting for the answer."""
        self._writer.write(self._request)

    async def _answer(self) -> tuple[bytes, bytes]:
        self.send()
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return head, await self._reader.readexactly(length)


@asynccontextmanager
async def polling(
    keeper: Caller, path: str, key: str = "", *, source: str = "127.0.0.1"
) -> AsyncIterator[Line]:
    place = urlsplit(keeper.daemon.url)
    assert place.hostname
    assert place.port
    reader, writer = await asyncio.open_connection(
        place.hostname, place.port, local_addr=(source, 0)
    )
    lines = [f"GET {path} HTTP/1.1", f"Host: {place.netloc}"]
    lines += [f"Authorization: Bearer {key}"] if key else []
    try:
        yield Line(reader, writer, ("\r\n".join(lines) + "\r\n\r\n").encode())
    finally:
        writer.close()
        await writer.wait_closed()
