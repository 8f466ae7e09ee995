"""HEAD: the response to GET without its body, of pages and files, and for programs that watch whether the daemon lives."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.web.kit.route import Handler, Proof, Route

# Routes of our own API that need a key are for programs that know their methods.
_OPEN: Final = (None, Proof.SESSION, Proof.CAPABILITY)
# These end with their connection.
_STREAMS: Final = ("/console/live",)


def add_route(router: web.UrlDispatcher, route: Route, path: str, handler: Handler) -> None:
    """Add the route under that path, for HEAD too where it shows something."""
    router.add_route(route.method, path, handler)
    if route.method == hdrs.METH_GET and route.scope in _OPEN and route.path not in _STREAMS:
        router.add_route(hdrs.METH_HEAD, path, _as_get(handler))


def _as_get(handler: Handler) -> Handler:
    async def answered(request: web.Request) -> web.StreamResponse:
        # aiohttp sends no body in the response to the request itself.
        return await handler(request.clone(method=hdrs.METH_GET))

    return answered
