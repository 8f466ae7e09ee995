"""Messages in the outbox: order, doubts, attempts and receipts."""

from collections.abc import Callable

import pytest

from tests.stores.mailing import Mail, accepted, dead, put_off, tried
from tests.stores.samples import HOUR, LEASE, NOW, SECOND
from wechat_scheduler.delivery.model import (
    Content,
    Delivery,
    DeliveryState,
    Priority,
    Settled,
    Target,
    TargetKind,
)
from wechat_scheduler.delivery.views import DeliveryFilter
from wechat_scheduler.storage.credentials.census import SqlCensus

LATER = NOW + SECOND


async def test_the_most_urgent_go_first_and_of_those_the_longest_due(mail: Mail) -> None:
    ids = {
        await mail.put_one(priority=priority, at=NOW - age * SECOND): name
        for name, priority, age in [
            ("bulk", Priority.BULK, 9),
            ("old", Priority.NORMAL, 2),
            ("older", Priority.NORMAL, 3),
            ("urgent", Priority.URGENT, 0),
        ]
    }

    order = [ids[(await mail.claim(limit=1))[0].id] for _ in ids]

    assert order == ["urgent", "older", "old", "bulk"]


async def test_the_urgent_leave_room_for_others_in_one_claim(mail: Mail) -> None:
    for priority in Priority:
        await mail.put_one(priority=priority)

    assert len(await mail.claim(limit=2)) == 2
    assert len(await mail.claim(limit=2)) == 1


@pytest.mark.parametrize(("kind", "doubts"), [(TargetKind.PERSON, 1), (TargetKind.WEBHOOK, 0)])
@pytest.mark.parametrize("died", ["elsewhere", "here"])
async def test_what_was_being_sent_when_its_sender_died_is_a_doubt_for_persons(
    mail: Mail, kind: TargetKind, doubts: int, died: str
) -> None:
    await mail.put(Target(delivery_id=7, kind=kind, name=mail.uids["amy"]))
    (sent,) = await mail.elsewhere.claim(now=NOW, limit=1, lease=LEASE)
    if kind is TargetKind.PERSON:
        assert await mail.elsewhere.depart(sent, repeats=False, now=NOW, lease=LEASE)

    if died == "here":
        await mail.outbox.release(now=NOW + LEASE)
    taken = await mail.claimed(at=NOW + LEASE)

    assert (taken.id, taken.doubts) == (7, doubts)
    assert taken.doubted_at == (NOW if doubts else None)


@pytest.mark.parametrize("died", ["elsewhere", "here"])
async def test_what_was_only_claimed_when_its_sender_died_is_no_doubt(
    mail: Mail, died: str
) -> None:
    await mail.put_one()
    await mail.elsewhere.claim(now=NOW, limit=1, lease=LEASE)

    if died == "here":
        await mail.outbox.release(now=NOW + LEASE)
    taken = await mail.claimed(at=NOW + LEASE)

    assert (taken.doubts, taken.doubted_at) == (0, None)


async def test_a_departure_prolongs_the_claim(mail: Mail) -> None:
    await mail.put_one()
    claimed = await mail.claimed()

    departed = await mail.outbox.depart(claimed, repeats=False, now=LATER, lease=LEASE)

    assert departed
    assert await mail.outbox.next_due() == LATER + LEASE


async def test_what_another_process_has_claimed_does_not_depart(mail: Mail) -> None:
    await mail.put_one()
    lost = await mail.claimed()
    await mail.elsewhere.claim(now=NOW + LEASE, limit=1, lease=LEASE)

    assert not await mail.outbox.depart(lost, repeats=False, now=NOW + LEASE, lease=LEASE)


async def test_what_was_put_off_has_not_departed_any_more(mail: Mail) -> None:
    await mail.put_one()
    claimed = await mail.claimed()
    await mail.outbox.depart(claimed, repeats=False, now=NOW, lease=LEASE)
    await mail.outbox.settle(put_off(claimed, LATER), now=NOW)

    taken = await mail.claimed(at=LATER)

    assert taken.doubts == 0


