"""A stand-in for a daemon that tells rotations: it keeps credentials, and serves them by fetch, long poll and
stream on a real socket. `streams` and `waits` turn the last two off, as an older daemon or a proxy does.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from tests.business import Business
from wechat_scheduler.engine.instants import Instants

LIFE = timedelta(hours=2)


@dataclass(slots=True)
class Told:
    """The daemon, and what it was asked."""

    clock: Instants
    business: Business
    streams: bool = True
    waits: bool = True
    silent: bool = False
    away: bool = False
    slow: asyncio.Event = field(default_factory=asyncio.Event)
    """Fetches of the account `slow` are answered once this is set."""
    values: dict[str, tuple[str, int, datetime]] = field(default_factory=dict)
    sequence: int = 0
    past: list[tuple[int, bytes]] = field(default_factory=list)
    listeners: set[asyncio.Queue[bytes]] = field(default_factory=set)
    moved: asyncio.Condition = field(default_factory=asyncio.Condition)
    last_ids: list[str] = field(default_factory=list)

    def asked(self, kind: str = "task") -> int:
        """How often a path was called that begins so."""
        return sum(call.path.startswith(f"/{kind}") for call in self.business.calls)

    async def rotate(self, path: str, value: str, *, quietly: bool = False) -> None:
        """`path` is appid/kind/subject, without the last if it is empty. `quietly` tells no stream."""
        _, version, _ = self.values.get(path, ("", 0, None))
        self.values[path] = value, version + 1, self.clock.now() + LIFE
        if not quietly:
            self.tell("credential.rotated", self._data(path))
        async with self.moved:
            self.moved.notify_all()

    async def remove(self, path: str) -> None:
        data = self._data(path)
        del self.values[path]
        self.tell("credential.removed", data)

    def tell(self, kind: str, data: dict[str, Any]) -> None:
        self.sequence += 1
        event = f"id: {self.sequence}\nevent: {kind}\ndata: {json.dumps(data)}\n\n".encode()
        self.past.append((self.sequence, event))
        for listener in self.listeners:
            listener.put_nowait(event)

    async def listened(self, number: int = 1) -> None:
        """Wait until that many streams stand."""
        async with self.moved:
            await self.moved.wait_for(lambda: len(self.listeners) >= number)

    def cut(self) -> None:
        """End all streams."""
        for listener in self.listeners:
            listener.put_nowait(b"")

    async def stop(self) -> None:
        self.away = True
        self.cut()
        async with self.moved:
            self.moved.notify_all()
        await self.business.stop()

    async def start(self) -> None:
        self.away = False
        await self.business.start()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/v1/events" and self.streams:
            return await self._stream(request)
        if request.path.startswith("/task/"):
            path = request.path.removeprefix("/task/").replace("/0", "/access_token")
            if path.startswith("slow/"):
                await self.slow.wait()
            if path.endswith("/invalid"):
                return web.json_response({"code": 200, "message": "", "result": "refreshing"})
            if self.waits and not self.away and "wait" in request.query:
                await self._wait(path, request.query.get("version", ""))
            return self._fetch(path, request)
        return _refused(404, "there is no such route", "route.unknown")

    def _data(self, path: str) -> dict[str, Any]:
        appid, kind, *subject = path.split("/")
        value, version, expires = self.values[path]
        return {
            "appid": appid, "type": 0 if kind == "access_token" else None, "kind": kind,
            "subject": "".join(subject), "version": version, "expires_at": _iso(expires),
            "expires_in": (expires - self.clock.now()).total_seconds(), "value": value,
        }  # fmt: skip

    def _fetch(self, path: str, request: web.Request) -> web.Response:
        if path not in self.values:
            return _refused(404, f"no {path} is registered", "task.unknown")
        value, version, expires = self.values[path]
        headers = {
            "ETag": f'"{version}"',
            "X-Credential-Expires": _iso(expires),
            "Cache-Control": "private, max-age=60",
        }
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        return web.json_response({"code": 200, "message": "", "result": value}, headers=headers)

    async def _wait(self, path: str, version: str) -> None:
        async with self.moved:
            await self.moved.wait_for(
                lambda: self.away or str(self.values.get(path, ("", 0))[1]) != version
            )

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        if self.silent:
            return await self.business.hang(request)
        heard: asyncio.Queue[bytes] = asyncio.Queue()
        last = request.headers.get("Last-Event-ID", "")
        self.last_ids.append(last)
        await response.write(b"retry: 1000\n\n")
        for number, event in self.past:
            if last and number > int(last):
                await response.write(event)
        if not last:
            await response.write(b"id: %d\nevent: hello\ndata: {}\n\n" % self.sequence)
        await self._pass_on(response, heard)
        return response

    async def _pass_on(self, response: web.StreamResponse, heard: asyncio.Queue[bytes]) -> None:
        async with self.moved:
            self.listeners.add(heard)
            self.moved.notify_all()
        try:
            while event := await heard.get():
                await response.write(event)
        finally:
            self.listeners.discard(heard)


@asynccontextmanager
async def told(clock: Instants) -> AsyncIterator[Told]:
    async with Business() as business:
        daemon = Told(clock=clock, business=business)
        business.always = daemon.answer
        yield daemon
        await daemon.stop()


def _refused(status: int, message: str, reason: str) -> web.Response:
    body = {"code": status, "message": message, "result": "", "reason": reason}
    return web.json_response(body, status=status)


def _iso(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")
