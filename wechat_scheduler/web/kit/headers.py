"""The headers of every response."""

from typing import Final

from aiohttp import HttpVersion11, hdrs, web

# aiohttp would name the versions of Python and of itself.
SERVER: Final = "wechat-scheduler"

# Addresses may be secrets, and responses may hold some. A handler whose response may be stored says so.
DEFAULTS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


async def complete(request: web.Request, response: web.StreamResponse) -> None:
    """A signal before a response is sent."""
    add_headers(response)
    if request.version < HttpVersion11 and hdrs.CONNECTION not in response.headers:
        response.force_close()  # its end is the connection's; aiohttp would keep that open


def add_headers(response: web.StreamResponse) -> None:
    response.headers[hdrs.SERVER] = SERVER
    for name, value in DEFAULTS.items():
        response.headers.setdefault(name, value)
