"""All routes, and what their rooms keep. Loaded with the first request that is not one of `app.FIRST`."""

from collections.abc import Callable
from functools import cache, partial

from aiohttp import web

from wechat_scheduler.config.settings import Config
from wechat_scheduler.web.compat import catalogue
from wechat_scheduler.web.compat.api import Api
from wechat_scheduler.web.console.missing import missing
from wechat_scheduler.web.console.routes import CLOSED, CONSOLE
from wechat_scheduler.web.kit import unrouted
from wechat_scheduler.web.kit.failures import errors_as_envelopes
from wechat_scheduler.web.kit.head_requests import add_route
from wechat_scheduler.web.kit.room_states import STATES, UNROUTED
from wechat_scheduler.web.kit.route import Handler, Proof, Route
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.kit.slashes import BoundedPaths, UntidyPaths
from wechat_scheduler.web.native import jssdk_pages, openapi, routes
from wechat_scheduler.web.native.admission import admitting
from wechat_scheduler.web.native.route import NativeRoute
from wechat_scheduler.web.pages import message
from wechat_scheduler.web.pages.responses import dead_link
from wechat_scheduler.web.pages.routes import PAGES

CAUGHT = tuple(unrouted.caught(routes.NATIVE))


def all_routes() -> tuple[Route, ...]:
    """Our own routes, those of the pages and of the console, and those of foreign APIs."""
    apis = (route for api in catalogue.APIS for route in api.routes)
    return (*routes.NATIVE, *PAGES, *CONSOLE, *apis)


def open_rooms(app: web.Application, config: Config) -> BoundedPaths:
    """Sets the states of the rooms of `app` up, and returns the routes."""
    states, services = app[STATES], app[SERVICES]
    states[UNROUTED] = _unrouted
    states[jssdk_pages.LIMITS] = jssdk_pages.PageLimits(services.clock)
    document: Callable[[], bytes] = cache(partial(openapi.rendered, routes.NATIVE, services.kinds))
    states[openapi.DOCUMENT] = document
    message.setup(states)
    catalogue.setup(states, config, services.clock)
    return routes_of(config)


def routes_of(config: Config) -> BoundedPaths:
    """Our own routes, those of the pages and of the console, and those of foreign APIs, as far as they are on."""
    return router_of(catalogue.served(config), console=config.server.console)


@cache
def router_of(apis: tuple[Api, ...], *, console: bool) -> BoundedPaths:
    """All applications of a process that serve the same share it."""
    router = BoundedPaths()
    for route in routes.NATIVE:
        add_route(router, route, route.path, _admitting(route))
    for method, path in CAUGHT:
        router.add_route(method, path, unrouted.refuse_method)
    for page in (*PAGES, *(CONSOLE if console else CLOSED)):
        add_route(router, page, page.path, page.handler)
    catalogue.add_routes(router, apis)
    router.register_resource(UntidyPaths(router))
    return router


async def _unrouted(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    return (
        await missing(request, error)
        or dead_link(request, error)
        or catalogue.unrouted(request, error)
        or unrouted.response(request, error, routes.NATIVE)
    )


def _admitting(route: NativeRoute) -> Handler:
    admitted = admitting(route)
    if route.scope is Proof.ORIGIN:
        return jssdk_pages.sharing(partial(errors_as_envelopes, handler=admitted))
    return admitted
