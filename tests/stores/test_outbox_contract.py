"""The outbox, shown on credential notifications."""

from dataclasses import replace
from datetime import datetime

import pytest
import pytest_asyncio

from tests.stores.samples import (
    HOUR,
    LEASE,
    NOW,
    SECOND,
    TOKEN,
    claim,
    issued,
    look,
    registration,
    rotated,
    task,
)
from tests.stores.suite import Stores
from wechat_scheduler.delivery.model import Deferred, Delivery, DeliveryState, Outcome, Settled
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.delivery.outbox import SqlOutbox

LATER = NOW + SECOND
TOLD = task(notify="http://erp/n")


@pytest_asyncio.fixture(loop_scope="session")
async def waiting(store: SqlCredentials) -> None:
    """One notification, due at NOW."""
    await issued(store, TOLD)


async def test_nothing_waits_in_an_empty_outbox(outbox: SqlOutbox) -> None:
    assert await outbox.next_due() is None
    assert await outbox.claim(now=NOW, limit=10, lease=LEASE) == []


@pytest.mark.usefixtures("waiting")
async def test_a_delivery_that_was_accepted_is_done_with(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    delivery = await _claimed(outbox)

    await outbox.settle(_accepted(delivery), now=LATER)

    (receiver,) = (await look(store)).receivers
    assert (receiver.state, receiver.version, receiver.error) == ("delivered", 1, "")
    assert await outbox.next_due() is None


@pytest.mark.usefixtures("waiting")
async def test_a_claimed_delivery_is_not_claimed_again(stores: Stores) -> None:
    await _claimed(stores.outbox)

    assert await stores.outbox_elsewhere.claim(now=NOW, limit=10, lease=LEASE) == []
    assert await stores.outbox_elsewhere.next_due() == NOW + LEASE


@pytest.mark.usefixtures("waiting")
async def test_a_claim_that_ran_out_is_taken_over_under_the_same_id(stores: Stores) -> None:
    lost = await _claimed(stores.outbox)

    (taken,) = await stores.outbox_elsewhere.claim(now=NOW + LEASE, limit=10, lease=LEASE)

    assert taken == replace(lost, claim=taken.claim)
    assert taken.claim != lost.claim


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("outcome", ["accepted", "refused"])
async def test_an_outcome_of_a_lost_claim_changes_nothing(stores: Stores, outcome: str) -> None:
    lost = await _claimed(stores.outbox)
    await stores.outbox_elsewhere.claim(now=NOW + LEASE, limit=10, lease=LEASE)

    late: Outcome = _accepted(lost) if outcome == "accepted" else _refused(lost)
    await stores.outbox.settle(late, now=NOW + LEASE)

    (receiver,) = (await look(stores.credentials)).receivers
    assert (receiver.state, receiver.attempts) == ("pending", 0)
    assert await stores.outbox.next_due() == NOW + 2 * LEASE


@pytest.mark.usefixtures("waiting")
async def test_a_retry_keeps_its_id_and_counts(store: SqlCredentials, outbox: SqlOutbox) -> None:
    first = await _claimed(outbox)

    await outbox.settle(_refused(first), now=LATER)

    assert await outbox.claim(now=NOW + HOUR - SECOND, limit=10, lease=LEASE) == []
    second = await _claimed(outbox, at=NOW + HOUR)
    (receiver,) = (await look(store)).receivers
    assert (second.id, second.attempts) == (first.id, 1)
    assert (receiver.state, receiver.attempts, receiver.error) == ("pending", 1, "no answer")


@pytest.mark.usefixtures("waiting")
async def test_a_newer_notification_takes_the_place_of_one_that_waits(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    older = await _claimed(outbox)
    await outbox.settle(_refused(older), now=NOW)

    await _rotate(store, at=LATER)

    newer = await _claimed(outbox, at=LATER)
    assert newer.id != older.id
    assert (newer.target, newer.attempts) == (older.target, 0)


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("outcome", ["accepted", "refused"])
async def test_a_newer_notification_waits_for_the_one_that_is_being_sent(
    store: SqlCredentials, outbox: SqlOutbox, outcome: str
) -> None:
    older = await _claimed(outbox)

    await _rotate(store, at=LATER)
    assert await outbox.claim(now=LATER, limit=10, lease=LEASE) == []
    done: Outcome = _accepted(older) if outcome == "accepted" else _refused(older)
    await outbox.settle(done, now=LATER)

    newer = await _claimed(outbox, at=LATER)
    assert newer.id != older.id
    assert newer.attempts == 0
    await outbox.settle(_accepted(newer, version=2), now=LATER)
    assert (await look(store)).receivers[0].version == 2


@pytest.mark.usefixtures("waiting")
async def test_a_newer_notification_is_sent_though_the_sender_of_the_older_died(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    older = await _claimed(outbox)
    await _rotate(store, at=LATER)

    newer = await _claimed(outbox, at=NOW + LEASE)

    assert newer.id != older.id


@pytest.mark.usefixtures("waiting")
async def test_a_delivery_that_was_cancelled_in_flight_does_not_come_back(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    delivery = await _claimed(outbox)
    await store.remove(TOKEN, owner="", now=NOW)

    await outbox.settle(_refused(delivery), now=LATER)

    assert await outbox.next_due() is None


@pytest.mark.usefixtures("waiting")
async def test_a_receiver_that_comes_back_while_it_is_being_told_is_told_once_more(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    older = await _claimed(outbox)
    await store.register(registration(TOKEN), now=LATER)
    await store.register(registration(TOLD), now=LATER)
    assert await outbox.claim(now=LATER, limit=10, lease=LEASE) == []

    await outbox.settle(_accepted(older), now=LATER)

    assert (await _claimed(outbox, at=LATER)).id != older.id


async def test_the_longest_due_are_claimed_first(store: SqlCredentials, outbox: SqlOutbox) -> None:
    await issued(store, TOKEN)
    for number in range(4):
        owner = registration(task(notify="http://x/n"), owner=f"owner{number}")
        await store.register(owner, now=NOW - number * SECOND)

    claimed = await outbox.claim(now=NOW, limit=2, lease=LEASE)

    owners = {delivery.target.rstrip('"]')[-6:] for delivery in claimed}
    assert owners == {"owner3", "owner2"}
    assert await outbox.next_due() == NOW - SECOND


@pytest.mark.usefixtures("waiting")
async def test_what_a_dead_process_had_claimed_is_given_back(outbox: SqlOutbox) -> None:
    lost = await _claimed(outbox)

    await outbox.release(now=LATER)

    assert (await _claimed(outbox, at=LATER)).id == lost.id


async def _claimed(outbox: SqlOutbox, *, at: datetime = NOW) -> Delivery:
    (delivery,) = await outbox.claim(now=at, limit=10, lease=LEASE)
    return delivery


async def _rotate(store: SqlCredentials, *, at: datetime) -> None:
    await store.hasten(TOKEN, now=at)
    await store.save(rotated(await claim(store, at=at), at=at), now=at)


def _accepted(delivery: Delivery, *, version: int = 1) -> Settled:
    return Settled(delivery=delivery, state=DeliveryState.DELIVERED, version=version)


def _refused(delivery: Delivery) -> Deferred:
    return Deferred(delivery=delivery, due_at=NOW + HOUR, error="no answer")
