"""The channel to the receivers of alerts that the settings name."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from wechat_scheduler.alerts.sentences import GONE
from wechat_scheduler.config.alert_targets import AlertForm, AlertTarget
from wechat_scheduler.delivery.model import Content, Delivery, DeliveryState, Sent, TargetKind
from wechat_scheduler.engine.clock import Clock


class Carrier(Protocol):
    """Brings a message to one form of receivers."""

    async def carry(
        self, target: AlertTarget, content: Content, *, message: str, at: datetime
    ) -> None:
        """Send it; `message` is the same in all attempts. Raises CallError, without a secret, if the receiver
        did not accept it."""


class AlertChannel:
    """`targets` may be changed at any time."""

    name = TargetKind.ALERT.value

    def __init__(
        self,
        carriers: Mapping[AlertForm, Carrier],
        *,
        targets: Sequence[AlertTarget],
        clock: Clock,
    ) -> None:
        self._carriers = carriers
        self._clock = clock
        self.targets = targets

    async def send(self, delivery: Delivery) -> Sent:
        """Returns CANCELLED if there is no such target any more. Raises CallError."""
        target = next((each for each in self.targets if each.name == delivery.target), None)
        carrier = self._carriers.get(target.kind) if target else None
        if target is None or carrier is None or delivery.message is None:
            return Sent(state=DeliveryState.CANCELLED, reason=GONE.en)
        await self.carry(target, delivery.message.content, message=f"msg_{delivery.id}")
        return Sent(way=target.kind.value)

    async def carry(self, target: AlertTarget, content: Content, *, message: str) -> None:
        """Send to a target that is no follower. Raises CallError."""
        carrier = self._carriers[target.kind]
        await carrier.carry(target, content, message=message, at=self._clock.now())
