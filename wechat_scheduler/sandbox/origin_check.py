"""Refuses pages of other origins, since the sandbox asks for no key."""

from collections.abc import Awaitable, Callable, Collection
from typing import TypeAlias

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from wechat_scheduler.access.local import is_loopback, why_foreign

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


def refusing_strangers(*, only_loopback: bool, but: Collection[tuple[str, str]] = ()) -> Middleware:
    """With `only_loopback`, a request must name this machine as its Host. Pages of other origins reach the methods and
    paths in `but`."""

    @web.middleware
    async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
        if only_loopback and not is_loopback(_host(request)):
            return _forbidden("Host must be loopback; listen elsewhere with --host")
        foreign = why_foreign(request.headers, has_body=request.body_exists)
        if foreign and (request.method, request.path) not in but:
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
