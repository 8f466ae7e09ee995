"""A message that was sent is not sent again because its outcome is stored late, however often it is claimed meanwhile."""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.stores.mailing import Mail, mailing
from tests.stores.memory import memory_database
from tests.stores.suite import VAULT
from tests.watched_clock import WatchedClock
from wechat_scheduler.delivery.dispatcher import Dispatcher
from wechat_scheduler.delivery.failures import Failures
from wechat_scheduler.delivery.gate import Gate
from wechat_scheduler.delivery.model import Delivery, DeliveryState, Outcome, Sent
from wechat_scheduler.delivery.views import DeliveryFilter
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.storage.delivery.outbox import SqlOutbox
from wechat_scheduler.storage.feed import SqlFeed

LEASE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(slots=True)
class Accepting:
    """A channel whose receiver accepts everything, as soon as it is `idle`; or the message is `ended` in another way."""

    name: str = "person"
    ended: DeliveryState = DeliveryState.ACCEPTED
    sent: list[Delivery] = field(default_factory=list)
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, delivery: Delivery) -> Sent:
        self.sent.append(delivery)
        await self.idle.wait()
        return Sent(state=self.ended, way="text", reference="77")


class Seen(Counters):
    """Notes each outcome that is counted."""

    def __init__(self) -> None:
        super().__init__()
        self.outcomes: list[Outcome] = []

    def sent(self, outcome: Outcome, receipt: str | None) -> None:
        super().sent(outcome, receipt)
        self.outcomes.append(outcome)


@dataclass(slots=True, kw_only=True)
class Office:
    clock: WatchedClock
    seen: Seen
    channel: Accepting
    dispatcher: Dispatcher
    mail: Mail
    number: int

    async def claim(self) -> Delivery:
        (row,) = await self.dispatcher.claim(8)
        return row

    async def claim_once_more(self) -> Delivery:
        self.clock.advance(LEASE)
        return await self.claim()


@pytest.fixture
async def office() -> Office:
    clock, database, channel, seen = WatchedClock(), memory_database(), Accepting(), Seen()
    channel.idle.set()
    mail = await mailing(database, clock)
    rng = random.Random(3)
    gate = Gate({mail.app.id: mail.app}.get, unreadable=lambda app_id: False, rng=rng)
    dispatcher = Dispatcher(
        SqlOutbox(database, VAULT, worker="here", feed=SqlFeed(database)),
        {channel.name: channel},
        gate,
        Failures(gate, clock=clock, rng=rng, retry_cap=LEASE, give_up=DAY),
        learn=nothing_new,
        observer=seen,
        clock=clock,
        lease=LEASE,
    )
    number = await mail.put_one()
    return Office(
        clock=clock, seen=seen, channel=channel, dispatcher=dispatcher, mail=mail, number=number
    )


async def nothing_new() -> None:
    """No app was made elsewhere."""


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_an_outcome_that_waits_for_the_store_is_stored_and_counted_under_the_next_claim(
    office: Office, order: tuple[int, ...]
) -> None:
    dispatcher = office.dispatcher
    outcomes: list[Outcome] = [await dispatcher.attempt(await office.claim())]
    outcomes.append(await dispatcher.attempt(await office.claim_once_more()))

    for number in order:
        await dispatcher.finish(outcomes[number])

    shown = await office.mail.shown(office.number)
    assert (len(office.channel.sent), shown.state) == (1, DeliveryState.ACCEPTED)
    assert shown.tries == 1
    assert office.seen.outcomes == outcomes[1:]


async def test_an_attempt_that_is_under_way_is_waited_for(office: Office) -> None:
    dispatcher = office.dispatcher
    office.channel.idle.clear()

    async with asyncio.TaskGroup() as group:
        group.create_task(dispatcher.attempt(await office.claim()))
        await office.clock.calm()
        later = group.create_task(dispatcher.attempt(await office.claim_once_more()))
        await office.clock.calm()
        office.channel.idle.set()
    await dispatcher.finish(later.result())

    shown = await office.mail.shown(office.number)
    assert (len(office.channel.sent), shown.state) == (1, DeliveryState.ACCEPTED)


async def test_an_outcome_that_came_too_late_for_its_claim_is_stored_under_the_one_that_was_under_way(
    office: Office,
) -> None:
    dispatcher, outbox = office.dispatcher, office.dispatcher._outbox
    outcome = await dispatcher.attempt(await office.claim())
    office.clock.advance(LEASE)
    dispatcher._unsaved.claiming()
    rows = await outbox.claim(now=office.clock.now(), limit=8, lease=LEASE)
    await dispatcher.finish(outcome)

    dispatcher._unsaved.claimed(rows)
    await dispatcher.finish(await dispatcher.attempt(rows[0]))

    shown = await office.mail.shown(office.number)
    assert (len(office.channel.sent), shown.state) == (1, DeliveryState.ACCEPTED)


async def test_a_message_that_is_replayed_is_sent_though_its_first_outcome_was_stored_late(
    office: Office,
) -> None:
    dispatcher, mail = office.dispatcher, office.mail
    office.channel.ended = DeliveryState.MISSED
    missed = await dispatcher.attempt(await office.claim())
    office.clock.advance(LEASE * 0.9)
    await dispatcher.finish(missed)

    office.channel.ended = DeliveryState.ACCEPTED
    await mail.deliveries.replay(DeliveryFilter(), limit=8, now=office.clock.now())
    await dispatcher.finish(await dispatcher.attempt(await office.claim()))

    shown = await mail.shown(office.number)
    assert (len(office.channel.sent), shown.state) == (2, DeliveryState.ACCEPTED)
