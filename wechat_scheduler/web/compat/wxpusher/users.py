"""Subscribers: `GET /api/fun/wxuser` and its second version, and removing or blocking them.

A user who subscribed to a topic only is unknown to the app: their uid is left empty.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from aiohttp import web

from wechat_scheduler.audience.model import App, Subscriber, Subscription
from wechat_scheduler.engine.clock import millis
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.web.compat.wxpusher.callers import named_app
from wechat_scheduler.web.compat.wxpusher.envelope import (
    OK,
    ErrorCode,
    WxPusherError,
    id_of,
    success,
    switch,
    whole,
)
from wechat_scheduler.web.kit.ids import LARGEST_ID
from wechat_scheduler.web.kit.services import SERVICES, Services

LARGEST_PAGE: Final = 100
# WxPusher documents no limit for the first version.
LARGEST_OLD_PAGE: Final = 1000
DEFAULT_PAGE: Final = 10
# Keeps `page * pageSize` within the integers of every store.
LAST_PAGE: Final = 10_000_000

APP_TYPE, TOPIC_TYPE = 0, 1
# WxPusher uses the same words for both.
DONE: Final = "删除成功"

Row = tuple[Subscription, Subscriber]


class UserRecord(msgspec.Struct, rename="camel", kw_only=True):
    """`enable` says whether the user accepts messages."""

    uid: str
    create_time: int
    enable: bool
    head_img: str
    nick_name: str


class SubscriptionRecord(msgspec.Struct, rename="camel", kw_only=True):
    """`target` is the name of the app or topic; `payEndTime` is 0, as there are no payments."""

    id: int
    uid: str
    app_or_topic_id: int
    type: int
    target: str
    create_time: int
    reject: bool
    head_img: str = ""
    nick_name: str = ""
    pay_end_time: int = 0


class PageResult(msgspec.Struct, rename="camel"):
    page: int
    page_size: int
    total: int
    records: Sequence[UserRecord | SubscriptionRecord] | Sequence[object]


class UsersEnvelope(PageResult, rename="camel", kw_only=True):
    """WxPusher's page shows a page without the envelope, its SDKs expect it inside: this is both."""

    code: int = ErrorCode.OK
    msg: str = OK
    data: PageResult
    success: bool = True


async def users(request: web.Request) -> str:
    """`GET /api/fun/wxuser`."""
    services, app = request.app[SERVICES], await named_app(request)
    page, size = _page(request, LARGEST_OLD_PAGE)
    uid = request.query.get("uid", "").strip()
    found = await services.audience.subscribers(app, uid=uid, offset=(page - 1) * size, limit=size)
    total = await services.audience.count(app, uid=uid)
    records = [_user(*row) for row in found]
    data = PageResult(page, size, total, records)
    return msgspec.json.encode(UsersEnvelope(page, size, total, records, data=data)).decode()


async def subscriptions(request: web.Request) -> str:
    """`GET /api/fun/wxuser/v2`: subscribers of the app, of its topics, or of both."""
    services, app = request.app[SERVICES], await named_app(request)
    page, size = _page(request, LARGEST_PAGE)
    uid = request.query.get("uid", "").strip()
    blocked = switch(request.query.get("isBlock"), "isBlock")
    kind = whole(request.query.get("type"), "type", least=0, most=1, default=-1)
    offset, total, rows = (page - 1) * size, 0, list[Row]()
    for topic_id in ((0,), (None,))[kind] if kind >= 0 else (0, None):
        among = await services.audience.count(app, topic_id=topic_id, uid=uid, blocked=blocked)
        rows += await services.audience.subscribers(
            app,
            topic_id=topic_id,
            uid=uid,
            blocked=blocked,
            offset=max(0, offset - total),
            limit=size - len(rows),
        )
        total += among
    return success(PageResult(page, size, total, await _records(services, app, rows)))


async def remove(request: web.Request) -> str:
    """`DELETE /api/fun/remove`."""
    app, subscription_id = await named_app(request), _record_id(request)
    try:
        await request.app[SERVICES].audience.remove(app, subscription_id)
    except NotFoundError as error:
        raise _no_record() from error
    return success(DONE)


async def reject(request: web.Request) -> str:
    """`PUT /api/fun/reject`: a blocked user gets no messages, and stays blocked after a scan."""
    app, subscription_id = await named_app(request), _record_id(request)
    blocked = switch(request.query.get("reject"), "reject")
    if blocked is None:
        raise WxPusherError("reject 不能为空", field="reject")
    try:
        await request.app[SERVICES].audience.block(app, subscription_id, blocked=blocked)
    except NotFoundError as error:
        raise _no_record() from error
    return success(DONE)


async def pay_end_times(request: web.Request) -> str:
    """`GET /api/product/query-pay-end-time`: empty, as there are no payments."""
    return success([])


def _page(request: web.Request, largest: int) -> tuple[int, int]:
    query = request.query
    page = whole(query.get("page"), "page", least=1, most=LAST_PAGE, default=1)
    size = whole(query.get("pageSize"), "pageSize", least=1, most=largest, default=DEFAULT_PAGE)
    return page, size


def _user(subscription: Subscription, subscriber: Subscriber) -> UserRecord:
    return UserRecord(
        uid=subscriber.uid,
        create_time=millis(subscription.created_at),
        enable=not subscription.blocked and not subscription.muted and subscriber.follows,
        head_img=subscriber.avatar,
        nick_name=subscriber.nickname,
    )


async def _records(
    services: Services, app: App, rows: Sequence[Row]
) -> Sequence[SubscriptionRecord]:
    topics = {one.topic_id for one, _ in rows if one.topic_id}
    names = {0: app.name, **await services.audience.topics_called(topics)}
    uids = list({one.uid for one, _ in rows if one.topic_id})
    found = await services.audience.find(app, uids)
    known = {uid for uid, one in found.items() if one.subscription is not None}
    return [_record(subscription, names, known) for subscription, _ in rows]


def _record(
    subscription: Subscription, names: Mapping[int, str], known: set[str]
) -> SubscriptionRecord:
    topic = subscription.topic_id
    return SubscriptionRecord(
        id=subscription.id,
        uid=subscription.uid if not topic or subscription.uid in known else "",
        app_or_topic_id=topic or subscription.app_id,
        type=TOPIC_TYPE if topic else APP_TYPE,
        target=names.get(topic, ""),
        create_time=millis(subscription.created_at),
        reject=subscription.blocked,
    )


def _record_id(request: web.Request) -> int:
    given = id_of(request.query.get("id", ""), "id")
    return given if given <= LARGEST_ID else 0


def _no_record() -> WxPusherError:
    return WxPusherError("订阅记录不存在", field="id")
