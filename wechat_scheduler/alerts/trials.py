"""Sends a test to the receivers of alerts, and says what each answered."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from wechat_scheduler.alerts.addressing import Addresses
from wechat_scheduler.alerts.channel import AlertChannel
from wechat_scheduler.alerts.sentences import NOT_SENT_YET
from wechat_scheduler.alerts.telling import trial_news
from wechat_scheduler.audience.ids import new_id
from wechat_scheduler.config.alert_targets import AlertForm, AlertTarget
from wechat_scheduler.delivery.administration import DeliveryDesk
from wechat_scheduler.delivery.model import Content, DeliveryState, Priority
from wechat_scheduler.delivery.orders import Sending
from wechat_scheduler.delivery.views import DeliveryView
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import CallError, NotFoundError
from wechat_scheduler.reasons import Reason

# WeChat answers within a second; a message that waits longer is looked up by its delivery.
PATIENCE: Final = timedelta(seconds=5)
LOOK_EVERY: Final = timedelta(milliseconds=250)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetAnswer:
    """What became of a test. `answer` is empty if it was accepted; `delivery` is that of a follower, 0 for
    others."""

    target: str
    kind: AlertForm
    accepted: bool
    answer: str
    delivery: int = 0


class AlertTrials:
    """All methods may raise StorageError."""

    def __init__(
        self,
        channel: AlertChannel,
        addresses: Addresses,
        sending: Sending,
        deliveries: DeliveryDesk,
        *,
        clock: Clock,
    ) -> None:
        self._channel = channel
        self._addresses = addresses
        self._sending = sending
        self._deliveries = deliveries
        self._clock = clock

    @property
    def targets(self) -> Sequence[AlertTarget]:
        """Those that the settings name."""
        return self._channel.targets

    async def run(self, name: str) -> Sequence[TargetAnswer]:
        """Send a test to the target of that name, to all if it is empty. Raises NotFoundError."""
        wanted = [each for each in self.targets if name in ("", each.name)]
        if name and not wanted:
            raise NotFoundError(
                f"the settings name no alert target {name}", reason=Reason.ALERT_TARGET_UNKNOWN
            )
        return [await self._run(target) for target in wanted]

    async def _run(self, target: AlertTarget) -> TargetAnswer:
        content = await self._addresses.content([trial_news()], target.language)
        if target.kind is AlertForm.FOLLOWER:
            return await self._to_follower(target, content)
        try:
            await self._channel.carry(target, content, message=f"msg_{new_id()}")
        except CallError as error:
            return _answer(target, str(error))
        return _answer(target, "")

    async def _to_follower(self, target: AlertTarget, content: Content) -> TargetAnswer:
        now = self._clock.now()
        order, refused = await self._addresses.order(target, content, Priority.URGENT, now=now)
        if order is None:
            return _answer(target, refused)
        await self._sending.put(order)
        delivery_id = order.targets[0].delivery_id
        view = await self._sent(delivery_id)
        accepted = view is not None and view.state in (
            DeliveryState.ACCEPTED,
            DeliveryState.DELIVERED,
        )
        why = "" if accepted else (view.reason if view else "") or NOT_SENT_YET.en
        return _answer(target, "; ".join(filter(None, (why, refused))), delivery_id)

    async def _sent(self, delivery_id: int) -> DeliveryView | None:
        """The delivery once WeChat was asked, or as it is after PATIENCE."""
        until = self._clock.boottime() + PATIENCE.total_seconds()
        while True:
            view = await self._deliveries.delivery(delivery_id)
            waits = view is not None and view.state in (
                DeliveryState.PENDING,
                DeliveryState.SENDING,
            )
            if not waits or (view and view.attempts) or self._clock.boottime() >= until:
                return view
            await self._clock.sleep(LOOK_EVERY)


def _answer(target: AlertTarget, answer: str, delivery: int = 0) -> TargetAnswer:
    return TargetAnswer(
        target=target.name,
        kind=target.kind,
        accepted=not answer,
        answer=answer,
        delivery=delivery,
    )
