"""Shows a message as WeChat would show it to one user, and sends nothing."""

from datetime import datetime

import msgspec
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.audience.model import App, Subscriber
from wechat_scheduler.audience.names import AppPerson
from wechat_scheduler.delivery.model import Way
from wechat_scheduler.delivery.previews import KeywordPreview, Preview, WayPreview
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.envelope import result_of
from wechat_scheduler.web.kit.mini_programs import MiniProgramBody, check_page, page_body
from wechat_scheduler.web.kit.services import SERVICES, Services
from wechat_scheduler.web.native.reach import reachable_app
from wechat_scheduler.web.native.route import NativeRoute
from wechat_scheduler.web.native.sending.message_requests import (
    MessageBody,
    MessageRequest,
    read_message,
)


class KeywordPreviewResult(msgspec.Struct, kw_only=True):
    """A keyword of a template. `label` is the word in front of it that the user sees, empty if it is not known.
    `type` is empty for one of an older template; `takes` is what WeChat accepts, `fault` why it refuses this
    value. Of one that is `cut` only the beginning is shown, and nothing of one that is `hidden`."""

    name: str
    label: str
    type: str
    takes: str
    shown: str
    fault: str
    cut: bool
    hidden: bool


class KeywordFaultResult(msgspec.Struct, kw_only=True):
    """Why WeChat would refuse a template. The `sentence` names the `keyword`, which is empty if no single one is at
    fault."""

    keyword: str
    sentence: str


class WayPreviewResult(msgspec.Struct, kw_only=True):
    """The message by one `way`: `text`, or a template with its keywords, which WeChat would refuse for its `faults`.
    A tap opens `miniprogram`, or `url`."""

    way: str
    template_id: str
    title: str
    keywords: list[KeywordPreviewResult]
    faults: list[KeywordFaultResult]
    text: str
    url: str
    miniprogram: MiniProgramBody | None


class MessagePreviewResult(msgspec.Struct, kw_only=True):
    """`ways` are tried in their order. `error` says why the message would not be sent; empty if it would.
    `warnings` are about what WeChat does not show. `waits_until` is the end of the receiver's quiet
    hours. `uid`, `openid` and `person` are those of the receiver, empty if there is none."""

    uid: str
    openid: str
    person: str
    ways: list[WayPreviewResult]
    warnings: list[str]
    error: str
    waits_until: datetime | None


async def shown(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    wanted = read_message(await request.read(), now=services.clock.now())
    to = _only_receiver(wanted)
    app = await reachable_app(request, wanted.app_id)
    if isinstance(to, int) and to:
        await services.audience.topics.one(app, to)
    check_page(wanted.content.page, app, "miniprogram")
    found = await services.previews.preview(
        app, wanted.content, to, not_before=wanted.not_before, priority=wanted.priority
    )
    person = await _person(services, app, found.subscriber)
    return envelope.success(_result(found.preview, found.subscriber, person))


async def _person(services: Services, app: App, receiver: Subscriber | None) -> str:
    """What people call the receiver."""
    if receiver is None:
        return ""
    called = await services.audience.called([AppPerson(app.id, receiver.uid)])
    return next(iter(called.values()), "")


def _only_receiver(wanted: MessageRequest) -> str | int:
    """Raises InvalidRequestError."""
    if wanted.content.way is Way.WEBHOOK:
        raise InvalidRequestError("a webhook has no preview", field="channel")
    receivers: list[str | int] = [*wanted.names, *wanted.topics]
    if len(receivers) != 1:
        raise InvalidRequestError(
            "name one receiver: a uid, the app's own name, an openid, a topic, or *", field="to"
        )
    return receivers[0]


def _result(preview: Preview, receiver: Subscriber | None, person: str) -> MessagePreviewResult:
    return result_of(
        MessagePreviewResult,
        preview,
        uid=receiver.uid if receiver else "",
        openid=receiver.openid if receiver else "",
        person=person,
        ways=[_way(one) for one in preview.ways],
        warnings=list(preview.warnings),
    )


def _way(way: WayPreview) -> WayPreviewResult:
    return result_of(
        WayPreviewResult,
        way,
        way=way.way.value,
        keywords=[_keyword(one) for one in way.keywords],
        faults=[result_of(KeywordFaultResult, one) for one in way.faults],
        miniprogram=page_body(way.page),
    )


def _keyword(one: KeywordPreview) -> KeywordPreviewResult:
    return result_of(KeywordPreviewResult, one, type=one.kind, cut=one.is_cut, hidden=one.is_hidden)


ROUTES = (
    NativeRoute(
        "POST", "/v1/messages/preview", shown, Scope.PUSH,
        "Shows what one receiver would see of a message, with warnings; nothing is sent.",
        body=MessageBody, result=MessagePreviewResult, errors=(404,),
    ),
)  # fmt: skip
