"""Is the process there?"""

from aiohttp import web


async def healthz(request: web.Request) -> web.Response:
    """`GET /healthz`: `ok` from a process whose event loop turns. Needs no key."""
    return web.Response(text="ok\n")
