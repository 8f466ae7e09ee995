"""Messages are stored once, looked up, replayed, cancelled and deleted."""

from typing import Any

import pytest

from tests.clock import FakeClock
from tests.reminders.remembering import Memory
from tests.stores.mailing import Mail, accepted, dead, put_off, tried
from tests.stores.samples import HOUR, LEASE, NOW, SECOND
from tests.stores.suite import VAULT
from wechat_scheduler.access.once import Once, RepeatedError
from wechat_scheduler.audience.model import Topic
from wechat_scheduler.delivery.model import (
    Content,
    DeliveryState,
    Priority,
    Settled,
    Target,
    TargetKind,
)
from wechat_scheduler.delivery.views import DeliveryFilter
from wechat_scheduler.errors import ConflictError
from wechat_scheduler.storage.audience.topics import SqlTopics
from wechat_scheduler.storage.database import Statement, rows_of
from wechat_scheduler.storage.delivery import delivery_lists
from wechat_scheduler.storage.rows import micros

LATER = NOW + SECOND
EVERYTHING = DeliveryFilter()
REMINDER = "0" * 32


async def test_a_message_is_claimed_as_it_was_put(mail: Mail) -> None:
    content = Content(title="价格", text="99 元", data={"k": "v"}, url="http://shop")

    message = await mail.put(
        mail.target("amy"), content=content, notes=("cut",), priority=Priority.BULK,
        expires_at=NOW + HOUR,
    )  # fmt: skip

    claimed = await mail.claimed()
    assert claimed.message == message
    assert claimed.receiver is not None
    assert (claimed.receiver.openid, claimed.takes) == ("o-amy", True)


async def test_nothing_is_sent_before_its_time(mail: Mail) -> None:
    await mail.put_one(not_before=LATER)

    assert await mail.claim() == []
    assert await mail.outbox.next_due() == LATER
    assert len(await mail.claim(at=LATER)) == 1


async def test_a_person_named_twice_is_delivered_to_once(mail: Mail) -> None:
    message = await mail.put(mail.target("amy"), mail.target("amy"), mail.target("bob"))
    topic = Target(delivery_id=99, kind=TargetKind.TOPIC, name="0")
    await mail.put(topic)
    (spreading,) = [row for row in await mail.claim() if row.channel == "topic"]

    for _ in range(2):
        people = [mail.target("amy"), mail.target("bob")]
        assert await mail.messages.spread(spreading, people, now=NOW, until=LATER)

    assert await mail.states(message_id=message.id) == [DeliveryState.SENDING] * 2
    assert len(await mail.states(uid=mail.uids["amy"])) == 2


async def test_a_spread_that_is_interrupted_goes_on_after_the_last_page(mail: Mail) -> None:
    topic = Target(delivery_id=99, kind=TargetKind.TOPIC, name="0")
    await mail.put(topic)
    first = await mail.claimed()
    amy = mail.target("amy")

    await mail.messages.spread(first, [amy], now=NOW, until=NOW + HOUR)

    assert 99 not in {row.id for row in await mail.claim(at=NOW + LEASE)}
    again = {row.id: row for row in await mail.claim(at=NOW + HOUR)}[99]
    assert (first.reached, again.reached) == ("", amy.name)


async def test_a_spread_whose_claim_ran_out_stores_nothing(mail: Mail) -> None:
    await mail.put(Target(delivery_id=99, kind=TargetKind.TOPIC, name="0"))
    lost = await mail.claimed()
    await mail.claimed(at=NOW + LEASE)

    stored = await mail.messages.spread(lost, [mail.target("amy")], now=NOW, until=NOW + HOUR)

    assert not stored
    assert await mail.states() == [DeliveryState.SENDING]


async def test_a_spread_that_is_replayed_begins_anew(mail: Mail) -> None:
    await mail.put(Target(delivery_id=99, kind=TargetKind.TOPIC, name="0"))
    spreading = await mail.claimed()
    await mail.messages.spread(spreading, [mail.target("amy")], now=NOW, until=NOW + HOUR)
    await mail.outbox.settle(dead(spreading), now=NOW)

    await mail.deliveries.replay(DeliveryFilter(ids=(99,)), limit=1, now=NOW)

    again = {row.id: row for row in await mail.claim()}[99]
    assert again.reached == ""


async def test_the_same_message_again_changes_nothing(mail: Mail) -> None:
    target = mail.target("amy")
    message = await mail.put(target)
    await mail.outbox.settle(accepted(await mail.claimed()), now=NOW)

    await mail.put(mail.target("bob"), id=message.id)

    assert await mail.states() == [DeliveryState.ACCEPTED]


