"""What this daemon can be asked, for programs that write programs."""

from collections.abc import Callable
from typing import Final

from aiohttp import web

# Makes the document when it is first asked for.
DOCUMENT: Final[web.AppKey[Callable[[], bytes]]] = web.AppKey("DOCUMENT")


async def document(request: web.Request) -> web.Response:
    """`GET /openapi.json`: every route with what it takes and gives, as OpenAPI 3.1."""
    return web.Response(body=request.app[DOCUMENT](), content_type="application/json")
