"""Messages and deliveries as callers are shown them."""

from dataclasses import dataclass
from datetime import datetime

from wechat_scheduler.delivery.model import Attempt, DeliveryState, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """Selects deliveries; empty fields and None select all. `within` are the apps that the caller may
    see, None for all."""

    ids: tuple[int, ...] = ()
    state: DeliveryState | None = None
    app_id: int = 0
    within: tuple[int, ...] | None = None
    message_id: int = 0
    uid: str = ""
    errcode: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    """The next attempt is at `due_at`, None if there is none. The state became final at `settled_at`.
    `tries` counts the attempts; `attempts` are given for a single delivery only."""

    id: int
    message_id: int
    app_id: int
    channel: str
    target: str
    state: DeliveryState
    way: str
    reference: str
    reason: str
    notes: tuple[str, ...]
    duplicate: bool
    tries: int
    created_at: datetime
    due_at: datetime | None
    settled_at: datetime | None
    errcode: int | None
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """`counts` gives the number of deliveries in each state. The content of a `retracted` message is
    hidden."""

    message: Message
    counts: dict[DeliveryState, int]
    retracted: bool