async def test_a_request_that_comes_again_is_answered_and_not_repeated(mail: Mail) -> None:
    once = Once(scope="k", key="1", digest="d", response="first")
    await mail.put_one(once=once)

    with pytest.raises(RepeatedError) as caught:
        await mail.put_one(once=Once(scope="k", key="1", digest="d", response="second"))
    with pytest.raises(ConflictError):
        await mail.put_one(once=Once(scope="k", key="1", digest="other", response="x"))

    assert caught.value.response == "first"
    assert len(await mail.states()) == 1


async def test_what_failed_is_replayed_as_if_new(mail: Mail) -> None:
    delivery_id = await mail.put_one()
    await mail.outbox.settle(put_off(await mail.claimed(), NOW, attempt=tried(-1)), now=NOW)
    await mail.outbox.settle(dead(await mail.claimed(), unreachable=True), now=NOW)
    gone = await mail.subscribers.by_uid(mail.uids["amy"])

    replayed = await mail.deliveries.replay(EVERYTHING, limit=10, now=LATER)

    again = await mail.claimed(at=LATER)
    shown = await mail.shown(delivery_id)
    assert gone is not None
    assert gone.trouble == "refused"
    assert replayed == [delivery_id]
    assert (again.attempts, again.since, again.doubts) == (0, None, 0)
    assert again.receiver is not None
    assert again.receiver.trouble == ""
    assert (shown.reason, shown.errcode, shown.tries) == ("", None, 2)


async def test_what_was_cancelled_before_its_time_is_replayed_at_its_time(mail: Mail) -> None:
    delivery_id = await mail.put_one(not_before=NOW + HOUR)
    wanted = DeliveryFilter(ids=(delivery_id,))

    await mail.deliveries.cancel(wanted, reason="no", limit=1, now=NOW)
    await mail.deliveries.replay(wanted, limit=1, now=NOW)

    assert (await mail.shown(delivery_id)).due_at == NOW + HOUR


async def test_what_is_done_or_under_way_is_neither_replayed_nor_cancelled(mail: Mail) -> None:
    await mail.put_one()
    await mail.outbox.settle(accepted(await mail.claimed()), now=NOW)
    await mail.put_one("bob")
    await mail.claimed()

    replayed = await mail.deliveries.replay(EVERYTHING, limit=10, now=NOW)
    cancelled = await mail.deliveries.cancel(EVERYTHING, reason="no more", limit=10, now=NOW)

    assert (replayed, cancelled) == ([], [])


@pytest.mark.parametrize(
    ("wanted", "changed"),
    [
        ({}, "abc"),
        ({"errcode": 43101}, "a"),
        ({"state": DeliveryState.DEAD}, "a"),
        ({"state": DeliveryState.CANCELLED}, "bc"),
        ({"since": LATER}, "c"),
        ({"until": LATER}, "ab"),
        ({"since": NOW, "until": LATER, "state": DeliveryState.CANCELLED}, "b"),
        ({"state": DeliveryState.DELIVERED}, ""),
        ({"within": ()}, ""),
        ({"within": (1, 2)}, ""),
        ({"reminder": REMINDER}, "c"),
        ({"reminder": REMINDER, "errcode": 43101}, ""),
    ],
)
async def test_a_filter_chooses_what_is_listed_and_what_is_replayed(
    mail: Mail, wanted: dict[str, Any], changed: str
) -> None:
    names = {await mail.put_one(): "a"}
    await mail.outbox.settle(dead(await mail.claimed()), now=NOW)
    names[await mail.put_one("bob")] = "b"
    of_reminder = Content(title="hi", reminder=REMINDER)
    names[await mail.put_one("bob", at=LATER, content=of_reminder)] = "c"
    await mail.deliveries.cancel(EVERYTHING, reason="no", limit=10, now=NOW)

    chosen = DeliveryFilter(**wanted)
    listed = await mail.deliveries.deliveries(chosen, after=0, limit=10)
    announced = await mail.deliveries.replayable(chosen, limit=10)
    replayed = await mail.deliveries.replay(chosen, limit=10, now=LATER)

    for found in (replayed, announced, [one.id for one in listed]):
        assert "".join(sorted(names[one] for one in found)) == changed


async def test_what_reminders_sent_last_is_counted_for_many_of_them_at_once(mail: Mail) -> None:
    memory = Memory(mail.database, FakeClock())
    rang, silent = [(await memory.create(NOW + HOUR, title=title)).id for title in ("tea", "tax")]
    last = Statement("UPDATE reminders SET last_at = $1 WHERE id = $2", (micros(LATER), rang))
    await mail.database.write(lambda: rows_of(last))
    content = Content(title="hi", reminder=rang)
    await mail.put(mail.target("amy"), content=content)
    await mail.outbox.settle(dead(await mail.claimed()), now=NOW)
    await mail.put(mail.target("amy"), mail.target("bob"), at=LATER, content=content)
    await mail.put_one(at=LATER)
    many = [f"{number:032x}" for number in range(100)]

    counts = await mail.deliveries.sent_last([*many, silent, rang])

    assert counts == {rang: {DeliveryState.PENDING: 2}}
    assert await mail.deliveries.sent_last([]) == {}


