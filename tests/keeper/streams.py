"""A consumer of the event stream."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from tests.house import APPID, Caller
from wechat_scheduler.storage.database import Statement, each

ROTATED: Final = "?kinds=credential.rotated"
MANY: Final = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    id: int
    what: str
    data: dict[str, Any]


class Stream:
    """Reads one event after the other."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response
        self.last = 0

    async def next(self) -> Event:
        """The next event; heartbeats and the pause are left out."""
        fields: dict[str, str] = {}
        while "event" not in fields:
            fields = await self._block()
        self.last = int(fields["id"])
        return Event(id=self.last, what=fields["event"], data=json.loads(fields["data"]))

    async def nexts(self, number: int) -> list[Event]:
        return [await self.next() for _ in range(number)]

    async def line(self) -> str:
        return (await self.response.content.readline()).decode().rstrip("\n")

    async def ended(self) -> bool:
        """Whether nothing more comes."""
        return await self.response.content.read() == b""

    async def lost(self) -> None:
        """Return once the connection is over."""
        with suppress(aiohttp.ClientError):
            await self.response.content.read()

    async def _block(self) -> dict[str, str]:
        fields: dict[str, str] = {}
        while line := await self._line():
            name, _, value = line.partition(": ")
            fields[name] = value
        return fields

    async def _line(self) -> str:
        raw = await self.response.content.readline()
        assert raw, "the stream has ended"
        return raw.decode().rstrip("\n")


@asynccontextmanager
async def following(
    keeper: Caller, query: str = "", *, key: str | None = None, after: int | None = None
) -> AsyncIterator[Stream]:
    """A stream that is open; `hello` and its like are not read yet."""
    headers = {"X-API-Key": keeper.daemon.admin_key if key is None else key}
    if after is not None:
        headers["Last-Event-ID"] = str(after)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{keeper.daemon.url}/v1/events{query}", headers=headers) as response,
    ):
        assert response.status == 200, await response.text()
        yield Stream(response)


async def number_waiting(keeper: Caller, number: int) -> None:
    """Return once so many requests wait."""
    while f"wechat_scheduler_waiting_requests {number}" not in await metrics(keeper):
        pass


async def metrics(keeper: Caller) -> str:
    page = await keeper.call("GET", "/metrics")
    assert isinstance(page.json, str)
    return page.json


async def put_many(keeper: Caller, number: int = MANY, *, after: int | None = None) -> None:
    """Events of the one credential, with the ids after that one; without one, they have no ids yet."""
    sequence = "NULL" if after is None else f"{after} + n"
    sql = f"""
        WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {number})
        INSERT INTO feed SELECT n + (SELECT COUNT(*) FROM feed), {sequence}, 1, 'credential.rotated', $1, 'access_token', '', '{{"version": 1}}'
        FROM number
    """
    await keeper.daemon.ground.database.write(lambda: each([Statement(sql, (APPID,))]))


@asynccontextmanager
async def reading_slowly(
    keeper: Caller, key: str, query: str = "", *, after: int | None = None
) -> AsyncIterator[asyncio.StreamReader]:
    """A stream whose consumer has hardly any room for what it does not read, and neither has the kernel."""
    keeper.daemon.listener.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    place = urlsplit(keeper.daemon.url)
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.setblocking(False)
        await asyncio.get_running_loop().sock_connect(line, (place.hostname, place.port))
        reader, writer = await asyncio.open_connection(sock=line, limit=4096)
        last = "" if after is None else f"Last-Event-ID: {after}\r\n"
        head = f"GET /v1/events{query} HTTP/1.1\r\nHost: a\r\nX-API-Key: {key}\r\n{last}\r\n"
        writer.write(head.encode())
        try:
            yield reader
        finally:
            writer.transport.abort()
