"""A business system on a real socket: what `notify` and `params` point to in tests.

It answers GET with `params` as JSON, at a path of `answers` with what that returns, takes every POST, and keeps what it was sent. `script` makes
it misbehave: `business.script(status(502))`, `business.script(drop, times=3)`.
"""

import asyncio
import json
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Any, Self, TypeAlias
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import CIMultiDictProxy

from wechat_scheduler.engine.clock import SystemClock

Answer: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as it came in; `target` is what stood in the request line, byte for byte."""

    method: str
    target: str
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return parse_qsl(self.query, keep_blank_values=True)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    """Answer with that status, body and headers (`Set_Cookie="a=b"`)."""

    async def answer(request: web.Request) -> web.StreamResponse:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=code, body=body, headers=names)

    return answer


def redirect(to: str, code: int = 302) -> Answer:
    """Point elsewhere."""
    return status(code, Location=to)


def raw(data: bytes) -> Answer:
    """Write `data` in place of an HTTP answer and close the connection."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.write(data)
            request.transport.close()
        return web.Response()

    return answer


async def drop(request: web.Request) -> web.StreamResponse:
    """Break the connection without a word."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def endless(request: web.Request) -> web.StreamResponse:
    """Answer 200 and go on until the caller has had enough."""
    response = web.StreamResponse()
    await response.prepare(request)
    with suppress(ConnectionError):
        while True:
            await response.write(b"x" * 1000)
    return response


garbage = raw(b"\x16\x03\x01 this is not HTTP\r\n\r\n")
"""Answer in no known language."""

cut_short = raw(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"access_token": "AT')
"""Announce more than is sent."""


@dataclass(slots=True)
class Business:
    """Listens on `host` at a port of the system's choosing, and keeps it through stop and start."""

    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    params: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Callable[[], dict[str, Any]]] = field(default_factory=dict)
    name: str = ""
    """What it is called in URLs, if not by `host`."""
    port: int = 0
    calls: list[Call] = field(default_factory=list)
    busiest: int = 0
    """The most calls that were being answered at the same time."""
    always: Answer | None = None
    """How calls are answered that no script is left for."""

    _script: deque[Answer] = field(default_factory=deque)
    _runner: web.AppRunner | None = None
    _busy: int = 0
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Come up, again on the same port."""
        self._released.clear()
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.host, self.port, ssl_context=self.tls).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Go down: connections are closed, new ones refused."""
        self.release()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def url(self, target: str = "/", *, host: str = "", user: str = "") -> str:
        """Its address with that path and query, under another name of the host if one is given."""
        scheme = "http" if self.tls is None else "https"
        return f"{scheme}://{user + '@' if user else ''}{host or self.name or self.host}:{self.port}{target}"

    def script(self, answer: Answer, *, times: int = 1) -> None:
        """Answer the next calls in that way."""
        self._script.extend([answer] * times)

    async def hang(self, request: web.Request) -> web.StreamResponse:
        """An answer for `script`: none, until `release` or `stop`."""
        await self._released.wait()
        return web.Response()

    async def drip(self, request: web.Request) -> web.StreamResponse:
        """An answer for `script`: a byte now and then, until `release` or `stop`."""
        response = web.StreamResponse()
        await response.prepare(request)
        with suppress(ConnectionError):
            while not await SystemClock().wait(self._released, timedelta(milliseconds=20)):
                await response.write(b" ")
        return response

    def release(self) -> None:
        """Let everything that hangs go on, and hang no more."""
        self._released.set()

    def recover(self) -> None:
        """Forget the script: what hangs ends, and the next calls are answered as usual."""
        self._script.clear()
        self._released.set()
        self._released = asyncio.Event()

    async def called(self, times: int = 1) -> Sequence[Call]:
        """Wait until there were that many calls; returns all of them."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.calls) >= times)
        return self.calls

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self._busy += 1
        self.busiest = max(self.busiest, self._busy)
        try:
            await self._record(request)
            answer = self._script.popleft() if self._script else self.always or self._usual
            return await answer(request)
        finally:
            self._busy -= 1

    async def _record(self, request: web.Request) -> None:
        call = Call(
            method=request.method,
            target=request.raw_path,
            headers=request.headers,
            body=await request.read(),
        )
        async with self._arrived:
            self.calls.append(call)
            self._arrived.notify_all()

    async def _usual(self, request: web.Request) -> web.StreamResponse:
        if request.method != "GET":
            return web.Response()
        answer = self.answers.get(request.path)
        return web.json_response(answer() if answer else self.params)