async def test_what_would_be_cancelled_is_told_before(mail: Mail) -> None:
    waiting = await mail.put_one("bob", not_before=NOW + HOUR)
    await mail.put_one()
    await mail.claimed()

    announced = await mail.deliveries.cancellable(EVERYTHING, limit=10)
    cancelled = await mail.deliveries.cancel(EVERYTHING, reason="no", limit=10, now=NOW)

    assert announced == cancelled == [waiting]


async def test_of_one_person_only_what_waits_is_cancelled_and_only_what_failed_is_sent_again(
    mail: Mail,
) -> None:
    amys, bobs = await mail.put_one(), await mail.put_one("bob")
    of_amy, of_none = DeliveryFilter(uid=mail.uids["amy"]), DeliveryFilter(uid="UID_none")

    cancelled = [
        await mail.deliveries.cancel(wanted, reason="no", limit=10, now=NOW)
        for wanted in (of_none, of_amy, of_amy)
    ]
    replayed = [
        await mail.deliveries.replay(wanted, limit=10, now=NOW)
        for wanted in (of_none, of_amy, of_amy)
    ]

    assert cancelled == replayed == [[], [amys], []]
    assert (await mail.shown(bobs)).state is DeliveryState.PENDING


async def test_many_deliveries_of_a_span_of_time_are_listed_as_few_are(
    mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [await mail.put_one(at=NOW + number * SECOND) for number in range(5)]
    wanted = DeliveryFilter(since=LATER, until=NOW + 4 * SECOND, app_id=mail.app.id)

    found = []
    for most in (9, 2):
        monkeypatch.setattr(delivery_lists, "MOST_SORTED", most)
        first = await mail.deliveries.deliveries(wanted, after=0, limit=2)
        rest = await mail.deliveries.deliveries(wanted, after=first[-1].id, limit=2)
        found.append([one.id for one in (*first, *rest)])

    assert found == [ids[3:0:-1]] * 2


async def test_bulk_changes_come_in_portions(mail: Mail) -> None:
    message = await mail.put(mail.target("amy"), mail.target("bob"))
    one = DeliveryFilter(message_id=message.id)

    portions = [
        await mail.deliveries.cancel(one, reason="no more", limit=1, now=NOW) for _ in range(3)
    ]

    assert [len(portion) for portion in portions] == [1, 1, 0]
    assert await mail.states(state=DeliveryState.CANCELLED) == [DeliveryState.CANCELLED] * 2
    assert await mail.outbox.next_due() is None


async def test_deliveries_are_listed_newest_first_in_pages(mail: Mail) -> None:
    ids = [await mail.put_one(at=NOW + number * SECOND) for number in range(4)]
    message = await mail.put(mail.target("amy"), mail.target("bob"), at=NOW - SECOND)
    oldest = await mail.deliveries.deliveries(
        DeliveryFilter(message_id=message.id), after=0, limit=9
    )

    first = await mail.deliveries.deliveries(EVERYTHING, after=0, limit=3)
    second = await mail.deliveries.deliveries(EVERYTHING, after=first[-1].id, limit=2)
    third = await mail.deliveries.deliveries(EVERYTHING, after=second[-1].id, limit=2)

    expected = [*reversed(ids), *(view.id for view in oldest)]
    assert [view.id for view in (*first, *second, *third)] == expected


async def test_a_delivery_shows_the_title_and_the_apps_name_for_the_person(mail: Mail) -> None:
    parcel = await mail.put(mail.target("amy"), content=Content(title="Parcel", text="here"))
    filled = await mail.put(mail.target("bob"), content=Content(template="T17", data={"k": "v"}))
    await mail.messages.retract(filled.id, now=NOW)

    found = await mail.deliveries.deliveries(EVERYTHING, after=0, limit=9)

    shown = {view.message_id: (view.title, view.person) for view in found}
    assert shown == {parcel.id: ("Parcel", "amy"), filled.id: ("", "bob")}


async def test_messages_are_listed_newest_first_in_pages(mail: Mail) -> None:
    ids = [(await mail.put(mail.target("amy"), at=NOW + number * SECOND)).id for number in range(4)]

    first = await mail.deliveries.messages(EVERYTHING, after=0, limit=3)
    rest = await mail.deliveries.messages(EVERYTHING, after=first[-1].id, limit=3)

    assert [one.id for one in (*first, *rest)] == ids[::-1]


async def test_a_listed_message_names_its_only_receiver_and_counts_several(mail: Mail) -> None:
    content = Content(template="T17", data={"k": "v"})
    alone = await mail.put(mail.target("amy"), content=content)
    await mail.put(mail.target("amy"), mail.target("bob"), at=LATER)

    several, one = await mail.deliveries.messages(EVERYTHING, after=0, limit=9)

    assert (one.id, one.title, one.person) == (alone.id, "T17", "amy")
    assert (one.target, one.counts) == (mail.uids["amy"], {DeliveryState.PENDING: 1})
    assert (several.person, several.target) == ("", "")
    assert several.counts == {DeliveryState.PENDING: 2}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, "ba"),
        ({"uid": "UID_none"}, ""),
        ({"since": LATER}, "b"),
        ({"until": LATER}, "a"),
        ({"app_id": 1}, ""),
        ({"within": ()}, ""),
    ],
)
async def test_a_filter_chooses_the_messages_that_are_listed(
    mail: Mail, wanted: dict[str, Any], found: str
) -> None:
    names = {}
    for number, name in enumerate(("amy", "bob")):
        message = await mail.put(mail.target(name), at=NOW + number * SECOND)
        names[message.id] = name[0]

    listed = await mail.deliveries.messages(DeliveryFilter(**wanted), after=0, limit=9)
    of_bob = await mail.deliveries.messages(DeliveryFilter(uid=mail.uids["bob"]), after=0, limit=9)

    assert "".join(names[one.id] for one in listed) == found
    assert [names[one.id] for one in of_bob] == ["b"]


