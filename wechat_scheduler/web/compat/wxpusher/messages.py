"""Messages: `POST`, `GET` and `DELETE /api/send/message`, and their status under `/api/send/query`.

Queries of the status need no token. They tell the status only, and are limited by address.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final, NamedTuple

import msgspec
from aiohttp import web

from wechat_scheduler.access.once import Keep
from wechat_scheduler.audience.model import App
from wechat_scheduler.delivery.model import DeliveryState, TargetKind
from wechat_scheduler.delivery.orders import Order, Placed
from wechat_scheduler.delivery.refused_receivers import Refusal, Refused
from wechat_scheduler.delivery.views import MessageView
from wechat_scheduler.web.compat.wxpusher.callers import app_of, count_query, named_app
from wechat_scheduler.web.compat.wxpusher.drafts import SendBody, WxPusherDraft, draft_of
from wechat_scheduler.web.compat.wxpusher.envelope import (
    ErrorCode,
    WxPusherError,
    id_of,
    query_of,
    read,
    success,
)
from wechat_scheduler.web.kit.idempotency import asked_for
from wechat_scheduler.web.kit.services import SERVICES, Services

ACCEPTED: Final = "创建发送任务成功"
REFUSALS: Final[Mapping[Refusal, str]] = {
    Refusal.UNKNOWN_USER: "UID不合法",
    Refusal.UNKNOWN_TOPIC: "主题不存在",
    Refusal.NO_CALLBACK: "应用没有设置回调地址",
    Refusal.UNFOLLOWED: "用户已取消关注公众号",
    Refusal.WECHAT: "微信拒绝给该用户发消息：{trouble}",
    Refusal.UNSUBSCRIBED: "用户没有订阅应用",
    Refusal.BLOCKED: "用户已被应用拉黑",
    Refusal.MUTED: "用户关闭了消息接收",
}

NO_TOPIC: Final = Placed(name="", kind=TargetKind.TOPIC, refused=Refused(Refusal.UNKNOWN_TOPIC))
NO_MESSAGE: Final = "消息不存在"

# "消息缓存有时效性，目前设置缓存时间为7天".
KEPT: Final = timedelta(days=7)


class TargetResult(msgspec.Struct, rename="camel", kw_only=True):
    """The outcome for one receiver. `messageContentId` is the id of the message, `sendRecordId` (in
    older versions `messageId`) that of the delivery."""

    uid: str | None = None
    topic_id: int | None = None
    message_id: int | None
    message_content_id: int | None
    send_record_id: int | None
    code: int
    status: str


class Status(NamedTuple):
    number: int
    words: str


WAITING: Final = Status(1, "等待发送")
# WxPusher documents no words for 2 and 4.
FAILED: Final = Status(2, "发送失败")
SENT: Final = Status(3, "发送成功")

STATUSES: Final = {
    DeliveryState.PENDING: WAITING,
    DeliveryState.SENDING: WAITING,
    DeliveryState.ACCEPTED: SENT,
    DeliveryState.DELIVERED: SENT,
    DeliveryState.DEAD: FAILED,
    DeliveryState.CANCELLED: FAILED,
    DeliveryState.EXPIRED: FAILED,
    DeliveryState.MISSED: FAILED,
}


async def post(request: web.Request) -> str:
    """`POST /api/send/message`."""
    body = await request.read()
    wish = read(body, SendBody, request.path)
    app = await app_of(request, wish.app_token)
    return await sent(request, app, draft_of(wish, request.path), body)


async def get(request: web.Request) -> str:
    """`GET /api/send/message`: a text, to one user or topic."""
    app = await named_app(request)
    query = query_of(request)
    wish = SendBody(
        content=query.get("content"),
        summary=query.get("summary"),
        url=query.get("url"),
        uids=[query.get("uid")],
        topic_ids=[query.get("topicId")],
    )
    return await sent(request, app, draft_of(wish, request.path), b"")


async def sent(request: web.Request, app: App, draft: WxPusherDraft, body: bytes) -> str:
    """The response to a draft, once its message is stored."""
    services, written = request.app[SERVICES], draft.written

    async def make(keep: Keep) -> None:
        order = await services.sending.prepare(
            app,
            written.content,
            names=draft.names,
            topics=draft.named_topics,
            notes=written.notes,
        )
        text = success(list(_results(draft, order)), written.msg)
        await services.sending.put(order, once=keep(text))

    asked = asked_for(request, f"app {app.id}", body)
    return (await services.idempotency.once(asked, make)).text


async def delete(request: web.Request) -> str:
    """`DELETE /api/send/message`: hides the message on its page; on phones it stays."""
    app = await named_app(request)
    given = request.match_info.get("id") or request.query.get("messageContentId", "")
    message = await _message(request, id_of(given, "messageContentId"))
    if message is None or message.message.app_id != app.id:
        raise WxPusherError(NO_MESSAGE, field="messageContentId")
    await request.app[SERVICES].deliveries.retract(message.message.id)
    return success(True, "删除成功")


async def by_query(request: web.Request) -> str:
    """`GET /api/send/query/status?sendRecordId=`."""
    return await _status(request, request.query.get("sendRecordId", ""), "sendRecordId")


async def by_path(request: web.Request) -> str:
    """`GET /api/send/query/{messageId}`."""
    return await _status(request, request.match_info["messageId"], "messageId")


async def _message(request: web.Request, given: int) -> MessageView | None:
    """The message of that id, or of the delivery of that id, which the Java SDK passes."""
    desk = request.app[SERVICES].deliveries
    return await desk.message(given) or await desk.message_of(given)


def _results(draft: WxPusherDraft, order: Order) -> Iterator[TargetResult]:
    """The outcomes in the order of the request: users, then topics."""
    persons = order.placed[: len(draft.uids)]
    for uid, placed in zip(draft.uids, persons, strict=True):
        yield result_of(placed, order, uid=uid)
    topics = {one.name: one for one in order.placed if one.kind is TargetKind.TOPIC}
    for topic in draft.topics:
        yield result_of(topics.get(str(topic), NO_TOPIC), order, topic_id=topic)


def result_of(
    placed: Placed, order: Order, *, uid: str | None = None, topic_id: int | None = None
) -> TargetResult:
    return TargetResult(
        uid=uid,
        topic_id=topic_id,
        message_id=placed.delivery_id or None,
        message_content_id=order.message.id,
        send_record_id=placed.delivery_id or None,
        code=ErrorCode.BUSINESS if placed.refused else ErrorCode.OK,
        status=_refused(placed.refused) if placed.refused else ACCEPTED,
    )


def _refused(refused: Refused) -> str:
    return REFUSALS[refused.refusal].format(trouble=refused.trouble)


def refused_target(status: str) -> TargetResult:
    """The outcome for a receiver without a message."""
    return TargetResult(
        message_id=None,
        message_content_id=None,
        send_record_id=None,
        code=ErrorCode.BUSINESS,
        status=status,
    )


async def _status(request: web.Request, given: str, field: str) -> str:
    """The status of a delivery; that of a topic counts the deliveries to its subscribers."""
    count_query(request)
    services = request.app[SERVICES]
    delivery = await services.deliveries.delivery(id_of(given, field))
    is_known = delivery is not None and delivery.channel in (TargetKind.PERSON, TargetKind.TOPIC)
    if delivery is None or not is_known or services.clock.now() - delivery.created_at >= KEPT:
        raise WxPusherError(NO_MESSAGE, field=field)
    status = STATUSES[delivery.state]
    if delivery.channel == TargetKind.TOPIC and status is SENT:
        status = await _spread(services, delivery.message_id)
    return success(status.number, status.words)


async def _spread(services: Services, message_id: int) -> Status:
    """Waiting while a delivery to a subscriber of the topic waits."""
    found = await services.deliveries.message(message_id)
    counts = found.counts if found else {}
    return (
        WAITING if counts.get(DeliveryState.PENDING) or counts.get(DeliveryState.SENDING) else SENT
    )
