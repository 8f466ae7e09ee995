"""Messages, deliveries and the outcomes of sending them."""

import enum
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from wechat_scheduler.audience.mini_programs import MiniProgramPage
from wechat_scheduler.audience.model import Subscriber
from wechat_scheduler.engine.records import dataclass, field, replace


class DeliveryState(enum.StrEnum):
    """A claimed delivery is shown as SENDING and stored as PENDING.

    A delivery is DELIVERED once the receiver confirms it, and stays ACCEPTED where WeChat sends no
    receipt. DEAD, CANCELLED, EXPIRED and MISSED ones are not tried again. A delivery is MISSED if its
    reminder fell due while no daemon ran.
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
    """The form in which WeChat, or an app, is sent a message. AUTO leaves the choice to the daemon."""

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
    """More urgent deliveries are sent first. URGENT ones ignore quiet hours."""

    BULK = 0
    NORMAL = 1
    URGENT = 2


class TargetKind(enum.StrEnum):
    """The kinds of receivers. Each has a channel of its own, of the same name."""

    CREDENTIAL = "credential"
    """The `notify` address of a credential job."""

    PERSON = "person"
    """A subscriber's uid."""

    TOPIC = "topic"
    """A topic's id; 0 stands for all subscribers of the app. Becomes one delivery for each person."""

    PARTICIPANTS = "participants"
    """The id of a reminder that very many people joined. Becomes one delivery for each of them."""

    WEBHOOK = "webhook"
    """An app's callback."""

    ALERT = "alert"
    """A receiver of alerts that the settings name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The content of a message.

    `purpose` chooses among the app's templates. With `template`, a template's id or alias, `data` are its keywords, and
    `colors` gives for some of them `#rrggbb`. A tap on the message opens `page` of a mini-program; without one, and
    where WeChat is too old for them, `url`, or, with `landing`, the daemon's own page of the message, which links to
    `url`. With `reminder`, an id, that is the page of the reminder, which the `owner`, a uid, can change there. `body` is
    the JSON that a webhook is posted. It was sent in the place of the message `corrects`; 0 for most.
    """

    way: Way = Way.AUTO
    purpose: str = "message"
    title: str = ""
    text: str = ""
    form: Form = Form.TEXT
    url: str = ""
    page: MiniProgramPage | None = None
    landing: bool = False
    reminder: str = ""
    owner: str = ""
    template: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    colors: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    corrects: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Content that an app sends. `id` is an integer of 52 bits.

    `notes` are warnings about what WeChat does not show. `secret` follows the text and is shown to the
    receiver only.
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
    def whole(self) -> Content:
        """The content with the secret."""
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

    `id` is an integer of 52 bits that cannot be guessed, and the same in all attempts. `channel` is the name of the channel
    that sends it, and `target` names the receiver there. `attempts` counts the failed attempts; the
    first attempt was at `since`. `claim` identifies this claim. `doubts` counts the attempts that may have arrived although
    no answer came, the first at `doubted_at`. Notifications of credentials have no `message`, and only deliveries to persons
    have a `receiver`; `takes` says whether that person accepts messages of the app. `error` and `errcode` are those of the
    last attempt. `reached` is the last receiver to whom it was spread.
    """

    id: int
    channel: str
    target: str
    attempts: int
    claim: str
    since: datetime | None = None
    doubts: int = 0
    doubted_at: datetime | None = None
    error: str = ""
    errcode: int | None = None
    message: Message | None = None
    receiver: Subscriber | None = None
    takes: bool = True
    reached: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt to send, begun `at`. `error` is empty if the receiver accepted the message, and contains no secret. If
    `texts_ended`, WeChat takes no more texts for the receiver until they act; what is read from the store leaves it out."""

    at: datetime
    duration: timedelta
    way: str = ""
    errcode: int | None = None
    rid: str = ""
    error: str = ""
    texts_ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The receiver accepted the message; or the delivery is CANCELLED for `reason`.

    `version` is that of a credential. `reference` is WeChat's msgid, which its receipt repeats.
    `before` are the attempts by other ways, which WeChat refused.
    """

    state: DeliveryState = DeliveryState.DELIVERED
    version: int = 0
    way: str = ""
    reference: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()
    before: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The delivery ends. `reason` says why it was not delivered. If `unreachable`, WeChat accepts
    no more messages for the receiver."""

    delivery: Delivery
    state: DeliveryState
    version: int = 0
    reference: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()
    unreachable: bool = False
    attempt: Attempt | None = None
    before: tuple[Attempt, ...] = ()

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """All attempts of this claim, the oldest first."""
        return (*self.before, self.attempt) if self.attempt else self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """The next attempt is at `due_at`. `error` contains no secret. `counts` is False if nothing was
    sent, or if the failure is not about this delivery. If `doubtful`, the message may have arrived. If
    it `lasts`, a person must act before the delivery is accepted."""

    delivery: Delivery
    due_at: datetime
    error: str
    counts: bool = True
    doubtful: bool = False
    lasts: bool = False
    attempt: Attempt | None = None
    before: tuple[Attempt, ...] = ()

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """As of what is settled."""
        return (*self.before, self.attempt) if self.attempt else self.before

    @property
    def is_known(self) -> bool:
        """Whether the attempt before failed in the same way. WeChat's sentences differ in their rid."""
        if self.attempt is not None and self.attempt.errcode is not None:
            return self.attempt.errcode == self.delivery.errcode
        return self.error == self.delivery.error


Outcome: TypeAlias = Settled | Deferred
