"""What delivering asks of the world."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from wechat_scheduler.access.once import Once
from wechat_scheduler.delivery.model import Delivery, DeliveryState, Message, Outcome, Sent, Target
from wechat_scheduler.delivery.views import DeliveryFilter, DeliveryView, MessageView


class Channel(Protocol):
    """One way to reach a receiver."""

    name: str

    async def send(self, delivery: Delivery) -> Sent:
        """Hand the delivery over, repeating its id so that a receiver can recognise a repeat.

        Raises SendError, or another CallError (which is tried again), free of secrets, when the
        receiver did not take it. Reads nothing from the store that may fail half-way.
        """
        ...


class Messenger(Protocol):
    """WeChat's side of sending. Every method raises SendError."""

    async def template(
        self,
        appid: str,
        openid: str,
        *,
        template_id: str,
        data: Mapping[str, str],
        url: str,
        client_msg_id: str,
    ) -> str:
        """Returns the msgid. Within ten minutes a repeat with the same `client_msg_id` is shown
        once."""
        ...

    async def text(self, appid: str, openid: str, text: str) -> None:
        """A customer-service message: within 48 hours of the user's last word."""
        ...

    async def subscribe(
        self, appid: str, openid: str, *, template_id: str, data: Mapping[str, str], url: str
    ) -> None:
        """A subscribe notice, of which the user allowed a number."""
        ...


class DeliveryObserver(Protocol):
    """Hears what became of each attempt, once that is stored. Must neither block nor raise."""

    def sent(self, outcome: Outcome) -> None: ...


class Outbox(Protocol):
    """Where deliveries wait. Every method is atomic; all may raise StorageError."""

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[Delivery]:
        """Take due deliveries for `lease`: the most urgent first, of those the longest due.

        One whose former claim ran out was being sent when its sender died: that is a doubt.
        """
        ...

    async def settle(self, outcome: Outcome, *, now: datetime) -> None:
        """Write an outcome back, its attempt and, if the receiver is unreachable, that as well. A
        receipt that came too early is applied now. A delivery that was superseded or cancelled
        meanwhile is let go of instead."""
        ...

    async def next_due(self) -> datetime | None:
        """When the earliest delivery falls due; a claimed one does when its claim runs out."""
        ...


class Messages(Protocol):
    """What was asked to be sent. Every method is atomic; all may raise StorageError."""

    async def put(
        self, message: Message, targets: Sequence[Target], *, once: Once | None, now: datetime
    ) -> None:
        """Keep a message and a delivery for each target; a message whose id is known already
        changes nothing. A person who is named twice is delivered to once. Raises as `once.Once`
        says."""
        ...

    async def spread(self, delivery: Delivery, people: Sequence[Target], *, now: datetime) -> None:
        """Put a delivery of the same message for each person that has none of it yet."""
        ...

    async def message(self, message_id: int) -> MessageView | None: ...

    async def message_of(self, delivery_id: int) -> MessageView | None: ...

    async def delivery(self, delivery_id: int) -> DeliveryView | None:
        """With its attempts."""
        ...

    async def deliveries(
        self, wanted: DeliveryFilter, *, after: int, limit: int
    ) -> Sequence[DeliveryView]:
        """By id, without their attempts."""
        ...

    async def replay(self, wanted: DeliveryFilter, *, limit: int, now: datetime) -> Sequence[int]:
        """Make those due that are dead, cancelled, expired or missed: now, or at the message's
        `not_before`. Returns their ids."""
        ...

    async def cancel(
        self, wanted: DeliveryFilter, *, reason: str, limit: int, now: datetime
    ) -> Sequence[int]:
        """Those that are pending and not being sent at this moment; returns their ids."""
        ...

    async def retract(self, message_id: int, *, now: datetime) -> bool:
        """Show its content to nobody any more; what is pending still goes out."""
        ...

    async def receipt(self, appid: str, msgid: str, failure: str, *, now: datetime) -> bool:
        """WeChat's word on a template message: delivered, or `failure`. One that comes before its
        delivery is known to be accepted is kept. Returns whether a delivery was found."""
        ...

    async def forget(self, *, before: datetime, limit: int) -> int:
        """Drop messages older than that which are done with; returns how many."""
        ...


FINAL = frozenset(
    (
        DeliveryState.DELIVERED,
        DeliveryState.DEAD,
        DeliveryState.CANCELLED,
        DeliveryState.EXPIRED,
        DeliveryState.MISSED,
        DeliveryState.ACCEPTED,
    )
)
"""What is tried no more."""
