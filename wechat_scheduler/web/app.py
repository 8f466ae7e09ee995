"""The HTTP application: all routes, the checks before them, and the form of errors."""

from collections.abc import Callable
from functools import cache, partial

import structlog
from aiohttp import web

from wechat_scheduler.config.settings import Config
from wechat_scheduler.errors import RequestError, StorageError, TooLargeError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.compat import catalogue
from wechat_scheduler.web.compat.api import Api
from wechat_scheduler.web.console.missing import missing
from wechat_scheduler.web.console.routes import CLOSED, CONSOLE
from wechat_scheduler.web.kit import envelope, headers, unrouted
from wechat_scheduler.web.kit.encodings import NO_INFLATING
from wechat_scheduler.web.kit.route import Handler, Proof, Route
from wechat_scheduler.web.kit.services import SERVICES, Services
from wechat_scheduler.web.kit.slashes import BoundedPaths, UntidyPaths
from wechat_scheduler.web.native import jssdk_pages, metrics, openapi, original, routes
from wechat_scheduler.web.native.admission import admitting
from wechat_scheduler.web.native.route import NativeRoute
from wechat_scheduler.web.pages import message
from wechat_scheduler.web.pages.responses import dead_link
from wechat_scheduler.web.pages.routes import PAGES

log = structlog.get_logger(__name__)

RETRY_SOON = {"Retry-After": "1"}
CAUGHT = tuple(unrouted.caught(routes.NATIVE))


def all_routes() -> tuple[Route, ...]:
    """Our own routes, those of the pages and of the console, and those of foreign APIs."""
    apis = (route for api in catalogue.APIS for route in api.routes)
    return (*routes.NATIVE, *PAGES, *CONSOLE, *apis)


def create_app(services: Services, config: Config) -> web.Application:
    """The application with `all_routes()`; bodies over `server.body_limit` bytes are refused."""
    app = web.Application(
        client_max_size=config.server.body_limit,
        handler_args=NO_INFLATING,
        middlewares=[metrics.measured, original.original_answers, errors_as_envelopes],
    )
    apis = catalogue.served(config)
    # aiohttp has no other way that does not warn.
    app._router = router_of(apis, console=config.server.console)
    app.on_response_prepare.append(headers.complete)
    app[SERVICES] = services
    app[original.WANTED] = config.compat.original_answers
    app[jssdk_pages.LIMITS] = jssdk_pages.PageLimits(services.clock)
    document: Callable[[], bytes] = cache(partial(openapi.rendered, routes.NATIVE, services.kinds))
    app[openapi.DOCUMENT] = document
    message.setup(app)
    catalogue.setup(app, apis, config, services.clock)
    return app


@cache
def router_of(apis: tuple[Api, ...], *, console: bool) -> BoundedPaths:
    """Finds our own routes, those of the pages and of the console, and those of `apis`. All applications of a
    process that serve the same share it."""
    router = BoundedPaths()
    for route in routes.NATIVE:
        router.add_route(route.method, route.path, _admitting(route))
    for method, path in CAUGHT:
        router.add_route(method, path, unrouted.refuse_method)
    for page in (*PAGES, *(CONSOLE if console else CLOSED)):
        router.add_route(page.method, page.path, page.handler)
    catalogue.add_routes(router, apis)
    router.register_resource(UntidyPaths(router))
    return router


@web.middleware
async def errors_as_envelopes(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Gives every error the native form; no caller sees a traceback."""
    try:
        return await handler(request)
    except RequestError as error:
        return envelope.failure(error)
    except StorageError as error:
        log.error("api.store_unavailable", path=request.path, error=str(error))
        return envelope.refusal(
            Reason.STORE_UNAVAILABLE,
            "the store does not answer; nothing was changed",
            headers=RETRY_SOON,
        )
    except web.HTTPRequestEntityTooLarge:
        limit = request.client_max_size
        return envelope.failure(TooLargeError(f"the body is larger than {limit} bytes"))
    except web.RequestPayloadError:
        return envelope.refusal(Reason.BODY_UNREADABLE, "the body does not match its headers")
    except ConnectionError:
        log.debug("api.hung_up", path=request.path)
        # The client is gone; the response is for the log and the metrics only.
        return envelope.refusal(Reason.BODY_UNREADABLE, "the body ended too early")
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed) as error:
        return (
            await missing(request, error)
            or dead_link(request, error)
            or catalogue.unrouted(request, error)
            or unrouted.response(request, error, routes.NATIVE)
        )
    except Exception:
        log.exception("api.crashed", path=request.path, method=request.method)
        return envelope.refusal(
            Reason.DAEMON_FAILED, "something went wrong here; the log says what"
        )


def _admitting(route: NativeRoute) -> Handler:
    admitted = admitting(route)
    if route.scope is Proof.ORIGIN:
        return jssdk_pages.sharing(partial(errors_as_envelopes, handler=admitted))
    return admitted
