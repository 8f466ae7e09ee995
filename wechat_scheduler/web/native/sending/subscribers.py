"""Binds, lists, changes and removes subscribers.

A path names a subscriber by uid, or by the name under which the business bound the user.
"""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from aiohttp import web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.model import Scope
from wechat_scheduler.audience.model import App, Found, Subscriber, SubscriberChange, Subscription
from wechat_scheduler.delivery.refused_receivers import Refusal
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.idempotency import KeepResult, created
from wechat_scheduler.web.kit.ids import ID, schema_of
from wechat_scheduler.web.kit.query import id_of, limit_of, next_page, one_of
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.audit import noting
from wechat_scheduler.web.native.reach import app_of
from wechat_scheduler.web.native.route import (
    LINK,
    PAGED,
    UID,
    NativeRoute,
    Success,
    query,
)
from wechat_scheduler.web.native.sending.called import CALLED, called_of
from wechat_scheduler.web.native.sending.subscriber_bodies import (
    Binding,
    BoundResult,
    NamedBinding,
    OpenidResult,
    SubscriberChangeBody,
    SubscriberResult,
    UserTokenResult,
    read_binding,
    read_bindings,
    read_change,
    subscriber_result,
)
from wechat_scheduler.web.pages.consent import consent_url

log = structlog.get_logger(__name__)

BOOLEANS: Final = {"true": True, "false": False}


async def bind(request: web.Request) -> web.Response:
    app = await app_of(request)
    openids = read_binding(request.match_info["name"], await request.read())
    bound = await request.app[SERVICES].audience.bind(app, openids, moves=_moves(request))
    ((name, uid),) = bound.items()
    return envelope.success(BoundResult(external_id=name, uid=uid))


async def bind_all(request: web.Request) -> web.Response:
    app = await app_of(request)
    openids = read_bindings(await request.read())
    uids = await request.app[SERVICES].audience.bind(app, openids, moves=_moves(request))
    log.info("subscriber.bound", app=app.id, count=len(uids), by=request[CALLER].id)
    return envelope.success([BoundResult(external_id=name, uid=uids[name]) for name in openids])


def _moves(request: web.Request) -> bool:
    return BOOLEANS.get(one_of(request, "move", BOOLEANS), True)


async def listed(request: web.Request) -> web.Response:
    app, limit = await app_of(request), limit_of(request)
    name, uid = request.query.get("name", ""), request.query.get("uid", "")
    known = await _known(request, app, name) if name else uid
    if known is None or (uid and uid != known):
        return envelope.success([])
    audience = request.app[SERVICES].audience
    found = await audience.subscribers(
        app,
        topic_id=id_of(request, "topic"),
        uid=known,
        called=called_of(request),
        blocked=BOOLEANS.get(one_of(request, "blocked", BOOLEANS)),
        after=id_of(request, "after"),
        limit=limit,
    )
    headers = next_page(request, found, lambda last: str(last[0].id))
    names = await audience.names_of(app, [subscriber.uid for _, subscriber in found])
    shown = [
        subscriber_result(subscriber, subscription, names.get(subscriber.uid, ()))
        for subscription, subscriber in found
    ]
    return envelope.success(shown, headers=headers)


async def _known(request: web.Request, app: App, name: str) -> str | None:
    """The uid of a user by uid, the app's own name or openid; None if there is no such user."""
    audience = request.app[SERVICES].audience
    found = (await audience.find(app, [name])).get(name)
    return found.subscriber.uid if found else None


async def change(request: web.Request) -> web.Response:
    services, app = request.app[SERVICES], await app_of(request)
    subscriber, subscription = await _subscribed(request, app)
    blocked, changes = read_change(await request.read())
    if changes:
        await services.audience.change(subscriber.uid, SubscriberChange(**changes))
    if blocked is not None:
        await services.audience.block(app, subscription.id, blocked=blocked)
        log.info("subscriber.blocked", uid=subscriber.uid, app=app.id, blocked=blocked)
    names = await services.audience.names_of(app, [subscriber.uid])
    changed = await _subscribed(request, app)
    return envelope.success(subscriber_result(*changed, names.get(subscriber.uid, ())))


async def remove(request: web.Request) -> web.Response:
    app, name = await app_of(request), request.match_info["name"]
    subscriber = await request.app[SERVICES].audience.dismiss(app, name)
    log.info("subscriber.removed", uid=subscriber.uid, app=app.id, by=request[CALLER].id)
    return envelope.success("success")


