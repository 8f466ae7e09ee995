"""The dispatcher tries a delivery until its receiver accepts it, or it is given up."""

import asyncio
import random
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from tests.outcomes import Outcomes
from tests.stores.memory import memory_database
from tests.stores.samples import (
    TOKEN,
    claim,
    issued,
    look,
    registration,
    rotated,
    task,
)
from tests.stores.suite import VAULT, sql_credentials
from tests.watched_clock import WatchedClock
from wechat_scheduler.delivery.dispatcher import Dispatcher
from wechat_scheduler.delivery.failures import Failures
from wechat_scheduler.delivery.gate import Gate
from wechat_scheduler.delivery.model import (
    Deferred,
    Delivery,
    DeliveryState,
    Outcome,
    Sent,
    Settled,
)
from wechat_scheduler.engine.clockwork import Clockwork
from wechat_scheduler.engine.crashes import PAUSES, crash_reason
from wechat_scheduler.errors import (
    AddressRefusedError,
    CallError,
    LastingError,
    SealingError,
    SendError,
)
from wechat_scheduler.reasons import Verdict
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.delivery.outbox import SqlOutbox
from wechat_scheduler.storage.feed import SqlFeed

SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=30)
CAP = timedelta(minutes=15)


async def nothing_new() -> None:
    """What the store says of apps, in tests without any."""


@dataclass(slots=True)
class Receiver:
    """A channel with one receiver: accepts version after version unless `answers` say otherwise."""

    name: str = "credential"
    sent: list[Delivery] = field(default_factory=list)
    answers: deque[int | Exception] = field(default_factory=deque)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, delivery: Delivery) -> Sent:
        self.sent.append(delivery)
        self.arrived.set()
        await self.idle.wait()
        answer = self.answers.popleft() if self.answers else len(self.sent)
        if isinstance(answer, Exception):
            raise answer
        return Sent(version=answer) if answer >= 0 else Sent(state=DeliveryState.CANCELLED)


@dataclass(slots=True)
class Post:
    """A store with one job, an outbox, and a dispatcher that sends what is in it."""

    clock: WatchedClock
    store: SqlCredentials
    outbox: SqlOutbox
    receiver: Receiver
    outcomes: Outcomes
    dispatching: Clockwork[Delivery, Outcome]

    async def rotate(self) -> None:
        await self.store.hasten(TOKEN, now=self.clock.now())
        job = await claim(self.store, at=self.clock.now())
        await self.store.save(rotated(job, at=self.clock.now()), now=self.clock.now())

    async def state(self) -> tuple[str, int, int, str]:
        (receiver,) = (await look(self.store)).receivers
        return receiver.state, receiver.version, receiver.attempts, receiver.error


@pytest.fixture
async def post() -> Post:
    """One notice is due."""
    clock, database, receiver, outcomes = (
        WatchedClock(),
        memory_database(),
        Receiver(),
        Outcomes(),
    )
    outbox = SqlOutbox(database, VAULT, worker="here", feed=SqlFeed(database))
    receiver.idle.set()
    store = sql_credentials(database, "here")
    rng = random.Random(3)
    gate = Gate(lambda app_id: None, unreadable=lambda app_id: False, rng=rng)
    dispatcher = Dispatcher(
        outbox,
        {receiver.name: receiver},
        gate,
        Failures(gate, clock=clock, rng=rng, retry_cap=CAP, give_up=timedelta(days=1)),
        learn=nothing_new,
        observer=outcomes,
        clock=clock,
        lease=LEASE,
    )
    await issued(store, task(notify="http://erp/n"))
    dispatching = Clockwork(dispatcher, clock=clock, slots=8)
    return Post(clock, store, outbox, receiver, outcomes, dispatching)


async def test_a_delivery_is_sent_once(post: Post) -> None:
    with capture_logs() as events:
        counts = [await post.dispatching.run_once() for _ in range(2)]

    assert counts == [1, 0]
    assert len(post.receiver.sent) == 1
    assert await post.state() == ("delivered", 1, 0, "")
    assert [event["event"] for event in events] == ["delivery.delivered"]


async def test_one_that_was_not_taken_is_sent_again_under_its_id(post: Post) -> None:
    post.receiver.answers.append(CallError("no answer in time"))

    with capture_logs() as events:
        await post.dispatching.run_once()
    failed = await post.state()
    post.clock.advance(SECOND)
    await post.dispatching.run_once()

    first, second = post.receiver.sent
    assert failed == ("pending", 0, 1, "no answer in time")
    assert (second.id, second.attempts) == (first.id, 1)
    assert [(event["event"], event["attempts"]) for event in events] == [("delivery.deferred", 1)]
    assert (await post.state())[0] == "delivered"
    assert [type(outcome) for outcome in post.outcomes] == [Deferred, Settled]