async def test_doubts_add_up_and_the_first_is_remembered(mail: Mail) -> None:
    await mail.put_one()
    unsure = put_off(await mail.claimed(), LATER, doubtful=True, attempt=tried())
    await mail.outbox.settle(unsure, now=NOW)
    certain = put_off(await mail.claimed(at=LATER), LATER, attempt=tried(-1))
    await mail.outbox.settle(certain, now=LATER)
    await mail.outbox.depart(await mail.claimed(at=LATER), repeats=False, now=LATER, lease=LEASE)

    taken = await mail.claimed(at=LATER + LEASE)

    assert (taken.doubts, taken.doubted_at, taken.attempts) == (2, NOW, 2)


async def test_each_try_is_recorded_with_its_number(mail: Mail) -> None:
    delivery_id = await mail.put_one()
    busy = tried(-1, rid="6650-1", error="busy", duration=3 * SECOND)
    await mail.outbox.settle(put_off(await mail.claimed(), NOW, attempt=busy), now=NOW)

    await mail.outbox.settle(accepted(await mail.claimed(), notes=("cut",)), now=LATER)

    shown = await mail.shown(delivery_id)
    assert shown.attempts == (busy, tried())
    assert (shown.tries, shown.way, shown.reference) == (2, "template", "m1")
    assert (shown.notes, shown.settled_at, shown.due_at) == (("cut",), LATER, None)


async def test_patience_begins_with_the_first_try_that_failed(mail: Mail) -> None:
    await mail.put_one()
    asleep = put_off(await mail.claimed(), NOW + HOUR, counts=False)
    await mail.outbox.settle(asleep, now=NOW)
    rested = await mail.claimed(at=NOW + HOUR)
    await mail.outbox.settle(put_off(rested, LATER, attempt=tried(-1)), now=NOW + HOUR)
    second = await mail.claimed(at=NOW + 2 * HOUR)
    await mail.outbox.settle(put_off(second, LATER, attempt=tried(-1)), now=NOW + 2 * HOUR)

    assert rested.since is None
    third = await mail.claimed(at=NOW + 3 * HOUR)
    assert (third.since, third.attempts) == (NOW + HOUR, 2)


@pytest.mark.parametrize("failure", ["", "failed:user block"])
@pytest.mark.parametrize("early", [False, True])
async def test_a_receipt_decides_whenever_it_comes(mail: Mail, failure: str, early: bool) -> None:
    delivery_id = await mail.put_one()
    claimed = await mail.claimed()

    if early:
        found = await mail.deliveries.receipt("wx1", "o-amy", "m1", failure, now=NOW)
    told = await mail.outbox.settle(accepted(claimed), now=LATER)
    if not early:
        found = await mail.deliveries.receipt("wx1", "o-amy", "m1", failure, now=LATER)

    shown = await mail.shown(delivery_id)
    assert (found, told) == ((None, failure) if early else (delivery_id, None))
    assert (shown.state, shown.reason) == (
        DeliveryState.DEAD if failure else DeliveryState.DELIVERED,
        failure,
    )


async def test_a_receipt_of_another_account_user_or_message_is_nobodys(mail: Mail) -> None:
    delivery_id = await mail.put_one()
    await mail.outbox.settle(accepted(await mail.claimed()), now=NOW)

    others = [
        await mail.deliveries.receipt(appid, openid, msgid, "failed", now=NOW)
        for appid, openid, msgid in [
            ("wx2", "o-amy", "m1"),
            ("wx1", "o-amy", "m2"),
            ("wx1", "o-bob", "m1"),
        ]
    ]
    again = [await mail.deliveries.receipt("wx1", "o-amy", "m1", "", now=NOW) for _ in range(2)]

    assert (others, again) == ([None] * 3, [delivery_id, None])
    assert (await mail.shown(delivery_id)).state is DeliveryState.DELIVERED


async def test_an_early_receipt_of_another_user_is_nobodys(mail: Mail) -> None:
    delivery_id = await mail.put_one()
    claimed = await mail.claimed()
    await mail.deliveries.receipt("wx1", "o-bob", "m1", "failed:user block", now=NOW)

    told = await mail.outbox.settle(accepted(claimed), now=LATER)

    assert told is None
    assert (await mail.shown(delivery_id)).state is DeliveryState.ACCEPTED


