"""A receiver of pushes, which answers as a test sets it."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

from aiohttp import web


class Pushed(NamedTuple):
    query: Mapping[str, str]
    body: str


class Receiver:
    """`failures` are statuses to answer with before `status`; CUT the connection, or stay SILENT
    until something else comes."""

    CUT = 0
    SILENT = -1

    def __init__(self) -> None:
        self.pushed: list[Pushed] = []
        self.answer = "success"
        self.status = 200
        self.failures: list[int] = []
        self.echoes = True
        self._came = asyncio.Event()
        self.app = web.Application()
        self.app.router.add_post("/events", self._receive)
        self.app.router.add_get("/events", self._echo)

    async def _receive(self, request: web.Request) -> web.Response:
        self.pushed.append(Pushed(dict(request.query), await request.text()))
        self._came.set()
        status = self.failures.pop(0) if self.failures else self.status
        if status == self.SILENT:
            self._came.clear()
            await self._came.wait()
        elif status == self.CUT and request.transport is not None:
            request.transport.abort()
        return web.Response(text=self.answer, status=max(status, 200))

    async def _echo(self, request: web.Request) -> web.Response:
        return web.Response(text=request.query["echostr"] if self.echoes else "who are you")
