"""The HTTP application: the routes that callers need first, the others when one is asked for, and the checks
before all of them."""

import sys
from functools import partial
from typing import Final

from aiohttp import web

from wechat_scheduler.config.settings import Config
from wechat_scheduler.web.kit import headers
from wechat_scheduler.web.kit.encodings import NO_INFLATING
from wechat_scheduler.web.kit.failures import errors_as_envelopes
from wechat_scheduler.web.kit.head_requests import add_route
from wechat_scheduler.web.kit.late_routes import LateRoutes
from wechat_scheduler.web.kit.room_states import STATES, RoomStates
from wechat_scheduler.web.kit.services import SERVICES, Services
from wechat_scheduler.web.native import health, metrics, original, tasks
from wechat_scheduler.web.native.admission import admitting

# What is asked at a start: is it alive, and the values that callers wait for.
FIRST: Final = (*health.ROUTES, *tasks.ROUTES)


def create_app(services: Services, config: Config) -> web.Application:
    """The application with all routes; bodies over `server.body_limit` bytes are refused."""
    wording = [original.original_answers] if config.compat.original_answers else []
    app = web.Application(
        client_max_size=config.server.body_limit,
        handler_args=NO_INFLATING,
        middlewares=[metrics.measured, *wording, errors_as_envelopes],
    )
    router = LateRoutes(partial(_all_routes, app, config), are_made=_are_made)
    for route in FIRST:
        add_route(router, route, route.path, admitting(route))
    # aiohttp has no other way that does not warn.
    app._router = router
    app.on_response_prepare.append(headers.complete)
    app[SERVICES] = services
    app[STATES] = RoomStates()
    app[original.WANTED] = config.compat.original_answers
    return app


def _all_routes(app: web.Application, config: Config) -> web.UrlDispatcher:
    from wechat_scheduler.web.routes import open_rooms

    return open_rooms(app, config)


def _are_made() -> bool:
    """Whether this process has made all routes, which it does but once."""
    module = sys.modules.get("wechat_scheduler.web.routes")
    # A module that another thread is importing lacks its functions.
    make = getattr(module, "router_of", None)
    return make is not None and make.cache_info().currsize > 0
