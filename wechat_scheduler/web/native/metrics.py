"""Shows the metrics to Prometheus, and counts requests for them."""

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import ForbiddenError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.route import Handler
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.kit.waiting_requests import WAITED
from wechat_scheduler.web.native.route import NativeRoute

# The label of all requests that fit no route: callers must not be able to make up labels.
NOTHING = "none"


async def page(request: web.Request) -> web.Response:
    if request[CALLER].appids or request[CALLER].kinds:
        raise ForbiddenError(
            "metrics are about all jobs, and this API key is limited to some",
            reason=Reason.KEY_REACH,
        )
    found = request.app[SERVICES].page
    return web.Response(body=await found.render(), headers={hdrs.CONTENT_TYPE: found.content_type})


@web.middleware
async def measured(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts responses and measures their time, without that which they waited on purpose. Errors must have become responses by now."""
    services = request.app[SERVICES]
    began = services.clock.boottime()
    response = await handler(request)
    waited = request.get(WAITED, 0.0)
    resource = request.match_info.route.resource
    services.tally.answered(
        method=NOTHING if resource is None else request.method,
        route=NOTHING if resource is None else resource.canonical,
        status=response.status,
        seconds=services.clock.boottime() - began - waited,
    )
    return response


ROUTES = (
    NativeRoute(
        "GET", "/metrics", page, Scope.READ,
        "Returns the metrics in the text format of Prometheus.",
        plain="text/plain",
    ),
)  # fmt: skip
