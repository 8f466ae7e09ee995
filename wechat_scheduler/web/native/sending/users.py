"""Lists the users of accounts, and shows one user as an app knows them."""

import re
from collections.abc import Sequence
from typing import Final

from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.audience.desk import TOPICS_AT_ONCE
from wechat_scheduler.audience.filters import SubscriberFilter
from wechat_scheduler.audience.model import Subscription
from wechat_scheduler.audience.text_windows import texts_end
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.auth import require_reach
from wechat_scheduler.web.kit.ids import WECHAT_ID, check_wechat_id, schema_of
from wechat_scheduler.web.kit.query import limit_of, next_page, no_place
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.reach import app_of
from wechat_scheduler.web.native.route import AFTER, LIMIT, LINK, NativeRoute, query
from wechat_scheduler.web.native.sending.called import CALLED, called_of
from wechat_scheduler.web.native.sending.subscriber_bodies import (
    AppSubscriptionResult,
    ShownSubscriberResult,
    UserResult,
    hours,
)

# The appid and the openid of the last of a page.
_PLACE: Final = re.compile(r"([A-Za-z0-9_-]{1,128})/([A-Za-z0-9_-]{1,128})")


async def listed(request: web.Request) -> web.Response:
    caller, appid, openid = request[CALLER], *(_id(request, name) for name in ("appid", "openid"))
    if appid:
        require_reach(caller, appid, field="appid")
    services, called = request.app[SERVICES], called_of(request)
    apps = services.directory.apps_of(appid) if called and appid else ()
    wanted = SubscriberFilter(
        appid=appid,
        openid=openid,
        called=called,
        apps=tuple(app.id for app in apps),
        within=tuple(sorted(caller.appids)) or None,
        after=_after(request),
        limit=limit_of(request),
    )
    found = await services.audience.people(wanted)
    headers = next_page(request, found, lambda last: f"{last[0].appid}/{last[0].openid}")
    shown = [
        envelope.result_of(UserResult, one, apps=list(apps), names=list(names))
        for one, apps, names in found
    ]
    return envelope.success(shown, headers=headers)


async def shown(request: web.Request) -> web.Response:
    app, audience = await app_of(request), request.app[SERVICES].audience
    found = await audience.found(app, request.match_info["name"])
    aliases = await audience.aliases_of(app, found.subscriber.uid)
    topics = await audience.subscribers(
        app, topic_id=None, uid=found.subscriber.uid, limit=TOPICS_AT_ONCE
    )
    own = [found.subscription] if found.subscription else []
    result = envelope.result_of(
        ShownSubscriberResult,
        found.subscriber,
        names=[alias.name for alias in aliases if not alias.openkey_hash],
        texts_until=texts_end(found.subscriber),
        consented=any(alias.consented for alias in aliases),
        quiet=hours(found.subscriber.quiet),
        subscriptions=await _subscriptions(request, [*own, *(one for one, _ in topics)]),
    )
    return envelope.success(result)


async def _subscriptions(
    request: web.Request, found: Sequence[Subscription]
) -> list[AppSubscriptionResult]:
    ids = {one.topic_id for one in found if one.topic_id}
    names = await request.app[SERVICES].audience.topics_called(ids)
    return [
        envelope.result_of(
            AppSubscriptionResult,
            one,
            topic=one.topic_id or None,
            topic_name=names.get(one.topic_id, ""),
            subscribed_at=one.created_at,
        )
        for one in found
    ]


def _id(request: web.Request, name: str) -> str:
    text = request.query.get(name, "")
    if text:
        check_wechat_id(text, name)
    return text


def _after(request: web.Request) -> tuple[str, str]:
    text = request.query.get("after", "")
    found = _PLACE.fullmatch(text)
    if text and found is None:
        raise no_place()
    return (found[1], found[2]) if found else ("", "")


ROUTES = (
    NativeRoute(
        "GET", "/v1/subscribers", listed, Scope.PUSH,
        "Lists the users of all accounts, also those who follow and subscribe to no app.",
        result=list[UserResult],
        takes=(
            query("appid", "Only of this account.", schema_of(WECHAT_ID)),
            query("openid", "Only with this openid.", schema_of(WECHAT_ID)),
            CALLED,
            query("after", AFTER.description, schema_of(_PLACE)),
            LIMIT,
        ),
        gives=LINK,
    ),
    NativeRoute(
        "GET", "/v1/apps/{app}/subscribers/{name}", shown, Scope.PUSH,
        "Shows a user with their names, and their subscriptions to the app and its topics.",
        result=ShownSubscriberResult,
    ),
)  # fmt: skip
