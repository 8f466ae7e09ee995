"""A message that was sent, and whose outcome the store does not take."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

from tests.clock import FakeClock
from tests.stores.mailing import mailing
from tests.stores.memory import memory_database
from tests.stores.suite import VAULT
from wechat_scheduler.delivery.dispatcher import Dispatcher
from wechat_scheduler.delivery.failures import Failures
from wechat_scheduler.delivery.gate import Gate
from wechat_scheduler.delivery.model import Delivery, DeliveryState, Outcome, Sent, Settled
from wechat_scheduler.engine.clockwork import Clockwork
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.storage.delivery.outbox import SqlOutbox
from wechat_scheduler.storage.feed import SqlFeed


class PickyOutbox(SqlOutbox):
    """Takes no reference, as PostgreSQL takes no text with a NUL."""

    async def settle(self, outcome: Outcome, **options: object) -> str:
        if isinstance(outcome, Settled) and outcome.reference:
            raise ValueError("a text that the database cannot hold")
        return await super().settle(outcome, **options)  # type: ignore[arg-type]  # passed on


@dataclass(slots=True)
class Accepting:
    """A channel whose receiver accepts everything."""

    name: str = "person"
    sent: list[Delivery] = field(default_factory=list)

    async def send(self, delivery: Delivery) -> Sent:
        self.sent.append(delivery)
        return Sent(state=DeliveryState.ACCEPTED, way="text", reference="\0")


async def nothing_new() -> None:
    """No app was made elsewhere."""


async def test_a_message_whose_outcome_cannot_be_stored_is_sent_once() -> None:
    clock, database, channel = FakeClock(), memory_database(), Accepting()
    mail = await mailing(database, clock)
    number = await mail.put_one()
    rng, minute, day = random.Random(3), timedelta(minutes=1), timedelta(days=1)
    gate = Gate({mail.app.id: mail.app}.get, unreadable=lambda app_id: False, rng=rng)
    dispatcher = Dispatcher(
        PickyOutbox(database, VAULT, worker="here", feed=SqlFeed(database)),
        {channel.name: channel},
        gate,
        Failures(gate, clock=clock, rng=rng, retry_cap=minute, give_up=day),
        learn=nothing_new,
        observer=Counters(),
        clock=clock,
        lease=minute,
    )
    dispatching = Clockwork(dispatcher, clock=clock, slots=8)

    for _ in range(5):
        await dispatching.run_once()
        clock.advance(timedelta(hours=1))

    assert len(channel.sent) == 1
    assert (await mail.shown(number)).state is DeliveryState.ACCEPTED
