"""Sending: `POST` and `GET /api/send/message`, and taking back what was sent."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from aiohttp import web

from wechat_scheduler.access.once import Keep
from wechat_scheduler.audience.model import App
from wechat_scheduler.delivery.model import TargetKind
from wechat_scheduler.delivery.refusals import Refusal, Refused
from wechat_scheduler.delivery.sending import Order, Placed
from wechat_scheduler.delivery.views import MessageView
from wechat_scheduler.web.compat.wxpusher.callers import app_of, named_app
from wechat_scheduler.web.compat.wxpusher.drafts import SendBody, WxPusherDraft, draft_of
from wechat_scheduler.web.compat.wxpusher.wire import (
    ErrorCode,
    WxPusherError,
    answered,
    id_of,
    read,
)
from wechat_scheduler.web.kit.idempotency import asked_for
from wechat_scheduler.web.kit.services import SERVICES

ACCEPTED: Final = "创建发送任务成功"
REFUSALS: Final[Mapping[Refusal, str]] = {
    Refusal.UNKNOWN_USER: "UID不合法",
    Refusal.UNKNOWN_TOPIC: "主题不存在",
    Refusal.NO_CALLBACK: "应用没有设置回调地址",
    Refusal.UNFOLLOWED: "用户已取消关注公众号",
    Refusal.WECHAT: "微信拒绝给该用户发消息：{trouble}",
    Refusal.UNSUBSCRIBED: "用户没有关注应用",
    Refusal.BLOCKED: "用户已被应用拉黑",
    Refusal.MUTED: "用户关闭了消息接收",
}

NO_TOPIC: Final = Placed(name="", kind=TargetKind.TOPIC, refused=Refused(Refusal.UNKNOWN_TOPIC))
NO_MESSAGE: Final = "消息不存在"

_decoder = msgspec.json.Decoder(SendBody)


class TargetResult(msgspec.Struct, rename="camel", kw_only=True):
    """What became of one target. `messageContentId` is the message; `sendRecordId`, which was
    `messageId` once, this target's own part of it."""

    uid: str | None = None
    topic_id: int | None = None
    message_id: int | None
    message_content_id: int | None
    send_record_id: int | None
    code: int
    status: str


async def post(request: web.Request) -> str:
    """`POST /api/send/message`."""
    body = await request.read()
    wish = read(_decoder, body, request.path)
    app = app_of(request, wish.app_token)
    return await sent(request, app, draft_of(wish, request.path), body)


async def get(request: web.Request) -> str:
    """`GET /api/send/message`: a text, to one user or topic."""
    app = named_app(request)
    query = request.query
    wish = SendBody(
        content=query.get("content"),
        summary=query.get("summary"),
        url=query.get("url"),
        uids=[query.get("uid")],
        topic_ids=[query.get("topicId")],
    )
    return await sent(request, app, draft_of(wish, request.path), b"")


async def sent(request: web.Request, app: App, draft: WxPusherDraft, body: bytes) -> str:
    """The answer to a draft that was kept: from then on it is sent."""
    services = request.app[SERVICES]

    async def make(keep: Keep) -> None:
        order = await services.sending.prepare(
            app, draft.content, names=draft.names, topics=draft.named_topics
        )
        await services.sending.put(order, once=keep(answered(list(_results(draft, order)))))

    asked = asked_for(request, f"app {app.id}", body)
    return (await services.idempotency.once(asked, make)).text


async def delete(request: web.Request) -> str:
    """`DELETE /api/send/message`: its page shows it no more; what is on phones stays there."""
    app = named_app(request)
    given = request.match_info.get("id") or request.query.get("messageContentId", "")
    message = await _message(request, id_of(given, "messageContentId"))
    if message is None or message.message.app_id != app.id:
        raise WxPusherError(NO_MESSAGE, field="messageContentId")
    await request.app[SERVICES].deliveries.retract(message.message.id)
    return answered(True, "删除成功")


async def _message(request: web.Request, given: int) -> MessageView | None:
    """The Java SDK passes a target's id."""
    desk = request.app[SERVICES].deliveries
    return await desk.message(given) or await desk.message_of(given)


def _results(draft: WxPusherDraft, order: Order) -> Iterator[TargetResult]:
    """In the order of the request: users, then topics."""
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
    """One that belongs to no message."""
    return TargetResult(
        message_id=None,
        message_content_id=None,
        send_record_id=None,
        code=ErrorCode.BUSINESS,
        status=status,
    )