async def levels(post: Post, *answers: Exception) -> list[tuple[str, str]]:
    """The log of attempts that end so."""
    post.receiver.answers.extend(answers)
    with capture_logs() as events:
        for _ in answers:
            await post.dispatching.run_once()
            post.clock.advance_to(await post.outbox.next_due() or post.clock.now())
    return [(event["event"], event["log_level"]) for event in events]


async def test_a_refusal_that_lasts_is_an_error_once(post: Post) -> None:
    refused, denied = LastingError("answered 401"), AddressRefusedError("must not be called")
    answers = (CallError("no answer"), refused, refused, denied, SealingError("lost"), denied)

    logged = await levels(post, *answers)

    said = ["warning", "error", "warning", "error", "error", "error"]
    assert logged == [("delivery.deferred", level) for level in said]


@pytest.mark.parametrize("verdict", [Verdict.UNREACHABLE, Verdict.REJECTED, Verdict.TEXTS_ENDED])
async def test_a_dead_delivery_is_an_error(post: Post, verdict: Verdict) -> None:
    logged = await levels(post, SendError("blocked", verdict=verdict))

    assert logged == [("delivery.dead", "error")]


async def test_the_pauses_double_up_to_their_cap_and_never_end(post: Post) -> None:
    post.receiver.answers.extend([CallError("no answer")] * 60)

    pauses = []
    for _ in range(60):
        await post.dispatching.run_once()
        due = (await post.outbox.next_due()) or post.clock.now()
        pauses.append(due - post.clock.now())
        post.clock.advance_to(due)

    bounds = [min(2.0 ** min(number, 30) * SECOND, CAP) for number in range(60)]
    assert all(bound / 2 <= pause <= bound for pause, bound in zip(pauses, bounds, strict=True))


async def test_one_whose_receiver_is_gone_is_cancelled(post: Post) -> None:
    post.receiver.answers.append(-1)

    with capture_logs() as events:
        await post.dispatching.run_once()

    assert (await post.state())[0] == "cancelled"
    assert [event["event"] for event in events] == ["delivery.cancelled"]


async def test_a_newer_notice_never_overtakes_one_that_is_being_sent(post: Post) -> None:
    receiver = post.receiver
    receiver.idle.clear()

    async with asyncio.TaskGroup() as group:
        group.create_task(post.dispatching.run_once())
        await receiver.arrived.wait()
        await post.rotate()
        assert await post.dispatching.run_once() == 0
        receiver.idle.set()
    await post.dispatching.run_once()

    older, newer = receiver.sent
    assert older.id != newer.id
    assert await post.state() == ("delivered", 2, 0, "")


async def test_what_a_receiver_missed_is_sent_in_its_newest_form_only(post: Post) -> None:
    post.receiver.answers.append(CallError("no answer"))
    await post.dispatching.run_once()

    for _ in range(3):
        await post.rotate()
    while await post.dispatching.run_once():
        pass

    assert len(post.receiver.sent) == 2


async def test_a_new_rotation_is_sent_at_once_to_a_receiver_that_was_down(post: Post) -> None:
    post.receiver.answers.extend([CallError("no answer")] * 10)
    for _ in range(10):
        await post.dispatching.run_once()
        post.clock.advance(CAP)
    await post.dispatching.run_once()

    await post.rotate()

    assert await post.dispatching.run_once() == 1
    assert post.receiver.sent[-1].attempts == 0


async def test_a_crash_in_a_channel_loses_nothing(post: Post) -> None:
    post.receiver.answers.append(ZeroDivisionError("a bug"))

    with capture_logs() as events:
        await post.dispatching.run_once()
    post.clock.advance(LEASE)
    await post.dispatching.run_once()

    assert [event["event"] for event in events] == ["clockwork.attempt_crashed"]
    assert len({delivery.id for delivery in post.receiver.sent}) == 1
    assert (await post.state())[0] == "delivered"


async def test_a_receiver_that_withdrew_is_sent_nothing_more(post: Post) -> None:
    await post.store.register(registration(TOKEN), now=post.clock.now())

    assert await post.dispatching.run_once() == 0
    assert post.receiver.sent == []


async def test_a_delivery_that_crashes_is_tried_a_few_times_and_then_dead(post: Post) -> None:
    post.receiver.answers.extend([ZeroDivisionError("a bug")] * 99)

    with capture_logs() as events:
        while (due_at := await post.outbox.next_due()) is not None:
            post.clock.advance_to(due_at)
            await post.dispatching.run_once()

    state, _, _, error = await post.state()
    assert len(post.receiver.sent) == len(PAUSES) + 1
    assert (state, error) == ("dead", crash_reason(ZeroDivisionError()))
    assert events[-1]["event"] == "delivery.set_aside"
