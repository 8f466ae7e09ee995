"""What callers are shown of messages and deliveries."""

from dataclasses import dataclass
from datetime import datetime

from wechat_scheduler.delivery.model import Attempt, DeliveryState, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """Which deliveries are meant; what is empty or None is not asked about. `within` are the apps
    whose deliveries may be met at all, if there are others."""

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
    """A delivery as it stands. `due_at` is that of the next attempt, if there is to be one;
    `settled_at` when its state became final. `attempts` is given where one delivery is asked for;
    `tries` counts them."""

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
    """A message, how many of its deliveries are in which state, and whether its content was
    withdrawn."""

    message: Message
    counts: dict[DeliveryState, int]
    retracted: bool
