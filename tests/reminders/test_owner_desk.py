"""An owner is reminded again, deletes a reminder, and takes that back for a minute."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.reminders.remembering import DAY, MINUTE, Memory, at
from tests.stores.suite import VAULT
from wechat_scheduler.delivery.model import Priority, Way
from wechat_scheduler.errors import ConflictError, NotFoundError
from wechat_scheduler.reminders.model import Late, Reminder, ReminderState, said_again
from wechat_scheduler.reminders.owner_desk import OwnerDesk

EIGHT = at("2026-11-19T08:00")


@pytest.fixture
def owners(memory: Memory) -> OwnerDesk:
    return OwnerDesk(memory.desk, memory.store, vault=VAULT, clock=memory.clock, wake=memory.wake)


async def told(memory: Memory) -> list[tuple[str, str]]:
    """Receiver and time of every message, by time."""
    found = [
        (view.message.content.data["time"][-5:], each.target)
        for each in await memory.deliveries()
        if (view := await memory.messages.message(each.message_id))
    ]
    return sorted(found)


async def test_a_reminder_that_is_over_is_put_off(memory: Memory, owners: OwnerDesk) -> None:
    reminder = await memory.create(EIGHT, owner="UID_o", people=(), defer=-5 * MINUTE)
    await memory.run(EIGHT)

    again = await owners.again(reminder.id, EIGHT + 10 * MINUTE)

    assert (again.id, again.state, again.due_at) == (
        reminder.id,
        ReminderState.ACTIVE,
        EIGHT + 10 * MINUTE,
    )
    await memory.run(EIGHT + DAY)
    assert await told(memory) == [("08:00", "UID_o"), ("08:10", "UID_o")]


async def test_of_a_reminder_that_goes_on_the_owner_gets_one_more(
    memory: Memory, owners: OwnerDesk
) -> None:
    reminder = await memory.create(EIGHT, rule="FREQ=DAILY", owner="UID_o", people=())
    await memory.run(EIGHT)

    again = await owners.again(reminder.id, EIGHT + 10 * MINUTE)

    await memory.run(EIGHT + DAY)
    assert again.id != reminder.id
    assert await told(memory) == [("08:00", "UID_o"), ("08:00", "UID_o"), ("08:10", "UID_o")]
    assert (await memory.desk.reminder(reminder.id)).rule == "FREQ=DAILY"


def test_what_is_said_again_keeps_its_words_and_nothing_of_its_time() -> None:
    words: dict[str, Any] = {
        "title": "tea",
        "detail": "green",
        "url": "https://a.example",
        "way": Way.TEXT,
    }
    urgent: dict[str, Any] = {"app_id": 7, "priority": Priority.URGENT} | words
    over = Reminder(
        **urgent,
        source="wecron",
        owner="UID_o",
        start=EIGHT,
        rule="FREQ=DAILY",
        defer=MINUTE,
        due_at=EIGHT,
        state=ReminderState.DONE,
        late=Late.ALL,
        grace=DAY,
        topics=(5,),
        slot=3,
        mark="m",
        set_aside="it crashed",
        fired=4,
        missed=5,
        last_at=EIGHT,
        ended_at=EIGHT,
        created_at=EIGHT,
        revision=6,
    )

    again = said_again(
        over,
        copy_id="c",
        source="again",
        owner="UID_a",
        at=EIGHT + DAY,
        zone="Asia/Tokyo",
        now=EIGHT,
    )

    assert again == Reminder(
        **urgent,
        id="c",
        source="again",
        owner="UID_a",
        start=EIGHT + DAY,
        zone="Asia/Tokyo",
        created_at=EIGHT,
    )


@pytest.mark.parametrize("shared", [{"people": ("UID_a",)}, {"people": (), "topics": (5,)}])
async def test_only_the_owner_of_a_shared_reminder_is_reminded_again(
    memory: Memory, owners: OwnerDesk, shared: dict[str, tuple[str, ...]]
) -> None:
    reminder = await memory.create(EIGHT, owner="UID_o", **shared)
    await memory.run(EIGHT)

    await owners.again(reminder.id, EIGHT + 10 * MINUTE)

    await memory.run(EIGHT + DAY)
    assert [one for time, one in await told(memory) if time == "08:10"] == ["UID_o"]


async def test_a_button_that_is_pressed_twice_reminds_once(
    memory: Memory, owners: OwnerDesk
) -> None:
    reminder = await memory.create(EIGHT, rule="FREQ=DAILY", owner="UID_o")
    later = EIGHT + 10 * MINUTE

    first, second, third = [
        await owners.again(reminder.id, moment)
        for moment in (later, later + timedelta(seconds=1), later + MINUTE)
    ]

    assert first == second
    assert third.id != first.id


async def test_a_deletion_is_taken_back_whole(memory: Memory, owners: OwnerDesk) -> None:
    reminder = await memory.create(
        EIGHT, rule="FREQ=DAILY;COUNT=3", owner="UID_o", people=("UID_a", "UID_b"), topics=(5,)
    )
    await memory.run(EIGHT)
    before = await memory.desk.reminder(reminder.id)

    sealed = await owners.delete(reminder.id)
    with pytest.raises(NotFoundError):
        await memory.desk.reminder(reminder.id)
    memory.clock.advance(MINUTE)
    restored = await owners.restore(reminder.id, sealed)

    assert restored == (replace(before, revision=0), None)
    assert await memory.desk.people(reminder.id) == (("UID_a", "UID_b"), 2)
    await memory.run(EIGHT + DAY)
    assert (await memory.desk.reminder(reminder.id)).fired == 2


async def test_what_fell_due_while_it_was_deleted_is_sent(
    memory: Memory, owners: OwnerDesk
) -> None:
    reminder = await memory.create(EIGHT, owner="UID_o", people=())
    memory.clock.advance_to(EIGHT - MINUTE / 2)
    sealed = await owners.delete(reminder.id)
    await memory.run(EIGHT)

    await owners.restore(reminder.id, sealed)
    await memory.loop.run_once()

    assert await told(memory) == [("08:00", "UID_o")]


async def test_a_deletion_is_taken_back_once(memory: Memory, owners: OwnerDesk) -> None:
    reminder = await memory.create(EIGHT, owner="UID_o", people=())
    sealed = await owners.delete(reminder.id)
    await owners.restore(reminder.id, sealed)
    changed = await memory.desk.change(reminder.id, lambda draft: replace(draft, title="施肥"))

    assert await owners.restore(reminder.id, sealed) == (changed, changed)


async def test_a_deletion_is_taken_back_for_a_minute_only(
    memory: Memory, owners: OwnerDesk, clock: FakeClock
) -> None:
    reminder = await memory.create(EIGHT, owner="UID_o")
    sealed = await owners.delete(reminder.id)
    clock.advance(MINUTE + timedelta(seconds=1))

    with pytest.raises(ConflictError):
        await owners.restore(reminder.id, sealed)


async def test_what_was_not_deleted_here_does_not_come_back(
    memory: Memory, owners: OwnerDesk
) -> None:
    cases = ["", "x", "s1.0.AAAA", VAULT.seal("{}", "deleted reminder")]

    for sealed in cases:
        with pytest.raises(NotFoundError):
            await owners.restore("0" * 32, sealed)


async def test_the_deletion_of_another_reminder_is_not_taken_back(
    memory: Memory, owners: OwnerDesk
) -> None:
    mine: Reminder = await memory.create(EIGHT, owner="UID_o")
    other = await memory.create(EIGHT, owner="UID_p")
    sealed = await owners.delete(other.id)

    with pytest.raises(NotFoundError):
        await owners.restore(mine.id, sealed)
