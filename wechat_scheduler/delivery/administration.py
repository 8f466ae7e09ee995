"""Shows, replays and cancels messages that were accepted before."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from wechat_scheduler.delivery.model import DeliveryState
from wechat_scheduler.delivery.ports import Deliveries, Messages
from wechat_scheduler.delivery.views import DeliveryFilter, DeliveryView, ListedMessage, MessageView
from wechat_scheduler.engine.clock import Clock


class DeliveryDesk:
    """Lists, replays and cancels deliveries. `wake` tells the loop that deliveries are due; `give_up` is how
    long one is tried. All methods may raise StorageError."""

    def __init__(
        self,
        messages: Messages,
        deliveries: Deliveries,
        *,
        clock: Clock,
        wake: Callable[[], None],
        give_up: Callable[[], timedelta],
    ) -> None:
        self._messages = messages
        self._deliveries = deliveries
        self._clock = clock
        self._wake = wake
        self._give_up = give_up

    async def message(self, message_id: int) -> MessageView | None:
        return await self._messages.message(message_id)

    async def sender(self, message_id: int) -> int | None:
        """The id of the app that sent the message; None if there is none."""
        return await self._deliveries.sender(message_id)

    async def message_of(self, delivery_id: int) -> MessageView | None:
        return await self._messages.message_of(delivery_id)

    async def delivery(self, delivery_id: int) -> DeliveryView | None:
        """The delivery with its attempts."""
        return await self._deliveries.delivery(delivery_id)

    def gives_up_at(self, view: DeliveryView) -> datetime | None:
        """When a delivery that failed before is no longer tried; None if it has not failed, or has ended."""
        is_tried = view.due_at is not None and view.since is not None
        return view.since + self._give_up() if is_tried and view.since else None

    async def deliveries(
        self, wanted: DeliveryFilter, *, after: int, limit: int
    ) -> Sequence[DeliveryView]:
        """The deliveries without their attempts, those of the newest message first."""
        return await self._deliveries.deliveries(wanted, after=after, limit=limit)

    async def messages(
        self, wanted: DeliveryFilter, *, after: int, limit: int
    ) -> Sequence[ListedMessage]:
        """The newest first; of `wanted`, the app, the uid and the times count."""
        return await self._deliveries.messages(wanted, after=after, limit=limit)

    async def sent_last(
        self, reminders: Sequence[str]
    ) -> Mapping[str, Mapping[DeliveryState, int]]:
        """Of the messages that each reminder sent last, the number of deliveries in each state: of a thousand
        at most. One without any is left out."""
        return await self._deliveries.sent_last(reminders)

    async def replay(self, wanted: DeliveryFilter, *, limit: int) -> Sequence[int]:
        """Make deliveries due that are dead, cancelled, expired or missed: now, or at the message's
        `not_before`. Returns their ids."""
        ids = await self._deliveries.replay(wanted, limit=limit, now=self._clock.now())
        self._wake()
        return ids

    async def cancel(self, wanted: DeliveryFilter, *, reason: str, limit: int) -> Sequence[int]:
        """Cancel deliveries that are pending and not being sent at this moment. Returns their
        ids."""
        now = self._clock.now()
        return await self._deliveries.cancel(wanted, reason=reason, limit=limit, now=now)

    async def replayable(self, wanted: DeliveryFilter, *, limit: int) -> Sequence[int]:
        """The ids of those that `replay` would make due."""
        return await self._deliveries.replayable(wanted, limit=limit)

    async def corrected(self, wanted: DeliveryFilter, *, limit: int) -> int:
        """How many `replay` leaves out: their receiver was sent a corrected message. Up to `limit`."""
        return await self._deliveries.corrected(wanted, limit=limit)

    async def cancellable(self, wanted: DeliveryFilter, *, limit: int) -> Sequence[int]:
        """The ids of those that `cancel` would cancel."""
        return await self._deliveries.cancellable(wanted, limit=limit)

    async def retract(self, message_id: int) -> None:
        """Hide the message's content from readers. Pending deliveries still go out."""
        await self._messages.retract(message_id, now=self._clock.now())
