"""The ports of the delivery core."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.mini_programs import MiniProgramPage
from wechat_scheduler.delivery.model import (
    Delivery,
    DeliveryState,
    Message,
    Outcome,
    Sent,
    Target,
)
from wechat_scheduler.delivery.views import DeliveryFilter, DeliveryView, ListedMessage, MessageView


class Channel(Protocol):
    """One way to reach a receiver."""

    name: str

    async def send(self, delivery: Delivery) -> Sent:
        """Send the delivery with its id, by which the receiver recognises a repeat.

        Raises SendError, or another CallError (which is tried again), if the receiver did not accept
        it. The messages of these errors contain no secret.
        """


class Messenger(Protocol):
    """Sends messages to users through WeChat. Every method raises SendError."""

    async def template(
        self,
        appid: str,
        openid: str,
        *,
        template_id: str,
        data: Mapping[str, str],
        colors: Mapping[str, str],
        url: str,
        page: MiniProgramPage | None,
        client_msg_id: str,
    ) -> str:
        """Send a template message; returns the msgid. A tap opens `page`, or `url` where WeChat is too
        old for mini-programs. WeChat shows a message once that is repeated with the same
        `client_msg_id` within ten minutes."""

    async def text(self, appid: str, openid: str, text: str) -> None:
        """Send a customer-service text. WeChat accepts it while `text_windows.takes_texts`."""

    async def subscribe(
        self,
        appid: str,
        openid: str,
        *,
        template_id: str,
        data: Mapping[str, str],
        url: str,
        page: MiniProgramPage | None,
    ) -> str:
        """Send a subscribe notice; returns the msgid, empty if WeChat gave none. The user allows a
        number of them for each template."""

    async def subscribe_in_mini_program(
        self,
        appid: str,
        openid: str,
        *,
        template_id: str,
        data: Mapping[str, str],
        page: MiniProgramPage | None,
    ) -> str:
        """Send a subscribe notice of the mini-program `appid`, which opens a page of its own. As
        `subscribe`."""


class DeliveryObserver(Protocol):
    """Gets each outcome once it is stored. Must neither block nor raise."""

    def sent(self, outcome: Outcome, receipt: str | None) -> None:
        """`receipt` is the failure that WeChat's receipt told before, empty if the message arrived; None
        without a receipt."""


class Departures(Protocol):
    """Records which deliveries are being sent."""

    async def depart(
        self, delivery: Delivery, *, repeats: bool, now: datetime, lease: timedelta
    ) -> bool:
        """Store that the delivery is sent from now on, and prolong its claim by `lease`. If it `repeats`,
        the receiver may see it twice, and it is marked for good. Returns False if the claim was lost:
        then it must not be sent. Raises StorageError."""


class Outbox(Protocol):
    """The store of deliveries. Every method is atomic; all may raise StorageError."""

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[Delivery]:
        """Claim due deliveries for `lease`. Accounts take turns, and so do the apps of each; of an app's
        the most urgent come first, then the longest due. URGENT ones of all apps come before others,
        which still get a part of the claims.

        A delivery that departed, and whose claim ran out then, has one more doubt: its sender may have
        sent it before it crashed.
        """

    async def settle(self, outcome: Outcome, *, now: datetime) -> str | None:
        """Store an outcome with its attempts, and that the receiver is unreachable if it says so.
        Applies a receipt that came before, and returns the failure that it tells, empty if the message
        arrived; None without a receipt. A delivery that
        was superseded or cancelled meanwhile is released instead."""

    async def crashed(self, row_id: int, claim: str, /, *, reason: str, now: datetime) -> bool:
        """Store that handling the claimed row crashed: it is due again later, or set aside after several
        crashes in a row. Returns whether it was set aside."""

    async def next_due(self) -> datetime | None:
        """When the earliest delivery is due; a claimed one is due when its claim runs out."""


class Messages(Protocol):
    """The store of messages. Every method is atomic; all may raise StorageError."""

    def new_id(self, now: datetime) -> int:
        """The id of a new message."""

    async def put(
        self,
        message: Message,
        targets: Sequence[Target],
        *,
        once: Once | None,
        now: datetime,
        is_new: bool = False,
    ) -> None:
        """Store a message and a delivery for each target. Does nothing if the message's id is known;
        with `is_new`, which says that it is from `new_id`, raises StorageError.
        A person who is named twice gets one delivery. Raises as `once.Once` says."""

    async def spread(
        self, delivery: Delivery, people: Sequence[Target], *, now: datetime, until: datetime
    ) -> bool:
        """Store a delivery of the same message for each person that has none yet, and that they were
        reached; prolong the claim. False, and nothing is stored, if the claim ran out."""

    async def message(self, message_id: int) -> MessageView | None: ...

    async def message_of(self, delivery_id: int) -> MessageView | None: ...

    async def retract(self, message_id: int, *, now: datetime) -> bool:
        """Hide the content of the message. Pending deliveries are still sent. Returns whether there
        is such a message."""


class Deliveries(Protocol):
    """Deliveries of messages, for reading and repair. Atomic; all may raise StorageError."""

    async def delivery(self, delivery_id: int) -> DeliveryView | None:
        """The delivery with its attempts."""

    async def deliveries(
        self, wanted: DeliveryFilter, *, after: int, limit: int
    ) -> Sequence[DeliveryView]:
        """The deliveries without their attempts, those of the newest message first. `after` is the id of the
        last one of the former page, 0 for the first page."""

    async def messages(
        self, wanted: DeliveryFilter, *, after: int, limit: int
    ) -> Sequence[ListedMessage]:
        """The newest first. Of `wanted`, the app, the uid and the times count; `after` is the id of a
        message."""

    async def sent_last(
        self, reminders: Sequence[str]
    ) -> Mapping[str, Mapping[DeliveryState, int]]:
        """Of the messages that each reminder sent last, the number of deliveries in each state: of a thousand
        at most. One without any is left out."""

    async def replay(self, wanted: DeliveryFilter, *, limit: int, now: datetime) -> Sequence[int]:
        """Make deliveries due that are dead, cancelled, expired or missed: now, or at the message's
        `not_before`. Those whose receiver was sent a corrected message are left out, unless `wanted` names
        their ids. Returns their ids."""

    async def replayable(self, wanted: DeliveryFilter, *, limit: int) -> Sequence[int]:
        """The ids of those that `replay` would change."""

    async def corrected(self, wanted: DeliveryFilter, *, limit: int) -> int:
        """How many `replay` leaves out since they were corrected, up to `limit`."""

    async def sender(self, message_id: int) -> int | None:
        """The id of the app that sent the message; None if there is none."""

    async def cancellable(self, wanted: DeliveryFilter, *, limit: int) -> Sequence[int]:
        """The ids of those that `cancel` would change."""

    async def cancel(
        self, wanted: DeliveryFilter, *, reason: str, limit: int, now: datetime
    ) -> Sequence[int]:
        """Cancel deliveries that are pending and not being sent. Returns their ids."""

    async def receipt(
        self, appid: str, openid: str, msgid: str, failure: str, *, now: datetime
    ) -> int | None:
        """Apply WeChat's receipt of a template message to the user: delivered if `failure` is empty, else dead. A
        receipt that comes before its delivery is accepted is kept. Returns the delivery, if found."""
