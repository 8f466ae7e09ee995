"""The smallest API that hands out credentials, with or without a memo in front."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.clock import FakeClock
from tests.web.wire import Server, Wire, serving
from wechat_scheduler.web.kit import fastpath
from wechat_scheduler.web.kit.memo import Memo, Terms

LIFETIME = timedelta(seconds=300)
MARGIN = 120.0
# So many that hashes, which differ in each process, do not meet.
SLOTS = 1 << 20
# As often is a head sent before it is known.
FEW = 2
# More heads of responses than are remembered.
MANY = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    value: str
    version: int
    expires_boot: float


@dataclass(slots=True, kw_only=True)
class Cell:
    credential: Credential | None = None
    reads: int = 0


class Fetching:
    """Has cells `a` and `b`, keys `k1` and `k2`, and a handler that counts its calls in `handled`."""

    def __init__(self, **options: Any) -> None:
        """With these `options` of the memo."""
        self.clock = FakeClock()
        self.memo = Memo(self.clock, random.Random(0), **{"slots": SLOTS, **options})
        self.cells = {"a": Cell(), "b": Cell()}
        self.keys = {"k1", "k2"}
        self.handled = 0
        self.failed = 0
        self.counted = 0
        self.parting = False
        self.gate = asyncio.Event()
        self.gate.set()
        for name in self.cells:
            self.rotate(name)

    @asynccontextmanager
    async def serving(self, *, memo: bool = True, **options: Any) -> AsyncIterator[Server]:
        options = {"access_log": None} | options
        runner = (
            fastpath.runner(self.app(), self.memo, **options)
            if memo
            else web.AppRunner(self.app(), **options)
        )
        async with serving(runner) as server:
            yield server

    def app(self) -> web.Application:
        app = web.Application()
        app.on_response_prepare.append(self.complete)
        app.router.add_get("/task/{name}", self.fetch)
        app.router.add_get("/refused/{name}", self.refuse)
        app.router.add_get("/compressed/{name}", self.compress)
        app.router.add_post("/task/{name}", self.fetch)
        app.router.add_post("/echo", self.echo)
        app.router.add_post("/fail", self.fail)
        app.router.add_post("/counted", self.count)
        app.router.add_post("/keyed", self.name_keys)
        app.router.add_post("/streamed", self.stream)
        app.router.add_post("/unread", self.ignore)
        return app

    def rotate(self, name: str) -> None:
        cell = self.cells[name]
        version = cell.credential.version + 1 if cell.credential else 1
        expires_boot = self.clock.boottime() + LIFETIME.total_seconds()
        cell.credential = Credential(
            value=f"token-{name}-{version}", version=version, expires_boot=expires_boot
        )

    def remove(self, name: str) -> None:
        self.cells[name].credential = None

    def revoke(self, key: str) -> None:
        self.keys.discard(key)
        self.memo.clear()

    async def fetch(self, request: web.Request) -> web.Response:
        self.handled += 1
        if request.headers.get("X-API-Key") not in self.keys:
            raise web.HTTPUnauthorized
        await self.gate.wait()
        cell = self.cells.get(request.match_info["name"], Cell())
        if cell.credential is None or cell.credential.expires_boot <= self.clock.boottime():
            raise web.HTTPServiceUnavailable
        age, until = self._freshness(cell.credential)
        self.memo.remember(
            request, Terms(cell=cell, credential=cell.credential, until=until, tally=cell)
        )
        return _response(request, cell.credential, age)

    def _freshness(self, credential: Credential) -> tuple[int, float]:
        calm_until = credential.expires_boot - MARGIN
        age = max(0, min(60, int(calm_until - self.clock.boottime())))
        return age, calm_until - age if age else credential.expires_boot

    async def refuse(self, request: web.Request) -> web.Response:
        await self.fetch(request)
        raise web.HTTPForbidden

    async def compress(self, request: web.Request) -> web.Response:
        response = await self.fetch(request)
        response.enable_compression(web.ContentCoding.gzip)
        return response

    async def echo(self, request: web.Request) -> web.Response:
        """Counts as handled, and waits for the gate."""
        self.handled += 1
        await self.gate.wait()
        return web.Response(body=b"echo:" + await request.read())

    async def complete(self, request: web.Request, response: web.StreamResponse) -> None:
        """A signal before each response: `parting` ends the connection after it."""
        response.headers["X-Path"] = request.path
        if self.parting:
            response.headers["Connection"] = "close"
            response.force_close()

    async def count(self, request: web.Request) -> web.Response:
        """Another head for each of the first bodies, with what aiohttp would add itself."""
        self.counted += 1
        body = await request.read()
        headers = {"X-Count": str(min(self.counted, MANY)), "Content-Type": "text/plain"}
        if body.startswith(b"["):
            headers["Date"] = "Sun, 06 Nov 1994 08:49:37 GMT"
        return web.Response(status=200 + len(body) % 2, body=body, headers=headers)

    async def name_keys(self, request: web.Request) -> web.Response:
        """All that a head that varies may say to a handler."""
        self.handled += 1
        seen = [request.raw_path, request.headers.getall("Idempotency-Key", []), request.remote]
        told = [request.headers.get(name) for name in ("X-API-Key", "Accept", "Content-Length")]
        body = (await request.read()).decode()
        return web.json_response([*seen, *told, request.body_exists, body])

    async def fail(self, request: web.Request) -> web.Response:
        """Answers the first times only."""
        await request.read()
        self.failed += 1
        if self.failed > FEW:
            raise web.HTTPConflict
        return web.Response(text="done")

    async def stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(await request.read())
        return response

    async def ignore(self, request: web.Request) -> web.Response:
        return web.Response(text="not read")


def _response(request: web.Request, credential: Credential, age: int) -> web.Response:
    etag = f'"{credential.version}"'
    headers = {"Cache-Control": f"private, max-age={age}", "ETag": etag}
    if request.headers.get("If-None-Match") in (etag, f"W/{etag}", "*"):
        return web.Response(status=304, headers=headers)
    result = {"code": 200, "message": "", "result": credential.value}
    return web.json_response(result, headers=headers)


def get(path: str = "/task/a", *lines: str, key: str = "k1", method: str = "GET") -> bytes:
    """One request, byte for byte."""
    head = (f"{method} {path} HTTP/1.1", "Host: localhost", f"X-API-Key: {key}", *lines)
    return ("\r\n".join(head) + "\r\n\r\n").encode()


def post(body: bytes, *lines: str, path: str = "/echo") -> bytes:
    """One request with a body, byte for byte."""
    return get(path, f"Content-Length: {len(body)}", *lines, method="POST") + body


async def warm(wire: Wire, request: bytes) -> bytes:
    """Send `request` until it is remembered, if possible; return the last response."""
    await wire.ask(request)
    return await wire.ask(request)
