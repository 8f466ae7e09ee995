"""The channel to topics: one delivery that becomes one for each person.

So a message to a hundred thousand is accepted as fast as one to a single user, and what a restart
interrupts is gone over again: nobody gets a second delivery of the same message.
"""

from wechat_scheduler.audience.ports import Subscriptions
from wechat_scheduler.delivery.model import Delivery, DeliveryState, Sent, Target, TargetKind
from wechat_scheduler.delivery.ports import Messages
from wechat_scheduler.delivery.sending import stable_id
from wechat_scheduler.engine.clock import Clock

# People in one transaction: short enough that nobody who writes at the same time waits for long.
PAGE = 500


class TopicChannel:
    """Everybody who takes what is sent to a topic of an app, 0 being the app itself."""

    name = TargetKind.TOPIC.value

    def __init__(self, subscriptions: Subscriptions, messages: Messages, *, clock: Clock) -> None:
        self._subscriptions = subscriptions
        self._messages = messages
        self._clock = clock

    async def send(self, delivery: Delivery) -> Sent:
        message = delivery.message
        if message is None:
            return Sent(state=DeliveryState.CANCELLED)
        after, page = "", [""]
        while page:
            page = list(
                await self._subscriptions.receivers(
                    message.app_id, int(delivery.target), after=after, limit=PAGE
                )
            )
            targets = [_target(message.id, uid) for uid in page]
            await self._messages.spread(delivery, targets, now=self._clock.now())
            after = page[-1] if page else after
        return Sent()


def _target(message_id: int, uid: str) -> Target:
    """With the same id whenever it is gone over again."""
    return Target(
        delivery_id=stable_id("spread", str(message_id), uid), kind=TargetKind.PERSON, name=uid
    )
