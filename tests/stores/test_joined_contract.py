"""The people who joined reminders: joined and left one by one, and never carried whole."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.clock import FakeClock
from tests.reminders.remembering import LEASE, MINUTE, Memory
from tests.stores.samples import NOW
from wechat_scheduler.delivery.model import TargetKind
from wechat_scheduler.reminders.firing import fire
from wechat_scheduler.reminders.model import PeopleChange, Reminder
from wechat_scheduler.storage.audience.joined import of_removed
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.reminders.due_reminders import MOST_AT_ONCE
from wechat_scheduler.storage.upkeep.retention import forgetting

SOON = NOW + MINUTE
CROWD = tuple(f"UID_{number:03}" for number in range(MOST_AT_ONCE + 1))


@pytest.fixture
def memory(database: Database) -> Memory:
    return Memory(database, FakeClock())


async def test_an_edit_leaves_those_alone_whom_it_does_not_name(memory: Memory) -> None:
    reminder = await memory.create(SOON, people=("UID_a", "UID_b", "UID_c"))
    await memory.desk.join(reminder.id, "UID_d")

    change = PeopleChange(join=("UID_c", "UID_e", "UID_a"), leave=("UID_b", "UID_x"))
    await memory.desk.change(reminder.id, lambda stored: stored, change)

    people = await memory.desk.people(reminder.id)
    assert people.uids == ("UID_c", "UID_e", "UID_a", "UID_d")
    assert await memory.desk.named(reminder.id) == ["UID_c", "UID_e", "UID_a"]


async def test_those_who_came_by_themselves_stay_so_when_they_are_named(memory: Memory) -> None:
    reminder = await memory.create(SOON, people=("UID_a",))
    guest = PeopleChange(join=("UID_a", "UID_b"))

    await memory.desk.change_people(reminder, guest)
    await memory.desk.change(reminder.id, lambda stored: stored, guest)

    assert await memory.desk.named(reminder.id) == ["UID_a"]
    assert await memory.desk.has_joined(reminder.id, "UID_b")


async def test_no_one_who_joins_while_a_reminder_is_edited_is_lost(memory: Memory) -> None:
    reminder = await memory.create(SOON, people=("UID_a",))
    uids = [f"UID_{number}" for number in range(40)]
    # The edit names some who join by themselves at the same moment.
    change = PeopleChange(join=("UID_a", *uids[:9]))

    async with asyncio.TaskGroup() as group:
        for number, uid in enumerate(uids):
            group.create_task(memory.desk.join(reminder.id, uid))
            guest = PeopleChange(join=(uid,))
            group.create_task(memory.desk.change_people(reminder, guest))
            if number % 10 == 0:
                group.create_task(memory.store.change(reminder, change))

    assert {*await everyone(memory, reminder)} == {"UID_a", *uids}


async def test_any_number_of_edits_at_once_succeed(memory: Memory) -> None:
    reminder = await memory.create(SOON)

    async with asyncio.TaskGroup() as group:
        for number in range(30):
            group.create_task(
                memory.desk.change(
                    reminder.id, lambda stored: replace(stored, detail=stored.detail + "x")
                )
            )
            if number % 10 == 0:
                group.create_task(memory.desk.pause(reminder.id))

    assert (await memory.desk.reminder(reminder.id)).detail == "x" * 30


async def test_a_crowd_is_counted_and_its_first_are_shown(memory: Memory) -> None:
    many = await memory.create(SOON, people=CROWD)
    few = await memory.create(SOON, people=("UID_z", "UID_a"))
    none = await memory.create(SOON, people=())

    found = await memory.store.people([many.id, few.id, none.id], most=2)

    assert found == {many.id: (CROWD[:2], len(CROWD)), few.id: (("UID_z", "UID_a"), 2)}


async def test_those_who_joined_are_listed_in_pages(memory: Memory) -> None:
    reminder = await memory.create(SOON, people=("UID_c", "UID_a", "UID_b"))

    pages = [
        await memory.desk.people_page(reminder.id, after=after, limit=2)
        for after in ("", "UID_b", "UID_c")
    ]

    assert pages == [["UID_a", "UID_b"], ["UID_c"], []]


async def test_a_crowd_is_not_claimed_with_its_reminder(memory: Memory) -> None:
    sizes = {MOST_AT_ONCE + 1: None, MOST_AT_ONCE: CROWD[:-1], 0: ()}
    for size in sizes:
        await memory.create(SOON, title=str(size), people=CROWD[:size])

    claimed = await memory.due.claim(now=SOON, limit=9, lease=LEASE)

    assert {int(each.reminder.title): each.people for each in claimed} == sizes


async def test_a_crowd_gets_one_delivery_that_is_spread(memory: Memory) -> None:
    reminder = await memory.create(SOON, owner="UID_o", people=CROWD)
    (claimed,) = await memory.due.claim(now=SOON, limit=9, lease=LEASE)

    await memory.due.finish(fire(claimed, SOON), now=SOON)

    targets = {(each.channel, each.target) for each in await memory.deliveries()}
    assert targets == {
        (TargetKind.PERSON.value, "UID_o"),
        (TargetKind.PARTICIPANTS.value, reminder.id),
    }


async def test_those_who_joined_a_removed_reminder_are_forgotten_in_parts(memory: Memory) -> None:
    removed = [await memory.create(SOON, people=CROWD[:3]) for _ in range(2)]
    stays = await memory.create(SOON, people=CROWD[:3])
    for each in removed:
        await memory.store.remove(each.id, now=NOW)

    forget = forgetting(memory.database, of_removed)
    early = await forget(NOW, 2)
    later = [await forget(SOON, 2) for _ in range(5)]

    assert (early, later) == (0, [2] * 4 + [0])
    left = [len(await everyone(memory, each)) for each in (*removed, stays)]
    assert left == [0, 0, 3]


async def test_those_who_joined_a_reminder_that_is_being_sent_are_not_forgotten(
    memory: Memory,
) -> None:
    reminder = await memory.create(SOON, people=CROWD)
    (claimed,) = await memory.due.claim(now=SOON, limit=9, lease=LEASE)
    await memory.due.finish(fire(claimed, SOON), now=SOON)

    await memory.store.remove(reminder.id, now=NOW)

    assert not await forgetting(memory.database, of_removed)(SOON, 99)
    assert len(await everyone(memory, reminder)) == len(CROWD)


async def test_those_who_joined_come_back_with_a_removed_reminder(memory: Memory) -> None:
    reminder = await memory.create(SOON, people=CROWD)
    await memory.store.remove(reminder.id, now=NOW)
    await memory.store.add(reminder, (), once=None)

    await forgetting(memory.database, of_removed)(SOON + timedelta(days=1), 9)

    assert len(await everyone(memory, reminder)) == len(CROWD)
    assert not await forgetting(memory.database, of_removed)(SOON + timedelta(days=1), 9)


async def everyone(memory: Memory, reminder: Reminder) -> tuple[str, ...]:
    return tuple(await memory.store.page(reminder.id, after="", limit=999))
