"""Reads messages that callers want sent, and tells what became of them, receiver by receiver."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec

from wechat_scheduler.audience.ids import EVERYONE
from wechat_scheduler.delivery.model import Content, Form, Priority, Way
from wechat_scheduler.delivery.orders import Order
from wechat_scheduler.engine.records import dataclass, replace
from wechat_scheduler.engine.wrong_fields import WrongFields
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.ids import Id
from wechat_scheduler.web.kit.mini_programs import MiniProgramBody, page_body, read_page
from wechat_scheduler.web.kit.texts import read_link, read_text
from wechat_scheduler.web.native.sending.message_times import read_times
from wechat_scheduler.web.native.sending.subscriber_bodies import LONGEST_EXTERNAL_ID
from wechat_scheduler.web.pages.summary import summary

MOST_RECEIVERS: Final = 2000

Receiver: TypeAlias = Id | str
ChannelName: TypeAlias = Literal["auto", "template", "text", "subscribe", "webhook"]
PriorityName: TypeAlias = Literal["bulk", "normal", "urgent"]
Instant: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]

FORMS: Final = {"text": Form.TEXT, "html": Form.HTML, "markdown": Form.MARKDOWN}
FORM_NAMES: Final = {form: name for name, form in FORMS.items()}


LONGEST_CONTENT: Final = 40_000
LONGEST_TITLE: Final = 100
LONGEST_TEMPLATE: Final = 64
MOST_KEYWORDS: Final = 100


def _says(description: str) -> msgspec.Meta:
    return msgspec.Meta(description=description)


class MessageBody(msgspec.Struct, forbid_unknown_fields=True):
    """`to` holds uids, the app's own names of users, openids, ids of topics as numbers, or `*` for all
    subscribers. The channel `webhook` sends to the app's callback; leave `to` out with it."""

    app: Id
    to: Annotated[list[Receiver], msgspec.Meta(extra_json_schema={"maxItems": MOST_RECEIVERS})] = []
    channel: ChannelName = "auto"
    template: Annotated[str, _says("An alias of the app, or an id of WeChat's.")] = ""
    data: Annotated[dict[str, str], _says("Keywords of the template with their values.")] = {}
    title: Annotated[str, _says("The first line of a text; templates have it as a keyword.")] = ""
    text: Annotated[str, _says("What the user reads.")] = ""
    format: Annotated[Literal["text", "html", "markdown"], _says("How `text` is written.")] = "text"
    url: Annotated[str, _says("What a tap opens.")] = ""
    miniprogram: MiniProgramBody | None = None
    not_before: Annotated[Instant | None, _says("It is not sent before this.")] = None
    expires: Annotated[Instant | None, _says("It is not sent after this.")] = None
    priority: Annotated[PriorityName, _says("`urgent` ignores quiet hours.")] = "normal"
    corrects: Annotated[Id | None, _says("The message of the app in whose place it is sent.")] = (
        None
    )


class PlacedResult(msgspec.Struct):
    """The delivery of one entry of `to`; if `id` is null, `error` says why there is none. A receiver
    that is named twice gets one delivery."""

    to: Receiver
    id: int | None
    error: str


class SentResult(msgspec.Struct, kw_only=True):
    """`deliveries` are in the order of `to`. `id` is null if nothing was stored; `notes` say what WeChat
    will not show, and why the account cannot send at present."""

    id: int | None
    deliveries: list[PlacedResult]
    notes: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRequest:
    """A valid body. `to` is as the caller wrote it."""

    app_id: int
    content: Content
    to: tuple[Receiver, ...]
    not_before: datetime | None
    expires_at: datetime | None
    priority: Priority

    @property
    def names(self) -> list[str]:
        return [one for one in self.to if isinstance(one, str) and one != EVERYONE]

    @property
    def topics(self) -> list[int]:
        """The ids of topics; 0 means all subscribers."""
        return [_topic(one) for one in self.to if isinstance(one, int) or one == EVERYONE]


def read_message(body: bytes, *, now: datetime) -> MessageRequest:
    """Raises InvalidRequestError, which tells of each field that is wrong."""
    parsed, wrong = decode(body, MessageBody), WrongFields()
    _check_receivers(parsed, wrong)
    parts, times = (
        dict(_parts(parsed, wrong)),
        read_times(parsed.not_before, parsed.expires, wrong, now),
    )
    if len(parts) == len(_READ):
        with wrong:
            content = _content(parsed, parts)
    wrong.check()
    return MessageRequest(
        app_id=parsed.app,
        content=content,
        to=tuple(parsed.to),
        not_before=times.get("not_before"),
        expires_at=times.get("expires"),
        priority=Priority[parsed.priority.upper()],
    )


