"""The compatible APIs that are served: one line each."""

from typing import Final

from aiohttp import web

from wechat_scheduler.config.settings import Config
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.web.compat import notices
from wechat_scheduler.web.compat.api import Api
from wechat_scheduler.web.compat.passthrough import routes as passthrough
from wechat_scheduler.web.compat.tencent import routes as tencent
from wechat_scheduler.web.compat.wechattokens import routes as wechattokens
from wechat_scheduler.web.compat.wecron import routes as wecron
from wechat_scheduler.web.compat.wxpusher import routes as wxpusher
from wechat_scheduler.web.kit.error_formats import shaped
from wechat_scheduler.web.kit.head_requests import add_route
from wechat_scheduler.web.kit.room_states import STATES, RoomStates
from wechat_scheduler.web.kit.slashes import tidied

APIS: Final[tuple[Api, ...]] = (
    notices.API,
    wxpusher.API,
    tencent.API,
    wecron.API,
    wechattokens.API,
    passthrough.API,
    passthrough.CLOSED,
)

_SERVED: Final = web.AppKey("apis", tuple)


def served(config: Config) -> tuple[Api, ...]:
    """The APIs that are on."""
    return tuple(api for api in APIS if api.is_on(config))


def add_routes(router: web.UrlDispatcher, apis: tuple[Api, ...]) -> None:
    """Add the routes of `apis`, then the other spellings of their paths."""
    routes = [(api, route) for api in apis for route in api.routes]
    routes += [(api, route) for api in apis for route in api.spellings]
    for api, route in routes:
        handler = shaped(route.handler, api.refused, takes_compressed=api.takes_compressed)
        add_route(router, route, _resource(api, route.path), handler)


def setup(states: RoomStates, config: Config, clock: Clock) -> None:
    """Set each API that is on up."""
    states[_SERVED] = served(config)
    for api in states[_SERVED]:
        api.setup(states, config, clock)


def unrouted(request: web.Request, error: web.HTTPException) -> web.Response | None:
    """The response of the API that the request is meant for; None if it is for none."""
    for api in request.app[STATES][_SERVED]:
        of_its_paths = tidied(request.method, request.path).startswith(api.prefixes)
        if of_its_paths or api.claims(request, error):
            response: web.Response = api.unrouted(request, error)
            return response
    return None


def _resource(api: Api, path: str) -> str:
    """The path with the patterns of its places."""
    for name, pattern in api.patterns:
        path = path.replace(f"{{{name}}}", f"{{{name}:{pattern}}}")
    return path
