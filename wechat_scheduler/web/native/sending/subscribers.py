"""Subscribers over HTTP: the users that a business knows, and those who came by a QR code.

In a path they go by uid, or by the name under which the business bound them.
"""

import structlog
from aiohttp import web

from wechat_scheduler.access.audit import Action
from wechat_scheduler.audience.model import App, Found, Subscriber, SubscriberChange, Subscription
from wechat_scheduler.delivery.refusals import Refusal
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.paging import limit_of, link_to_next
from wechat_scheduler.web.kit.query import id_of, one_of
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.audit import note
from wechat_scheduler.web.native.sending.seen_apps import app_of
from wechat_scheduler.web.native.sending.subscriber_bodies import (
    BoundResult,
    UserTokenResult,
    read_binding,
    read_bindings,
    read_change,
    subscriber_result,
)

log = structlog.get_logger(__name__)

BLOCKED = {"true": True, "false": False}


async def bind(request: web.Request) -> web.Response:
    """`PUT /v1/apps/{app}/subscribers/{name}`: take over a user that the business knows."""
    app = app_of(request)
    openids = read_binding(request.match_info["name"], await request.read())
    ((name, uid),) = (await request.app[SERVICES].audience.bind(app, openids)).items()
    return envelope.success(BoundResult(external_id=name, uid=uid))


async def bind_all(request: web.Request) -> web.Response:
    """`POST /v1/apps/{app}/subscribers`: many of them; the same again changes nothing."""
    app = app_of(request)
    openids = read_bindings(await request.read())
    uids = await request.app[SERVICES].audience.bind(app, openids)
    log.info("subscriber.bound", app=app.id, count=len(uids), by=request[CALLER].id)
    return envelope.success([BoundResult(external_id=name, uid=uids[name]) for name in openids])


async def listed(request: web.Request) -> web.Response:
    """`GET /v1/apps/{app}/subscribers`: of the app itself, or of one `topic`."""
    app, limit = app_of(request), limit_of(request)
    found = await request.app[SERVICES].audience.subscribers(
        app,
        topic_id=id_of(request, "topic"),
        uid=request.query.get("uid", ""),
        blocked=BLOCKED.get(one_of(request, "blocked", BLOCKED)),
        after=id_of(request, "after"),
        limit=limit,
    )
    full = len(found) == limit
    headers = link_to_next(request, after=str(found[-1][0].id)) if full else {}
    shown = [subscriber_result(subscriber, subscription) for subscription, subscriber in found]
    return envelope.success(shown, headers=headers)


async def change(request: web.Request) -> web.Response:
    """`PATCH /v1/apps/{app}/subscribers/{name}`: what is left out stays as it is."""
    services, app = request.app[SERVICES], app_of(request)
    subscriber, subscription = await _subscribed(request, app)
    blocked, changes = read_change(await request.read())
    if changes:
        await services.audience.change(subscriber.uid, SubscriberChange(**changes))
    if blocked is not None:
        await services.audience.block(app, subscription.id, blocked=blocked)
        log.info("subscriber.blocked", uid=subscriber.uid, app=app.id, blocked=blocked)
    return envelope.success(subscriber_result(*await _subscribed(request, app)))


async def remove(request: web.Request) -> web.Response:
    """`DELETE /v1/apps/{app}/subscribers/{name}`: from the app, its topics, and its names for them."""
    app, name = app_of(request), request.match_info["name"]
    subscriber = await request.app[SERVICES].audience.dismiss(app, name)
    log.info("subscriber.removed", uid=subscriber.uid, app=app.id, by=request[CALLER].id)
    return envelope.success("success")


async def user_token(request: web.Request) -> web.Response:
    """`POST /v1/apps/{app}/subscribers/{name}/token`: it keeps the reminders of this user."""
    app = app_of(request)
    uid = (await _found(request, app)).subscriber.uid
    token = await request.app[SERVICES].directory.make_user_token(app.id, uid)
    await note(request, Action.TOKEN_RESET, uid)
    headers = {"Cache-Control": "no-store"}
    return envelope.success(UserTokenResult(uid=uid, token=token), headers=headers)


async def simple_token(request: web.Request) -> web.Response:
    """`POST /v1/apps/{app}/subscribers/{name}/spt`: who has it may write to this user as the app."""
    app = app_of(request)
    uid = (await _found(request, app)).subscriber.uid
    token = await request.app[SERVICES].directory.make_simple_token(app.id, uid)
    await note(request, Action.TOKEN_RESET, uid)
    headers = {"Cache-Control": "no-store"}
    return envelope.success(UserTokenResult(uid=uid, token=token), headers=headers)


async def _subscribed(request: web.Request, app: App) -> tuple[Subscriber, Subscription]:
    found = await _found(request, app)
    if found.subscription is None:
        raise NotFoundError(Refusal.UNSUBSCRIBED.sentence, reason=Reason.SUBSCRIPTION_UNKNOWN)
    return found.subscriber, found.subscription


async def _found(request: web.Request, app: App) -> Found:
    return await request.app[SERVICES].audience.found(app, request.match_info["name"])
