"""A WeChat that keeps its callers waiting for as long as the test wants."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.house import served
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.sandbox.handlers import SANDBOX
from wechat_scheduler.sandbox.options import SandboxOptions
from wechat_scheduler.sandbox.sandbox import Sandbox
from wechat_scheduler.sandbox.server import create_sandbox


class Gate:
    """Open at first. Whoever calls while it is shut is answered once it opens."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.url = ""
        self.sandbox = sandbox
        self._shut: asyncio.Event | None = None
        self._waiting: list[asyncio.Event] = []
        self._knocked = asyncio.Event()

    def shut(self) -> None:
        self._knocked.clear()
        self._shut = asyncio.Event()
        self._waiting.append(self._shut)

    def admit_others(self) -> None:
        """Who waits already goes on waiting."""
        self._shut = None

    def open(self) -> None:
        self._shut = None
        while self._waiting:
            self._waiting.pop().set()

    async def knocked(self) -> None:
        """Wait until somebody waits."""
        await self._knocked.wait()

    async def pass_through(self) -> None:
        if self._shut is not None:
            self._knocked.set()
            await self._shut.wait()


@asynccontextmanager
async def gate(clock: Clock) -> AsyncIterator[Gate]:
    app = create_sandbox(SandboxOptions(), clock=clock, rng=random.Random(7))
    running = Gate(app[SANDBOX])

    @web.middleware
    async def keep_waiting(request: web.Request, handler: Handler) -> web.StreamResponse:
        await running.pass_through()
        return await handler(request)

    app.middlewares.append(keep_waiting)
    async with served(app) as url:
        running.url = url
        try:
            yield running
        finally:
            running.open()
