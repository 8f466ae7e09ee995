"""The checks before the handler of a row: what a caller may reach, and what a request may ask."""

from functools import partial

from aiohttp import web

from wechat_scheduler.access.model import Key, Scope
from wechat_scheduler.web.kit.auth import (
    Visitor,
    require_reach_of_path,
    require_scope,
)
from wechat_scheduler.web.kit.encodings import refuse_compressed
from wechat_scheduler.web.kit.query import refuse_nul, refuse_unknown
from wechat_scheduler.web.kit.route import Handler, takes_key
from wechat_scheduler.web.kit.services import CALLER, SERVICES, VISITOR
from wechat_scheduler.web.native import original
from wechat_scheduler.web.native.route import NativeRoute
from wechat_scheduler.web.native.session_changes import note_change


def admitting(route: NativeRoute) -> Handler:
    """The handler behind the checks that its row asks for."""
    if takes_key(route.scope):
        return partial(_with_key, route)

    async def admitted(request: web.Request) -> web.StreamResponse:
        refuse_nul(request)
        return await route.handler(request)

    return admitted


async def called_by(
    visitor: Visitor, route: NativeRoute, request: web.Request
) -> web.StreamResponse:
    """The response of a route that takes a key to a person whose session has proved one; the audit notes what they
    change. Raises RequestError."""
    refuse_nul(request)
    _require_scope_of(route, visitor.key)
    response = await _answered(route, request, visitor)
    await note_change(route, request, response)
    return response


def _require_scope_of(route: NativeRoute, key: Key) -> None:
    """Raises ForbiddenError."""
    if isinstance(route.scope, Scope):
        require_scope(key, route.scope, looks=route.only_shows)


async def _with_key(route: NativeRoute, request: web.Request) -> web.StreamResponse:
    refuse_nul(request)
    refuse_compressed(request)
    services = request.app[SERVICES]
    visitor = await services.authenticator.identify(request, None)
    _require_scope_of(route, visitor.key)
    return await _answered(route, request, visitor)


async def _answered(
    route: NativeRoute, request: web.Request, visitor: Visitor
) -> web.StreamResponse:
    services, key = request.app[SERVICES], visitor.key
    services.auditor.seen(key.id)
    request[CALLER], request[VISITOR] = key, visitor
    if not route.checks_reach:
        require_reach_of_path(key, request.match_info, services.kinds)
    # The names in the query of the original's routes are for others to choose.
    if request.query and not original.has(route.method, route.path):
        refuse_unknown(request, route.queries)
    return await route.handler(request)
