"""What is said of messages over HTTP: what is to be sent to whom, and what was."""

from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from wechat_scheduler.delivery.model import Form
from wechat_scheduler.delivery.views import MessageView
from wechat_scheduler.web.native.sending.qrcodes import Id

MOST_RECEIVERS: Final = 2000
EVERYBODY: Final = "*"

Receiver: TypeAlias = Id | str
Instant: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]

FORMS: Final = {"text": Form.TEXT, "html": Form.HTML, "markdown": Form.MARKDOWN}
FORM_NAMES: Final = {form: name for name, form in FORMS.items()}


class MessageBody(msgspec.Struct, forbid_unknown_fields=True):
    """`to` holds uids, names of the app's own, ids of topics as numbers, or `*` for everybody who
    subscribed; it is left out with the channel `webhook`, which is the app's callback."""

    app: Id
    to: Annotated[list[Receiver], msgspec.Meta(extra_json_schema={"maxItems": MOST_RECEIVERS})] = []
    channel: Literal["auto", "template", "text", "subscribe", "webhook"] = "auto"
    template: str = ""
    data: dict[str, str] = {}
    title: str = ""
    text: str = ""
    format: Literal["text", "html", "markdown"] = "text"
    url: str = ""
    not_before: Instant | None = None
    expires: Instant | None = None
    priority: Literal["bulk", "normal", "urgent"] = "normal"


class PlacedResult(msgspec.Struct):
    """What became of one entry of `to`: the delivery's id, or, where it is null, why there is none.
    Whoever is named twice gets one delivery."""

    to: Receiver
    id: int | None
    error: str


class SentResult(msgspec.Struct, kw_only=True):
    """In the order of `to`. `id` is null if nothing was stored; `notes` say what WeChat is not going
    to show."""

    id: int | None
    deliveries: list[PlacedResult]
    notes: list[str]


class MessageResult(msgspec.Struct, kw_only=True):
    """A message, and how many of its deliveries are in which state. `retracted`: its page shows it no
    more."""

    id: int
    app: int
    channel: str
    template: str
    data: dict[str, str]
    title: str
    text: str
    format: str
    url: str
    not_before: datetime | None
    expires: datetime | None
    priority: str
    notes: list[str]
    retracted: bool
    created_at: datetime
    counts: dict[str, int]


def message_result(view: MessageView) -> MessageResult:
    message, content = view.message, view.message.content
    return MessageResult(
        id=message.id,
        app=message.app_id,
        channel=content.way.value,
        template=content.template,
        data=dict(content.data),
        title=content.title,
        text=content.text,
        format=FORM_NAMES[content.form],
        url=content.url,
        not_before=message.not_before,
        expires=message.expires_at,
        priority=message.priority.name.lower(),
        notes=list(message.notes),
        retracted=view.retracted,
        created_at=message.created_at,
        counts={state.value: many for state, many in view.counts.items()},
    )
