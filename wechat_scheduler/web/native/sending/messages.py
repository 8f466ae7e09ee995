"""Sends and shows messages."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
import structlog
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.delivery.orders import Order
from wechat_scheduler.delivery.views import DeliveryFilter, ListedMessage, MessageView
from wechat_scheduler.errors import InvalidRequestError, NotFoundError
from wechat_scheduler.log.level import is_debugging
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.idempotency import KeepResult, created
from wechat_scheduler.web.kit.mini_programs import MiniProgramBody, check_page, page_body
from wechat_scheduler.web.kit.query import (
    id_of,
    ids_of,
    instant_of,
    limit_of,
    next_page,
    reminder_of,
)
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.reach import (
    app_name,
    id_in,
    reachable_app,
    reaches_app,
    within_reach,
)
from wechat_scheduler.web.native.route import APP, LINK, LISTED, MANY, REMINDER, UID, NativeRoute
from wechat_scheduler.web.native.sending.account_notes import account_notes
from wechat_scheduler.web.native.sending.message_requests import (
    FORM_NAMES,
    MessageBody,
    MessageRequest,
    SentResult,
    read_message,
    sent_result,
)

log = structlog.get_logger(__name__)


class MessageResult(msgspec.Struct, kw_only=True):
    """A message; `counts` has the number of its deliveries in each state. One to a topic, or to those who joined a
    reminder, is counted until each of them has a delivery: until then it is `spreading`. The page of a `retracted`
    message no longer shows it. It was sent in the place of the message `corrects`; `corrected_by` are those that were
    sent in its place. `reminder` is the id of the reminder that it comes from, or empty."""

    id: int
    app: int
    reminder: str
    channel: str
    template: str
    data: dict[str, str]
    title: str
    text: str
    format: str
    url: str
    miniprogram: MiniProgramBody | None
    not_before: datetime | None
    expires: datetime | None
    priority: str
    notes: Sequence[str]
    retracted: bool
    created_at: datetime
    counts: dict[str, int]
    spreading: bool
    corrects: int | None
    corrected_by: Sequence[int]


class ListedMessageResult(msgspec.Struct, kw_only=True):
    """A message without its content. `to` and `person` are those of its only receiver, empty if there
    are several. `title` is its title, its template or the beginning of its text; empty if
    it is `retracted`. While it is `spreading`, not each receiver is in `counts`."""

    id: int
    app: int
    app_name: str
    title: str
    to: str
    person: str
    priority: str
    not_before: datetime | None
    retracted: bool
    created_at: datetime
    counts: dict[str, int]
    spreading: bool


async def listed(request: web.Request) -> web.Response:
    limit, after = limit_of(request), id_of(request, "after")
    chosen = DeliveryFilter(
        ids=ids_of(request, "ids"),
        app_id=id_of(request, "app"),
        reminder=reminder_of(request),
        uid=request.query.get("uid", ""),
        since=instant_of(request, "since"),
        until=instant_of(request, "until"),
    )
    wanted = await within_reach(request, chosen)
    found = await request.app[SERVICES].deliveries.messages(wanted, after=after, limit=limit)
    headers = next_page(request, found, lambda last: str(last.id))
    return envelope.success([_listed(request, one) for one in found], headers=headers)


def _listed(request: web.Request, message: ListedMessage) -> ListedMessageResult:
    return envelope.result_of(
        ListedMessageResult,
        message,
        app=message.app_id,
        app_name=app_name(request, message.app_id),
        to=message.target,
        priority=message.priority.name.lower(),
        counts={state.value: count for state, count in message.counts.items()},
    )


async def send(request: web.Request) -> web.Response:
    body = await request.read()
    wanted = read_message(body, now=request.app[SERVICES].clock.now())

    async def make(keep: KeepResult) -> None:
        order = await _prepare(request, wanted)
        result = sent_result(wanted, order)
        result.notes += await account_notes(request, wanted.app_id, wanted.content.way)
        if not order.is_sendable:
            raise _UnsendableError(result)
        await request.app[SERVICES].sending.put(order, once=keep(result))
        _log(request, order)

    try:
        return await created(request, body, make)
    except _UnsendableError as error:
        first = error.result.deliveries[0]
        return envelope.refusal(
            Reason.MESSAGE_UNSENDABLE,
            f"this can be sent to none of the receivers: {first.to}: {first.error}",
            result=error.result,
        )


async def shown(request: web.Request) -> web.Response:
    return envelope.success(
        _result(await _seen(request, id_in(request, "message", Reason.MESSAGE_UNKNOWN)))
    )


def _result(view: MessageView) -> MessageResult:
    message, content = view.message, view.message.content
    return envelope.result_of(
        MessageResult,
        message,
        app=message.app_id,
        reminder=content.reminder,
        channel=content.way.value,
        template=content.template,
        data=dict(content.data),
        title=content.title,
        text=content.text,
        format=FORM_NAMES[content.form],
        url=content.url,
        miniprogram=page_body(content.page),
        expires=message.expires_at,
        priority=message.priority.name.lower(),
        spreading=view.spreading,
        retracted=view.retracted,
        counts={state.value: count for state, count in view.counts.items()},
        corrects=content.corrects or None,
        corrected_by=view.corrected_by,
    )


async def _seen(request: web.Request, message_id: int) -> MessageView:
    """Raises NotFoundError, also for a message of an app that the key does not reach."""
    view = await request.app[SERVICES].deliveries.message(message_id)
    if view is None or not await reaches_app(request, view.message.app_id):
        raise NotFoundError(f"there is no message {message_id}", reason=Reason.MESSAGE_UNKNOWN)
    return view


async def _prepare(request: web.Request, wanted: MessageRequest) -> Order:
    app = await reachable_app(request, wanted.app_id)
    check_page(wanted.content.page, app, "miniprogram")
    await _check_corrected(request, wanted)
    return await request.app[SERVICES].sending.prepare(
        app,
        wanted.content,
        names=wanted.names,
        topics=wanted.topics,
        not_before=wanted.not_before,
        expires_at=wanted.expires_at,
        priority=wanted.priority,
    )


async def _check_corrected(request: web.Request, wanted: MessageRequest) -> None:
    corrected = wanted.content.corrects
    if corrected and await request.app[SERVICES].deliveries.sender(corrected) != wanted.app_id:
        raise InvalidRequestError(f"the app has no message {corrected}", field="corrects")


def _log(request: web.Request, order: Order) -> None:
    if not is_debugging():
        return
    message = order.message
    targets = len({target.delivery_id for target in order.targets})
    log.debug(
        "message.accepted",
        message=message.id,
        app=message.app_id,
        targets=targets,
        by=request[CALLER].id,
    )


class _UnsendableError(Exception):
    """No receiver can be sent the message, so nothing is stored; `result` says why for each."""

    def __init__(self, result: SentResult) -> None:
        super().__init__("this can be sent to none of the receivers")
        self.result = result


ROUTES = (
    NativeRoute(
        "POST", "/v1/messages", send, Scope.PUSH,
        "Sends a message. The response means that it is stored; it is sent afterwards.",
        body=MessageBody, result=SentResult, results={422: SentResult}, errors=(404,), once=True,
    ),
    NativeRoute(
        "GET", "/v1/messages", listed, Scope.PUSH,
        "Lists messages without their content, the newest first.",
        result=list[ListedMessageResult], takes=(APP, REMINDER, UID, MANY, *LISTED), gives=LINK, errors=(404,),
    ),
    NativeRoute(
        "GET", "/v1/messages/{message}", shown, Scope.PUSH,
        "Shows a message, and the number of its deliveries in each state.",
        result=MessageResult,
    ),
)  # fmt: skip
