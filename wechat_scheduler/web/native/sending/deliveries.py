"""Lists and shows deliveries, sends them again and cancels them, one or all that match a filter."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, TypeAlias

import structlog
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.delivery.model import DeliveryState
from wechat_scheduler.delivery.notes import CANCELLED
from wechat_scheduler.delivery.views import DeliveryFilter, DeliveryView
from wechat_scheduler.errors import ConflictError, NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.ids import ID, schema_of
from wechat_scheduler.web.kit.query import (
    errcode_of,
    id_of,
    ids_of,
    instant_of,
    limit_of,
    next_page,
    one_of,
    reminder_of,
)
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.reach import id_in, reaches_app, within_reach
from wechat_scheduler.web.native.refused_by_wechat import asking_wechat
from wechat_scheduler.web.native.route import (
    APP,
    LINK,
    MANY,
    PAGED,
    REMINDER,
    SPAN,
    UID,
    NativeRoute,
    query,
)
from wechat_scheduler.web.native.sending.delivery_bodies import (
    MOST_AT_ONCE,
    ChangedResult,
    DeliveryDetails,
    DeliveryResult,
    FilterBody,
    InterceptionResult,
    ReplayBody,
    delivery_details,
    delivery_result,
    interception_result,
    read_filter,
)

log = structlog.get_logger(__name__)

Change: TypeAlias = Callable[[web.Request, DeliveryFilter, int], Awaitable[Sequence[int]]]
Find: TypeAlias = Callable[..., Awaitable[Sequence[int]]]
Count: TypeAlias = Callable[..., Awaitable[int]]

STATES: Final = tuple(state.value for state in DeliveryState)


async def listed(request: web.Request) -> web.Response:
    limit, after = limit_of(request), id_of(request, "after")
    wanted = await within_reach(request, _query(request))
    found = await request.app[SERVICES].deliveries.deliveries(wanted, after=after, limit=limit)
    headers = next_page(request, found, lambda last: str(last.id))
    apps = request.app[SERVICES].directory
    results = [delivery_result(view, apps.app(view.app_id)) for view in found]
    return envelope.success(results, headers=headers)


async def shown(request: web.Request) -> web.Response:
    return _details(request, await _seen(request))


async def replay(request: web.Request) -> web.Response:
    view, given = await _seen(request), decode(await request.read() or b"{}", ReplayBody)
    wanted = DeliveryFilter(ids=(view.id,), settled_by=given.settled_by)
    if not await _replay(request, wanted, 1):
        raise _not_replayed(await _seen(request), given.settled_by)
    log.info("delivery.replayed", delivery=view.id, by=request[CALLER].id)
    return _details(request, await _seen(request))


def _not_replayed(view: DeliveryView, settled_by: datetime | None) -> ConflictError:
    is_later = settled_by and view.settled_at and view.settled_at > settled_by
    why = (
        f"it was sent again meanwhile, and is {view.state}: read why before you send it once more"
        if is_later
        else f"it is {view.state}: there is nothing to try again"
    )
    return ConflictError(why, reason=Reason.DELIVERY_STATE)


async def cancel(request: web.Request) -> web.Response:
    view = await _seen(request)
    if not await _cancel(request, DeliveryFilter(ids=(view.id,)), 1):
        raise ConflictError(
            f"it is {view.state}: there is nothing to cancel", reason=Reason.DELIVERY_STATE
        )
    log.info("delivery.cancelled", delivery=view.id, by=request[CALLER].id)
    return _details(request, await _seen(request))


async def replay_all(request: web.Request) -> web.Response:
    desk = request.app[SERVICES].deliveries
    return await _change_all(request, _replay, desk.replayable, desk.corrected)


async def cancel_all(request: web.Request) -> web.Response:
    return await _change_all(request, _cancel, request.app[SERVICES].deliveries.cancellable)


async def _change_all(
    request: web.Request, change: Change, find: Find, count: Count | None = None
) -> web.Response:
    """A dry run tells how many `count` finds that are left out."""
    given, is_dry_run = read_filter(await request.read())
    wanted = await within_reach(request, given)
    if is_dry_run:
        corrected = await count(wanted, limit=MOST_AT_ONCE) if count else 0
        return _changed(await find(wanted, limit=MOST_AT_ONCE), corrected)
    ids = await change(request, wanted, MOST_AT_ONCE)
    log.info("delivery.changed", path=request.path, count=len(ids), by=request[CALLER].id)
    return _changed(ids)


def _changed(ids: Sequence[int], corrected: int = 0) -> web.Response:
    return envelope.success(ChangedResult(len(ids), len(ids) == MOST_AT_ONCE, ids, corrected))


async def _replay(request: web.Request, wanted: DeliveryFilter, limit: int) -> Sequence[int]:
    return await request.app[SERVICES].deliveries.replay(wanted, limit=limit)


async def _cancel(request: web.Request, wanted: DeliveryFilter, limit: int) -> Sequence[int]:
    reason = CANCELLED.fill(key=request[CALLER].id)
    return await request.app[SERVICES].deliveries.cancel(wanted, reason=reason, limit=limit)


def _details(request: web.Request, view: DeliveryView) -> web.Response:
    gives_up_at = request.app[SERVICES].deliveries.gives_up_at(view)
    return envelope.success(
        delivery_details(view, request.app[SERVICES].directory.app(view.app_id), gives_up_at)
    )


async def _seen(request: web.Request) -> DeliveryView:
    delivery_id = id_in(request, "delivery", Reason.DELIVERY_UNKNOWN)
    view = await request.app[SERVICES].deliveries.delivery(delivery_id)
    if view is None or not await reaches_app(request, view.app_id):
        raise NotFoundError(f"there is no delivery {delivery_id}", reason=Reason.DELIVERY_UNKNOWN)
    return view


def _query(request: web.Request) -> DeliveryFilter:
    state = one_of(request, "state", STATES)
    return DeliveryFilter(
        state=DeliveryState(state) if state else None,
        app_id=id_of(request, "app"),
        ids=ids_of(request, "ids"),
        message_id=id_of(request, "message"),
        reminder=reminder_of(request),
        uid=request.query.get("uid", ""),
        errcode=errcode_of(request),
        since=instant_of(request, "since"),
        until=instant_of(request, "until"),
    )


async def intercepted(request: web.Request) -> web.Response:
    view = await _seen(request)
    with asking_wechat():
        asked = await request.app[SERVICES].interceptions.of(view)
    return envelope.success(interception_result(asked))


_DELIVERIES: Final = "/v1/deliveries"
_DELIVERY: Final = f"{_DELIVERIES}/{{delivery}}"
ROUTES = (
    NativeRoute(
        "GET", _DELIVERIES, listed, Scope.PUSH,
        "Lists deliveries, one for each receiver of a message, those of the newest message first.",
        result=list[DeliveryResult],
        takes=(
            query("state", "Only in this state.", {"enum": [*STATES]}),
            APP,
            MANY,
            query("message", "Only of this message.", schema_of(ID)),
            REMINDER,
            UID,
            query("errcode", "Only those whose last errcode is this.", {"type": "integer"}),
            *SPAN, *PAGED,
        ),
        gives=LINK, errors=(404,),
    ),
    NativeRoute(
        "POST", f"{_DELIVERIES}/replay", replay_all, Scope.PUSH,
        "Sends matching dead, cancelled, expired or missed deliveries again, at most 1000.",
        body=FilterBody, result=ChangedResult, errors=(404,),
    ),
    NativeRoute(
        "POST", f"{_DELIVERIES}/cancel", cancel_all, Scope.PUSH,
        "Cancels matching deliveries that wait, at most 1000.",
        body=FilterBody, result=ChangedResult, errors=(404,),
    ),
    NativeRoute(
        "GET", _DELIVERY, shown, Scope.PUSH,
        "Shows a delivery with every attempt.",
        result=DeliveryDetails,
    ),
    NativeRoute(
        "POST", f"{_DELIVERY}/replay", replay, Scope.PUSH,
        "Sends a dead, cancelled, expired or missed delivery again, now.",
        body=ReplayBody, result=DeliveryDetails, errors=(409,),
    ),
    NativeRoute(
        "POST", f"{_DELIVERY}/cancel", cancel, Scope.PUSH,
        "Cancels a delivery that waits.",
        result=DeliveryDetails, errors=(409,),
    ),
    NativeRoute(
        "GET", f"{_DELIVERY}/interception", intercepted, Scope.PUSH,
        "Asks WeChat whether it intercepted the template message; WeChat knows it on the same day only.",
        result=InterceptionResult, errors=(409, 503),
        asks_wechat=True,
    ),
)  # fmt: skip
