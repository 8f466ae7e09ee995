"""What the handlers of sending take and give; see `operations.py`."""

from collections.abc import Mapping
from typing import Final, Literal

from wechat_scheduler.web.kit.route import Handler
from wechat_scheduler.web.native.operation import Operation, Parameter
from wechat_scheduler.web.native.sending import (
    apps,
    deliveries,
    messages,
    openids,
    qrcodes,
    subscribers,
    topics,
)
from wechat_scheduler.web.native.sending.app_bodies import (
    AppBody,
    AppChange,
    AppResult,
    MadeAppResult,
)
from wechat_scheduler.web.native.sending.apps import TokenResult
from wechat_scheduler.web.native.sending.delivery_bodies import (
    ChangedResult,
    DeliveryPage,
    DeliveryResult,
    FilterBody,
)
from wechat_scheduler.web.native.sending.message_bodies import (
    MessageBody,
    MessageResult,
    SentResult,
)
from wechat_scheduler.web.native.sending.openids import OpenidResult
from wechat_scheduler.web.native.sending.qrcodes import QrCodeBody, QrCodeResult
from wechat_scheduler.web.native.sending.subscriber_bodies import (
    Binding,
    BoundResult,
    NamedBinding,
    SubscriberChange,
    SubscriberResult,
    UserTokenResult,
)
from wechat_scheduler.web.native.sending.topics import TopicBody, TopicResult

Success = Literal["success"]
ID: Final = {"type": "string", "pattern": "^[0-9]{1,16}$"}

SENDING_PARAMETERS: Final[Mapping[str, Parameter]] = {
    "app": Parameter("path", "The id of an app.", ID),
    "topic": Parameter("path", "The id of a topic.", ID),
    "name": Parameter("path", "A subscriber's uid, or the app's own name for them."),
    "message": Parameter("path", "The id of a message.", ID),
    "delivery": Parameter("path", "The id of a delivery.", ID),
    "?app": Parameter("query", "Only of this app.", ID),
    "?message": Parameter("query", "Only of this message.", ID),
    "?topic": Parameter("query", "Those of this topic; else those of the app itself.", ID),
    "?uid": Parameter("query", "Only of the subscriber with this uid."),
    "?blocked": Parameter(
        "query", "Only those that the app blocks, or does not.", {"enum": ["true", "false"]}
    ),
    "?state": Parameter("query", "Only in this state.", {"enum": list(deliveries.STATES)}),
    "?errcode": Parameter(
        "query", "Only those that WeChat refused so at last.", {"type": "integer"}
    ),
    "Idempotency-Key": Parameter(
        "header",
        "The same request with the same key is done once, and answered alike for seven days.",
        {"type": "string", "minLength": 1, "maxLength": 255},
    ),
}
SENDING_HEADERS: Final[Mapping[str, str]] = {
    "Idempotency-Replayed": "`true` where the answer was given before, and nothing was done now.",
}
_PAGED = ("?after", "?limit")
_ONCE = ("Idempotency-Key",)
_REPLAYED = ("Idempotency-Replayed",)

SENDING_OPERATIONS: Final[Mapping[Handler, Operation]] = {
    apps.create: Operation(
        "A new app; its secrets are shown this once.",
        result=MadeAppResult,
        body=AppBody,
        takes=_ONCE,
        gives=_REPLAYED,
        errors=(409,),
    ),
    apps.listed: Operation("The apps that the key reaches.", result=list[AppResult]),
    apps.shown: Operation("An app, without its secrets.", result=AppResult),
    apps.change: Operation(
        "Change what is given; the rest stays as it is.", result=AppResult, body=AppChange
    ),
    apps.remove: Operation(
        "Remove it with all that belongs to it; what it has pending is cancelled.", result=Success
    ),
    apps.reset_token: Operation(
        "A new token; the former opens nothing any more.", result=TokenResult
    ),
    topics.create: Operation(
        "A new group of subscribers that is sent to as one.",
        result=TopicResult,
        body=TopicBody,
        takes=_ONCE,
        gives=_REPLAYED,
        errors=(409,),
    ),
    topics.listed: Operation("The app's topics, the oldest first.", result=list[TopicResult]),
    topics.remove: Operation("Remove it with its subscriptions and codes.", result=Success),
    subscribers.listed: Operation(
        "Who subscribed to the app, or to one of its topics.",
        result=list[SubscriberResult],
        takes=("?topic", "?uid", "?blocked", *_PAGED),
        gives=("Link",),
    ),
    subscribers.bind_all: Operation(
        "Take over users that the business knows, up to 1000; the same again changes nothing.",
        result=list[BoundResult],
        body=list[NamedBinding],
    ),
    subscribers.bind: Operation(
        "Take over a user that the business knows, under its own name for them.",
        result=BoundResult,
        body=Binding,
    ),
    subscribers.change: Operation(
        "Block a subscriber or not, and say how they live.",
        result=SubscriberResult,
        body=SubscriberChange,
    ),
    subscribers.remove: Operation(
        "End what they subscribed to here, and the name that was used for them.", result=Success
    ),
    subscribers.user_token: Operation(
        "The one token that keeps this user's reminders; a former opens nothing any more.",
        result=UserTokenResult,
    ),
    subscribers.simple_token: Operation(
        "WxPusher's SPT: who has it may write to this user; a former opens nothing any more.",
        result=UserTokenResult,
    ),
    openids.log_in: Operation(
        "The user's openid for Tencent's OpenAPI, and a new openkey for two hours.",
        result=OpenidResult,
    ),
    qrcodes.create: Operation(
        "A QR code: whoever scans it subscribes, or authorises reminders.",
        result=QrCodeResult,
        body=QrCodeBody,
        takes=_ONCE,
        gives=_REPLAYED,
        errors=(409,),
    ),
    messages.send: Operation(
        "Send something: once this is answered it is stored, and goes out.",
        result=SentResult,
        results={422: SentResult},
        body=MessageBody,
        takes=_ONCE,
        gives=_REPLAYED,
        errors=(404, 409),
    ),
    messages.shown: Operation(
        "A message, and how many of its deliveries are in which state.", result=MessageResult
    ),
    deliveries.listed: Operation(
        "What became of each message for each receiver, by id.",
        result=list[DeliveryResult],
        takes=("?state", "?app", "?message", "?uid", "?errcode", *_PAGED),
        gives=("Link",),
        errors=(404,),
    ),
    deliveries.replay_all: Operation(
        "Try again what is dead, cancelled, expired or missed, up to 1000 at once.",
        result=ChangedResult,
        body=FilterBody,
        errors=(404,),
    ),
    deliveries.cancel_all: Operation(
        "Let be what waits to be sent, up to 1000 at once.",
        result=ChangedResult,
        body=FilterBody,
        errors=(404,),
    ),
    deliveries.shown: Operation("A delivery with its attempts.", result=DeliveryPage),
    deliveries.replay: Operation("Try it again now.", result=DeliveryPage, errors=(409,)),
    deliveries.cancel: Operation("Let it be.", result=DeliveryPage, errors=(409,)),
}
