"""Handlers of requests to the sandbox that their application serves."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from aiohttp import web

from wechat_scheduler.sandbox.sandbox import Sandbox

SANDBOX: Final = web.AppKey("SANDBOX", Sandbox)

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


def on_its_sandbox(handler: Callable[..., Awaitable[web.StreamResponse]], *known: Any) -> Handler:
    """Calls `handler(sandbox, *known, request)`, so that all applications of a process can share a router."""

    async def handle(request: web.Request) -> web.StreamResponse:
        return await handler(request.app[SANDBOX], *known, request)

    return handle
