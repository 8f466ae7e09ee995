"""Messages and deliveries as callers are shown them."""

from datetime import datetime
from typing import Final

from wechat_scheduler.delivery.model import Attempt, DeliveryState, Message, Priority
from wechat_scheduler.engine.records import dataclass

# Of the deliveries of what a reminder sent last: a topic may have a hundred thousand subscribers.
MOST_COUNTED: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """Selects deliveries; empty fields and None select all. `within` are the apps that the caller may
    see, None for all. Those that were `settled_by` a time have not been tried again since."""

    ids: tuple[int, ...] = ()
    state: DeliveryState | None = None
    app_id: int = 0
    within: tuple[int, ...] | None = None
    message_id: int = 0
    reminder: str = ""
    uid: str = ""
    errcode: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    settled_by: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    """The next attempt is at `due_at`, None if there is none. The state became final at `settled_at`.
    `appid` and `openid` are those of a person, empty for others and for persons who are gone. The attempts
    since the creation or the last replay began at `since`; the message is not sent after `expires_at`.
    `title` is the message's, where it has none its template or the beginning of its text; empty if it
    is retracted. One is `corrected` if its receiver was sent another message in its place. `person` is
    the nickname of a person, or the app's own name for it, `topic` the name of a topic; empty if it is not known.
    `tries` counts the attempts; `attempts` are given for a single delivery only."""

    id: int
    message_id: int
    app_id: int
    channel: str
    target: str
    appid: str
    openid: str
    person: str
    topic: str
    title: str
    state: DeliveryState
    way: str
    reference: str
    reason: str
    notes: tuple[str, ...]
    duplicate: bool
    corrected: bool
    tries: int
    created_at: datetime
    due_at: datetime | None
    settled_at: datetime | None
    since: datetime | None
    expires_at: datetime | None
    errcode: int | None
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMessage:
    """A message without its content. `target` and `person` are those of its only delivery, empty if
    there are several; `title` is as in a `DeliveryView`, `counts` and `spreading` as in a `MessageView`."""

    id: int
    app_id: int
    title: str
    target: str
    person: str
    priority: Priority
    not_before: datetime | None
    retracted: bool
    created_at: datetime
    counts: dict[DeliveryState, int]
    spreading: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """`counts` gives the number of deliveries in each state; while it is `spreading`, not each receiver has one. The content
    of a `retracted` message is hidden. `corrected_by` are messages that were sent in its place: the first ten."""

    message: Message
    counts: dict[DeliveryState, int]
    spreading: bool
    retracted: bool
    corrected_by: tuple[int, ...] = ()
