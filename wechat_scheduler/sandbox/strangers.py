"""Refuses pages of other origins, since the sandbox asks for no key."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from wechat_scheduler.access.local import is_loopback, why_foreign

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


def refusing_strangers(*, only_loopback: bool) -> Middleware:
    """With `only_loopback`, a request must name this machine as its Host."""

    @web.middleware
    async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
        if only_loopback and not is_loopback(_host(request)):
            return _forbidden("Host must be loopback; listen elsewhere with --host")
        if foreign := why_foreign(request.headers, has_body=request.body_exists):
            return _forbidden(foreign)
        return await handler(request)

    return refuse


def _host(request: web.Request) -> str:
    """Empty for a Host header that names no host."""
    try:
        return request.url.host or ""
    except ValueError:
        return ""


def _forbidden(error: str) -> web.Response:
    body = msgspec.json.encode({"error": error})
    return web.Response(status=403, body=body, content_type="application/json")