def sent_result(wanted: MessageRequest, order: Order) -> SentResult:
    """The outcome for each receiver, in the order of `to`."""
    known = {(one.kind.value, one.name): one for one in order.placed}
    deliveries = []
    for to in wanted.to:
        is_name = isinstance(to, str) and to != EVERYONE
        name = ("person", str(to)) if is_name else ("topic", str(_topic(to)))
        one = known[name]
        deliveries.append(PlacedResult(to, one.delivery_id or None, one.error))
    if wanted.content.way is Way.WEBHOOK:
        deliveries = [PlacedResult(o.name, o.delivery_id or None, o.error) for o in order.placed]
    return SentResult(
        id=order.message.id if order.is_sendable else None,
        deliveries=deliveries,
        notes=list(order.message.notes),
    )


def _topic(receiver: Receiver) -> int:
    return receiver if isinstance(receiver, int) else 0


def _check_receivers(parsed: MessageBody, wrong: WrongFields) -> None:
    is_webhook = parsed.channel == "webhook"
    with wrong:
        if is_webhook and parsed.to:
            raise InvalidRequestError("a webhook goes to the app's callback", field="to")
        if not is_webhook and not parsed.to:
            raise InvalidRequestError("name who is to get it", field="to")
        if len(parsed.to) > MOST_RECEIVERS:
            raise InvalidRequestError(f"must not name more than {MOST_RECEIVERS}", field="to")
    for number, one in enumerate(parsed.to[:MOST_RECEIVERS]):
        if isinstance(one, str) and not (0 < len(one) <= LONGEST_EXTERNAL_ID and one.isprintable()):
            said = f"must be 1 to {LONGEST_EXTERNAL_ID} printable characters"
            wrong.add(InvalidRequestError(said, field=f"to[{number}]"))


def _parts(parsed: MessageBody, wrong: WrongFields) -> Iterator[tuple[str, Any]]:
    """The parts of a message that are right by themselves."""
    for name, read in _READ.items():
        with wrong:
            yield name, read(getattr(parsed, name), name)


def _content(parsed: MessageBody, parts: Mapping[str, Any]) -> Content:
    """Raises InvalidRequestError for parts that make no message."""
    way, form, title = Way(parsed.channel), FORMS[parsed.format], parts["title"]
    content = Content(
        way=way,
        title=title if title or way is Way.WEBHOOK else summary(parts["text"], form),
        text=parts["text"],
        form=form,
        url=parts["url"],
        page=parts["miniprogram"],
        template=parts["template"],
        data=parts["data"],
        corrects=parsed.corrects or 0,
    )
    if not content.text.strip() and not content.template:
        raise InvalidRequestError("give a text, or a template and its data", field="text")
    if content.template and not (title.strip() or content.text.strip() or content.data):
        raise InvalidRequestError("give the data for the template", field="data")
    if content.way is Way.TEXT and not content.text.strip():
        raise InvalidRequestError("a template is sent by the channel template", field="channel")
    if content.way is Way.WEBHOOK:
        return replace(content, landing=_needs_page(content), body=_told(content))
    return replace(content, landing=True) if _needs_page(content) else content


def _needs_page(content: Content) -> bool:
    """Whether WeChat shows less than the whole message. The channel decides that for a text itself."""
    by_template = content.way in (Way.TEMPLATE, Way.SUBSCRIBE) or bool(
        content.template and content.way is Way.AUTO
    )
    leads_on = bool(content.url or content.page)
    return content.form is not Form.TEXT or (by_template and bool(content.text) and not leads_on)


def _told(content: Content) -> str:
    """The body that is posted to a webhook."""
    told = {
        "title": content.title,
        "text": content.text,
        "format": FORM_NAMES[content.form],
        "url": content.url,
        "miniprogram": page_body(content.page),
        "template": content.template,
        "data": content.data,
    }
    return msgspec.json.encode({"action": "message", "data": told}).decode()


def _data(given: dict[str, str], field: str) -> dict[str, str]:
    if len(given) > MOST_KEYWORDS:
        raise InvalidRequestError(f"must not have more than {MOST_KEYWORDS}", field=field)
    return {
        read_text(name, field, longest=LONGEST_TEMPLATE): read_text(
            value, f"{field}.{name}", longest=LONGEST_CONTENT
        )
        for name, value in given.items()
    }


# How each part of a message is read.
_READ: Final[Mapping[str, Callable[[Any, str], Any]]] = {
    "title": partial(read_text, longest=LONGEST_TITLE),
    "text": partial(read_text, longest=LONGEST_CONTENT),
    "url": read_link,
    "miniprogram": read_page,
    "template": partial(read_text, longest=LONGEST_TEMPLATE),
    "data": _data,
}