async def test_an_unreachable_person_is_marked_and_gets_no_further_messages(mail: Mail) -> None:
    first = await mail.put_one()
    claimed = await mail.claimed()
    waiting, bobs = await mail.put_one(), await mail.put_one("bob")

    await mail.outbox.settle(dead(claimed, unreachable=True), now=LATER)

    amy = await mail.subscribers.by_uid(mail.uids["amy"])
    assert amy is not None
    assert amy.trouble == "refused"
    assert (await mail.shown(first)).errcode == 43101
    assert (await mail.shown(waiting)).state is DeliveryState.CANCELLED
    assert (await mail.shown(waiting)).reason == "refused"
    assert (await mail.shown(bobs)).state is DeliveryState.PENDING


@pytest.mark.parametrize("outcome", [accepted, dead])
async def test_a_repeat_is_marked_however_it_ends(
    mail: Mail, outcome: Callable[[Delivery], Settled]
) -> None:
    delivery_id = await mail.put_one()
    await mail.outbox.depart(await mail.claimed(), repeats=True, now=NOW, lease=LEASE)
    again = await mail.claimed(at=NOW + LEASE)
    await mail.outbox.depart(again, repeats=False, now=NOW + LEASE, lease=LEASE)

    await mail.outbox.settle(outcome(again), now=NOW + LEASE)

    assert (await mail.shown(delivery_id)).duplicate


async def test_a_late_outcome_of_a_lost_claim_does_not_decide(mail: Mail) -> None:
    delivery_id = await mail.put_one()
    lost = await mail.claimed()
    await mail.elsewhere.claim(now=NOW + LEASE, limit=1, lease=LEASE)

    await mail.outbox.settle(dead(lost), now=NOW + LEASE)

    assert (await mail.shown(delivery_id)).state is DeliveryState.SENDING


@pytest.mark.parametrize(
    ("change", "purpose", "takes"),
    [
        ("", "message", True),
        ("blocked", "message", False),
        ("muted", "message", False),
        ("gone", "message", False),
        ("gone", "reply", True),
        ("blocked", "reply", False),
    ],
)
async def test_who_takes_what(mail: Mail, change: str, purpose: str, takes: bool) -> None:
    (theirs,) = await mail.subscriptions.of_person(mail.uids["amy"])
    match change:
        case "blocked":
            await mail.subscriptions.set_blocked(theirs.id, blocked=True)
        case "muted":
            await mail.subscriptions.set_muted(theirs.id, muted=True)
        case "gone":
            await mail.subscriptions.remove(theirs.id)

    await mail.put_one(content=Content(title="hi", purpose=purpose))

    assert (await mail.claimed()).takes is takes


async def test_more_than_one_query_holds_are_claimed_whole(mail: Mail) -> None:
    for _ in range(2):
        await mail.put(*(mail.target(f"stranger{number}") for number in range(70)))
    await mail.put_one()

    claimed = await mail.claim(limit=150)

    assert len(claimed) == 141
    assert all(row.message for row in claimed)
    assert sum(row.receiver is not None for row in claimed) == 1


async def test_messages_that_died_today_are_counted_by_cause_until_they_are_replayed(
    mail: Mail,
) -> None:
    today = NOW + 30 * HOUR
    for at, errcode in ((NOW, 43101), (today, 43101), (today, 43101), (today, 40037)):
        await mail.put_one(at=at)
        await mail.outbox.settle(dead(await mail.claimed(at=at), errcode), now=at)

    before = await SqlCensus(mail.database).census(now=today + SECOND)
    await mail.deliveries.replay(DeliveryFilter(errcode=43101), limit=10, now=today)
    after = await SqlCensus(mail.database).census(now=today + SECOND)

    assert [(it.channel, it.errcode, it.deliveries, it.last) for it in before.dead] == [
        ("person", 40037, 1, today),
        ("person", 43101, 2, today),
    ]
    assert [it.errcode for it in after.dead] == [40037]