async def user_token(request: web.Request) -> web.Response:
    return await _new_token(request, request.app[SERVICES].directory.make_user_token)


async def simple_token(request: web.Request) -> web.Response:
    return await _new_token(request, request.app[SERVICES].directory.make_simple_token)


async def log_in(request: web.Request) -> web.Response:
    services, app = request.app[SERVICES], await app_of(request)
    found = await _found(request, app)
    login = await services.openids.log_in(app, found.subscriber.uid)
    alias = await services.openids.known(app, login.openid)
    result = OpenidResult(
        openid=login.openid,
        openkey=login.openkey,
        expires_at=login.ends_at,
        consented=alias is not None and alias.consented,
        consent_url=consent_url(services.links, app, login.openid),
    )
    return envelope.success(result)


async def _new_token(request: web.Request, made: Callable[..., Awaitable[str]]) -> web.Response:
    app = await app_of(request)
    uid = (await _found(request, app)).subscriber.uid

    async def make(keep: KeepResult) -> None:
        with noting(request, Action.TOKEN_RESET, uid):
            await made(app.id, uid, once=lambda token: keep(UserTokenResult(uid=uid, token=token)))

    return await created(request, await request.read(), make)


async def _subscribed(request: web.Request, app: App) -> tuple[Subscriber, Subscription]:
    found = await _found(request, app)
    if found.subscription is None:
        raise NotFoundError(Refusal.UNSUBSCRIBED.sentence, reason=Reason.SUBSCRIPTION_UNKNOWN)
    return found.subscriber, found.subscription


async def _found(request: web.Request, app: App) -> Found:
    return await request.app[SERVICES].audience.found(app, request.match_info["name"])


_SUBSCRIBERS: Final = "/v1/apps/{app}/subscribers"
_SUBSCRIBER: Final = f"{_SUBSCRIBERS}/{{name}}"
_MOVE: Final = query(
    "move",
    "false refuses a name that is another user's; otherwise it moves.",
    {"enum": [*BOOLEANS], "default": "true"},
)
ROUTES = (
    NativeRoute(
        "GET", _SUBSCRIBERS, listed, Scope.PUSH,
        "Lists the subscribers of the app, or of one of its topics.",
        result=list[SubscriberResult],
        takes=(
            query("topic", "Those of this topic instead of the app's own.", schema_of(ID)),
            UID,
            query("name", "Only the user with this uid, openid, or name of the app's own."),
            CALLED,
            query("blocked", "Only those that the app blocks, or does not.", {"enum": [*BOOLEANS]}),
            *PAGED,
        ),
        gives=LINK,
    ),
    NativeRoute(
        "POST", _SUBSCRIBERS, bind_all, Scope.PUSH,
        "Subscribes up to 1000 users whom the business knows; the same again changes nothing.",
        body=list[NamedBinding], result=list[BoundResult], takes=(_MOVE,), errors=(409,),
    ),
    NativeRoute(
        "PUT", _SUBSCRIBER, bind, Scope.PUSH,
        "Subscribes a user whom the business knows, under the business's own name.",
        body=Binding, result=BoundResult, takes=(_MOVE,), errors=(409,),
    ),
    NativeRoute(
        "PATCH", _SUBSCRIBER, change, Scope.PUSH,
        "Blocks or unblocks a subscriber, and sets time zone, quiet hours and nickname.",
        body=SubscriberChangeBody, result=SubscriberResult,
    ),
    NativeRoute(
        "DELETE", _SUBSCRIBER, remove, Scope.PUSH,
        "Removes the user's subscriptions here, and the app's name for the user.",
        result=Success,
    ),
    NativeRoute(
        "POST", f"{_SUBSCRIBER}/token", user_token, Scope.ADMIN,
        "Makes a user's token for the WeCron API, and revokes the previous one.",
        result=UserTokenResult, once=True,
    ),
    NativeRoute(
        "POST", f"{_SUBSCRIBER}/spt", simple_token, Scope.ADMIN,
        "Makes WxPusher's SPT, which sends to this user alone, and revokes the previous one.",
        result=UserTokenResult, once=True,
    ),
    NativeRoute(
        "POST", f"{_SUBSCRIBER}/openid", log_in, Scope.PUSH,
        "Returns the user's openid for Tencent's OpenAPI, and a new openkey for two hours.",
        result=OpenidResult,
    ),
)  # fmt: skip
