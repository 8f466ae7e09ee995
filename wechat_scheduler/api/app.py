"""The daemon's HTTP side: every route with what it takes to enter, and how errors come out."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeAlias

import structlog
from aiohttp import hdrs, web

from wechat_scheduler.access import Scope
from wechat_scheduler.api import envelope, health, tasks
from wechat_scheduler.api.services import CALLER, SERVICES, Services
from wechat_scheduler.errors import RequestError, StorageError, TooLargeError

log = structlog.get_logger(__name__)

# What a caller is told whom the store kept from being served.
RETRY_SOON = {"Retry-After": "1"}

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Route(NamedTuple):
    """`scope` is what a key must have; None is for what anybody may call."""

    method: str
    path: str
    handler: Handler
    scope: Scope | None


ROUTES = (
    Route(hdrs.METH_GET, "/healthz", health.healthz, None),
    Route(hdrs.METH_POST, "/registe", tasks.register, Scope.REGISTER),
    Route(hdrs.METH_POST, "/register", tasks.register, Scope.REGISTER),
    Route(hdrs.METH_GET, "/tasks", tasks.tasks, Scope.READ),
    Route(hdrs.METH_GET, "/task/{appid}/{type}", tasks.fetch, Scope.READ),
    Route(hdrs.METH_GET, "/task/{appid}/{type}/{subject}", tasks.fetch, Scope.READ),
    Route(hdrs.METH_DELETE, "/task/{appid}/{type}", tasks.remove, Scope.REGISTER),
    Route(hdrs.METH_DELETE, "/task/{appid}/{type}/{subject}", tasks.remove, Scope.REGISTER),
    Route(hdrs.METH_POST, "/task/{appid}/{type}/refresh", tasks.refresh, Scope.REGISTER),
    Route(hdrs.METH_POST, "/task/{appid}/{type}/{subject}/refresh", tasks.refresh, Scope.REGISTER),
)


def create_app(services: Services, *, body_limit: int) -> web.Application:
    """The application with all of `ROUTES`; bodies over `body_limit` bytes are refused."""
    app = web.Application(client_max_size=body_limit, middlewares=[errors_as_envelopes])
    app[SERVICES] = services
    for route in ROUTES:
        handler = route.handler if route.scope is None else _guarded(route.handler, route.scope)
        app.router.add_route(route.method, route.path, handler)
    return app


@web.middleware
async def errors_as_envelopes(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever goes wrong is answered in the native form; nobody is shown a traceback."""
    try:
        return await handler(request)
    except RequestError as error:
        return envelope.failure(error)
    except StorageError as error:
        log.error("api.store_unavailable", path=request.path, error=str(error))
        return envelope.refusal(503, "the store does not answer; nothing was changed", RETRY_SOON)
    except web.HTTPRequestEntityTooLarge:
        limit = request.client_max_size
        return envelope.failure(TooLargeError(f"the body is larger than {limit} bytes"))
    except web.HTTPMethodNotAllowed as error:
        allowed = ", ".join(sorted(error.allowed_methods))
        return envelope.refusal(405, f"use {allowed} here", {"Allow": allowed})
    except web.HTTPException as error:
        return envelope.refusal(error.status, f"there is nothing here ({error.reason.lower()})")
    except Exception:
        log.exception("api.crashed", path=request.path, method=request.method)
        return envelope.refusal(500, "something went wrong here; the log says what")


def _guarded(handler: Handler, scope: Scope) -> Handler:
    async def guarded(request: web.Request) -> web.StreamResponse:
        request[CALLER] = request.app[SERVICES].doorkeeper.identify(request, scope)
        return await handler(request)

    return guarded
