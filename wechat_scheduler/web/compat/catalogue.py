"""The compatible APIs that are served: one line each."""

from typing import Final

from aiohttp import web

from wechat_scheduler.config.settings import Config
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.web.compat import notices
from wechat_scheduler.web.compat.api import Api
from wechat_scheduler.web.compat.tencent import routes as tencent
from wechat_scheduler.web.compat.wecron import routes as wecron
from wechat_scheduler.web.compat.wxpusher import routes as wxpusher
from wechat_scheduler.web.kit.shapes import shaped
from wechat_scheduler.web.kit.slashes import tidied

APIS: Final[tuple[Api, ...]] = (notices.API, wxpusher.API, tencent.API, wecron.API)


def serve(app: web.Application, config: Config, clock: Clock) -> None:
    """Add the routes of all APIs, then the other spellings of their paths, and set each API up."""
    routes = [(api, route) for api in APIS for route in api.routes]
    routes += [(api, route) for api in APIS for route in api.spellings]
    for api, route in routes:
        app.router.add_route(route.method, route.path, shaped(route.handler, api.refused))
    for api in APIS:
        api.setup(app, config, clock)


def unrouted(request: web.Request, error: web.HTTPException) -> web.Response | None:
    """The response of the API that the path belongs to; None if it belongs to none."""
    for api in APIS:
        if tidied(request.method, request.path).startswith(api.prefixes):
            return api.unrouted(request, error)
    return None
