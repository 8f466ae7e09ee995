"""The nouns of the outbox."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from wechat_scheduler.audience.model import Subscriber


class DeliveryState(enum.StrEnum):
    """Where a delivery stands. A claimed one is SENDING to whoever looks, and PENDING in the store.

    DELIVERED is the receiver's own word; ACCEPTED ends where WeChat sends no receipt. The last four
    say that nothing more is tried: MISSED belongs to reminders that fell due while nobody was up.
    """

    PENDING = "pending"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    DEAD = "dead"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    MISSED = "missed"


class Way(enum.StrEnum):
    """How a message gets to its receiver. AUTO leaves the choice to us."""

    AUTO = "auto"
    TEMPLATE = "template"
    TEXT = "text"
    SUBSCRIBE = "subscribe"
    WEBHOOK = "webhook"


class Form(enum.IntEnum):
    """The markup of a message's text. The numbers are stored."""

    TEXT = 1
    HTML = 2
    MARKDOWN = 3


class Priority(enum.IntEnum):
    """The more urgent of two due deliveries goes first; URGENT ones heed no quiet hours."""

    BULK = 0
    NORMAL = 1
    URGENT = 2


class TargetKind(enum.StrEnum):
    """What a target is the name of. Each has a channel of its own."""

    CREDENTIAL = "credential"
    """A business system's interest in a job: `notify` of the seed."""

    PERSON = "person"
    """A subscriber's uid."""

    TOPIC = "topic"
    """A topic's id, 0 for everybody who takes the app's messages: becomes one delivery a person."""

    WEBHOOK = "webhook"
    """An app's callback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is said. `purpose` chooses among the app's templates; with `template`, a template's id or
    alias, `data` are its keywords. Who taps the message is led to `url`, or, if `landing`, to our own
    page of it, which shows all of it and links to `url`. `body` is what a webhook is posted, as JSON.
    """

    way: Way = Way.AUTO
    purpose: str = "message"
    title: str = ""
    text: str = ""
    form: Form = Form.TEXT
    url: str = ""
    landing: bool = False
    template: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Content, and who says it until when. `id` is a random 52-bit integer.

    `notes` are said of it wherever it is looked up: what WeChat is not going to show. `secret` is
    said after the text, and shown to nobody but the receiver.
    """

    id: int
    app_id: int
    content: Content
    created_at: datetime
    not_before: datetime | None = None
    expires_at: datetime | None = None
    priority: Priority = Priority.NORMAL
    notes: tuple[str, ...] = ()
    secret: str = field(default="", repr=False)

    @property
    def said(self) -> Content:
        """All that the receiver is told."""
        if not self.secret:
            return self.content
        return replace(self.content, text=self.content.text + self.secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One receiver of a message, and the id of the delivery that it gets."""

    delivery_id: int
    kind: TargetKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one receiver, claimed for sending.

    `id` is a random 52-bit integer and stays the same through all attempts; `channel` names who can
    send it and `target` is that channel's own address of the receiver; `attempts` counts those that
    failed, the first of them, or one that said nothing of this delivery, at `since`; `claim`
    identifies this very claim. `doubts` counts the attempts that may have got through without our
    knowing, the first of them at `doubted_at`. What has no content of its own has no `message`, and
    what does not go to a person no `receiver`; `takes` says whether that person takes what this app
    sends.
    """

    id: int
    channel: str
    target: str
    attempts: int
    claim: str
    since: datetime | None = None
    doubts: int = 0
    doubted_at: datetime | None = None
    message: Message | None = None
    receiver: Subscriber | None = None
    takes: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try: when it began, how long it took, by which way, and what came of it. `error` is
    empty if the receiver took it; it holds no secret."""

    at: datetime
    duration: timedelta
    way: str = ""
    errcode: int | None = None
    rid: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The receiver took it, or there is nothing to deliver any more (CANCELLED, and `reason` says
    why).

    `version` is that of what was sent, where content has versions; `reference` is WeChat's msgid,
    by which its receipt is recognised; `before` are the tries by other ways, which were refused.
    """

    state: DeliveryState = DeliveryState.DELIVERED
    version: int = 0
    way: str = ""
    reference: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()
    duplicate: bool = False
    before: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """No further attempt. `reason` says why where it was not delivered; `unreachable` that the
    receiver takes nothing any more."""

    delivery: Delivery
    state: DeliveryState
    version: int = 0
    reference: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()
    duplicate: bool = False
    unreachable: bool = False
    attempt: Attempt | None = None
    before: tuple[Attempt, ...] = ()

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Every try that led to this, the oldest first."""
        return (*self.before, self.attempt) if self.attempt else self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """The next attempt is at `due_at`. `error` is free of secrets. `counts` is False where nothing
    was tried, or nothing that says anything of this delivery; `doubtful` where nobody knows."""

    delivery: Delivery
    due_at: datetime
    error: str
    counts: bool = True
    doubtful: bool = False
    attempt: Attempt | None = None

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """The try that led to this, if there was one."""
        return (self.attempt,) if self.attempt else ()


Outcome: TypeAlias = Settled | Deferred
