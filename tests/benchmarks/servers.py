"""The servers that `fetch.py` and `creates.py` compare: `python -m tests.benchmarks.servers NAME [CELLS]`.

Each prints `ready PORT` and serves until it is killed.
"""

import asyncio
import hmac
import random
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import msgspec
import uvloop
from aiohttp import web

from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.web.kit import fastpath
from wechat_scheduler.web.kit.cache_keys import cache_key
from wechat_scheduler.web.kit.memo import Memo, Terms

KEY = "wsk_" + "k" * 40
LIFETIME = timedelta(hours=2)
MARGIN = 720.0
LONGEST_AGE = 60

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Answer(msgspec.Struct):
    code: int
    message: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    value: str
    version: int
    expires: str


@dataclass(slots=True, kw_only=True)
class Cell:
    credential: Credential | None
    expires_boot: float
    reads: int = 0


class Fetch:
    """A stand-in for the daemon: cells in a dict, a key per request, one route."""

    def __init__(self, cells: int, *, memo: bool, checks_key: bool) -> None:
        self._clock = SystemClock()
        self._memo = Memo(self._clock, random.Random(), cache_key=cache_key) if memo else None
        self._checks_key = checks_key
        self._encode = msgspec.json.Encoder().encode
        self._cells = {(f"wx{number:016d}", "0"): self._cell() for number in range(cells)}

    def _cell(self) -> Cell:
        expires = (self._clock.now() + LIFETIME).isoformat(timespec="seconds")
        credential = Credential(value="t" * 136, version=1, expires=expires)
        return Cell(
            credential=credential,
            expires_boot=self._clock.boottime() + LIFETIME.total_seconds(),
        )

    def runner(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_get("/task/{appid}/{type}", self.answer)
        if self._memo is None:
            return web.AppRunner(app, access_log=None)
        return fastpath.runner(app, self._memo, access_log=None)

    async def answer(self, request: web.Request) -> web.Response:
        if self._checks_key and not self._is_allowed(request):
            raise web.HTTPUnauthorized
        cell = self._cells[request.match_info["appid"], request.match_info["type"]]
        if cell.credential is None:
            raise web.HTTPServiceUnavailable
        age, until = self._freshness(cell)
        if self._memo is not None:
            terms = Terms(cell=cell, credential=cell.credential, until=until, tally=cell)
            self._memo.remember(request, terms)
        return self._response(cell.credential, age)

    def _is_allowed(self, request: web.Request) -> bool:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), KEY.encode())

    def _freshness(self, cell: Cell) -> tuple[int, float]:
        """`max-age`, and when it steps down."""
        calm_until = cell.expires_boot - MARGIN
        age = max(0, min(LONGEST_AGE, int(calm_until - self._clock.boottime())))
        return age, calm_until - age if age else cell.expires_boot

    def _response(self, credential: Credential, age: int) -> web.Response:
        return web.Response(
            body=self._encode(Answer(200, "", credential.value)),
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "Cache-Control": f"private, max-age={age}",
                "ETag": f'"{credential.version}"',
                "X-Credential-Expires": credential.expires,
            },
        )


def bare() -> web.AppRunner:
    """What aiohttp can do: one route, the same JSON, nothing looked up."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"code": 200, "message": "", "result": "t" * 136})

    app = web.Application()
    app.router.add_get("/task/{appid}/{type}", answer)
    return web.AppRunner(app, access_log=None)


def bare_create() -> web.AppRunner:
    """What aiohttp can do: one route, a body parsed as JSON, an answer, and nothing stored."""

    async def answer(request: web.Request) -> web.Response:
        msgspec.json.decode(await request.read())
        return web.json_response({"code": 200, "message": "", "result": {"id": 1}})

    app = web.Application()
    app.router.add_post("/{path:.*}", answer)
    return web.AppRunner(app, access_log=None)


class Echo(asyncio.Protocol):
    """No HTTP at all: what a socket, uvloop and Python cost. The ceiling of server and client."""

    ANSWER = b"HTTP/1.1 200 OK\r\n\r\n{" + b"x" * 380 + b"}"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._transport.write(self.ANSWER)


RUNNERS: dict[str, Callable[[int], web.AppRunner]] = {
    "bare": lambda cells: bare(),
    "bare-create": lambda cells: bare_create(),
    "ordinary": lambda cells: Fetch(cells, memo=False, checks_key=True).runner(),
    "memo": lambda cells: Fetch(cells, memo=True, checks_key=True).runner(),
    "memo-without-key": lambda cells: Fetch(cells, memo=True, checks_key=False).runner(),
}


async def serve(name: str, cells: int) -> None:
    loop = asyncio.get_running_loop()
    if name == "socket":
        server = await loop.create_server(Echo, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
    else:
        runner = RUNNERS[name](cells)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = site.port
    print("ready", port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1))
