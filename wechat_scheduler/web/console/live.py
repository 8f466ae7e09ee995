"""`/console/live`: tells a page that something has happened, so that it shows what is new."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.engine.records import replace
from wechat_scheduler.web.console.native_api import route_of
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.kit.auth import Visitor
from wechat_scheduler.web.kit.event_texts import PAGE_HEARTBEAT
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.admission import called_by
from wechat_scheduler.web.native.events import OWN_HEARTBEAT

_EVENTS: Final = route_of(hdrs.METH_GET, "/v1/events")


async def live(visit: Visit) -> web.StreamResponse:
    """The stream of events of our API. The values of credentials stay out of it: a page needs none. It has heartbeats that
    the script of the page sees, so that it notices a connection that is lost in silence."""
    key, request = visit.session.key, visit.request
    request[OWN_HEARTBEAT] = PAGE_HEARTBEAT
    scopes = frozenset((Scope.PUSH,) if key.sees(Scope.PUSH) else ())
    address = request.app[SERVICES].authenticator.address(request)
    return await called_by(Visitor(replace(key, scopes=scopes), address), _EVENTS, request)


ROUTES: Final = (ConsoleRoute(hdrs.METH_GET, "/console/live", live),)
