"""Deliveries of due reminders that this process has claimed where it stores them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.reminders.remembering import LEASE, MINUTE, SENDING_LEASE, Memory
from tests.stores.mailing import Mail, accepted
from tests.stores.samples import NOW
from wechat_scheduler.delivery.model import Delivery, DeliveryState
from wechat_scheduler.reminders.firing import fire
from wechat_scheduler.reminders.model import Fired, Late
from wechat_scheduler.storage.database import Database, Statement, rows_of

SOON = NOW + MINUTE
LATER = SOON + SENDING_LEASE


@pytest.fixture
def memory(database: Database) -> Memory:
    return Memory(database, FakeClock())


async def test_what_is_handed_on_is_what_a_claim_would_read(memory: Memory, mail: Mail) -> None:
    handed = await hand_on(memory, mail, people=("amy", "bob"))

    assert await mail.claim(at=SOON) == []
    claimed = await mail.elsewhere.claim(now=LATER, limit=9, lease=LEASE)

    assert [replace(one, claim="") for one in by_id(claimed)] == [
        replace(one, claim="") for one in by_id(handed)
    ]
    assert {one.receiver.openid for one in handed if one.receiver} == {"o-amy", "o-bob"}


async def test_what_is_handed_on_is_stored_under_its_claim(memory: Memory, mail: Mail) -> None:
    (delivery,) = await hand_on(memory, mail)

    departs = await mail.outbox.depart(delivery, repeats=False, now=SOON, lease=SENDING_LEASE)
    await mail.outbox.settle(accepted(delivery), now=SOON)

    assert departs
    assert (await mail.shown(delivery.id)).state is DeliveryState.ACCEPTED
    assert await mail.outbox.next_due() is None


async def test_a_claim_that_ran_out_takes_over_what_its_process_never_sent(
    memory: Memory, mail: Mail
) -> None:
    (delivery,) = await hand_on(memory, mail)

    (taken,) = await mail.elsewhere.claim(now=LATER, limit=9, lease=LEASE)

    assert (taken.id, taken.doubts) == (delivery.id, 0)
    assert not await mail.outbox.depart(delivery, repeats=False, now=LATER, lease=LEASE)


async def test_what_a_dead_process_was_handed_is_due_after_its_release(
    memory: Memory, mail: Mail
) -> None:
    (delivery,) = await hand_on(memory, mail)

    await mail.outbox.release(now=SOON)

    assert [one.id for one in await mail.claim(at=SOON)] == [delivery.id]


async def test_what_was_handed_on_in_a_commit_without_an_answer_is_due_once_that_is_known(
    memory: Memory, mail: Mail
) -> None:
    fired = await fire_one(memory, mail)
    handed = await memory.due.finish(fired, now=SOON, lease=SENDING_LEASE)
    there = replace(fired, claimed=replace(fired.claimed, claim="there/1"))

    elsewhere = await memory.due.finish(there, now=SOON, lease=SENDING_LEASE)
    claimed = await mail.claim(at=SOON)
    again = await memory.due.finish(fired, now=SOON, lease=SENDING_LEASE)

    assert (elsewhere, claimed, again) == (None, [], None)
    assert handed is not None
    assert [one.id for one in await mail.claim(at=SOON)] == [one.id for one in handed]


async def test_a_receiver_that_cannot_be_read_is_set_aside_and_the_others_are_handed_on(
    memory: Memory, mail: Mail
) -> None:
    spoil = Statement("UPDATE subscribers SET quiet = '7-x' WHERE uid = $1", (mail.uids["amy"],))
    await mail.database.write(lambda: rows_of(spoil))

    (delivery,) = await hand_on(memory, mail, people=("amy", "bob"))

    assert delivery.target == mail.uids["bob"]
    assert await mail.states(uid=mail.uids["amy"]) == [DeliveryState.DEAD]


async def test_a_missed_occurrence_is_not_handed_on(memory: Memory, mail: Mail) -> None:
    handed = await hand_on(memory, mail, at=SOON + MINUTE, late=Late.SKIP, grace=timedelta(0))

    assert handed == []
    assert await mail.states(uid=mail.uids["amy"]) == [DeliveryState.MISSED]


async def hand_on(
    memory: Memory,
    mail: Mail,
    *,
    at: datetime = SOON,
    **fields: Any,
) -> list[Delivery]:
    """What the loop of reminders hands on of one that is due SOON."""
    fired = await fire_one(memory, mail, at=at, **fields)
    handed = await memory.due.finish(fired, now=at, lease=SENDING_LEASE)
    assert handed is not None
    return list(handed)


async def fire_one(
    memory: Memory,
    mail: Mail,
    *,
    people: tuple[str, ...] = ("amy",),
    at: datetime = SOON,
    **fields: Any,
) -> Fired:
    """What becomes of a reminder that is due SOON."""
    uids = [mail.uids[name] for name in people]
    await memory.create(SOON, people=uids, app_id=mail.app.id, **fields)
    (claimed,) = await memory.due.claim(now=at, limit=9, lease=LEASE)
    return fire(claimed, at)


def by_id(deliveries: object) -> list[Delivery]:
    assert isinstance(deliveries, list)
    return sorted(deliveries, key=lambda one: one.id)