async def test_a_message_counts_its_deliveries_by_state(mail: Mail) -> None:
    message = await mail.put(mail.target("amy"), mail.target("bob"))
    (first, _) = await mail.claim()
    await mail.outbox.settle(accepted(first), now=NOW)

    view = await mail.messages.message(message.id)
    same = await mail.messages.message_of(first.id)

    assert view is not None
    assert view == same
    assert view.counts == {DeliveryState.ACCEPTED: 1, DeliveryState.SENDING: 1}


async def test_what_was_retracted_is_said_to_be(mail: Mail) -> None:
    message = await mail.put(mail.target("amy"))

    known = [await mail.messages.retract(one, now=NOW) for one in (message.id, 12345)]

    view = await mail.messages.message(message.id)
    assert known == [True, False]
    assert view is not None
    assert view.retracted


async def test_a_claim_that_ran_out_is_shown_as_sending_until_it_is_taken_over(mail: Mail) -> None:
    delivery_id = await mail.put_one()
    await mail.claimed()

    assert (await mail.shown(delivery_id)).state is DeliveryState.SENDING
    assert await mail.outbox.next_due() == NOW + LEASE


async def test_what_was_sent_on_to_a_topic_is_counted_by_people_and_names_the_topic(
    mail: Mail,
) -> None:
    topic = Topic(id=71, app_id=mail.app.id, name="news", description="", created_at=NOW)
    await SqlTopics(mail.database, VAULT).add(topic, once=None)
    whole = Target(delivery_id=1001, kind=TargetKind.TOPIC, name="71")
    message = await mail.put(whole)
    waiting = await mail.messages.message(message.id)
    delivery = await mail.claimed()
    people = [mail.target("amy"), mail.target("bob")]
    await mail.messages.spread(delivery, people, now=NOW, until=LATER)
    spread = await mail.messages.message(message.id)
    (so_far,) = await mail.deliveries.messages(EVERYTHING, after=0, limit=9)
    sent_on = Settled(delivery=delivery, state=DeliveryState.DELIVERED)
    await mail.outbox.settle(sent_on, now=NOW)

    view = await mail.messages.message(message.id)
    (listed,) = await mail.deliveries.messages(EVERYTHING, after=0, limit=9)
    await mail.put(Target(delivery_id=1002, kind=TargetKind.TOPIC, name="71"), at=LATER)
    (again,) = [one for one in await mail.claim(at=LATER) if one.id == 1002]
    await mail.messages.spread(again, [mail.target("amy")], now=LATER, until=LATER + SECOND)
    sent_on = Settled(delivery=again, state=DeliveryState.DELIVERED)
    await mail.outbox.settle(sent_on, now=LATER)
    alone, _ = await mail.deliveries.messages(EVERYTHING, after=0, limit=9)

    assert (alone.person, listed.person) == ("amy", "")
    assert waiting is not None
    assert view is not None
    assert spread is not None
    told = [one.spreading for one in (waiting, spread, so_far, view, listed)]
    assert told == [True, True, True, False, False]
    assert waiting.counts == {DeliveryState.PENDING: 1}
    assert view.counts == listed.counts == {DeliveryState.PENDING: 2}
    assert (await mail.shown(1001)).topic == "news"
    assert (await mail.shown(people[0].delivery_id)).topic == ""
