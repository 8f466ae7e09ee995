"""The store of reminders on both databases."""

from dataclasses import fields, replace
from datetime import datetime

import pytest

from tests.clock import FakeClock
from tests.reminders.remembering import APP, DAY, LEASE, MINUTE, Memory, draft
from tests.stores.samples import NOW
from tests.stores.suite import VAULT
from wechat_scheduler.access.once import Once, RepeatedError
from wechat_scheduler.errors import ConflictError
from wechat_scheduler.reminders.firing import fire
from wechat_scheduler.reminders.model import (
    Claimed,
    Fired,
    Late,
    PeopleChange,
    Reminder,
    ReminderState,
)
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.reminders.reminders import COLUMNS
from wechat_scheduler.storage.stored_responses import SqlStoredResponses

SOON = NOW + MINUTE
NEW_PEOPLE = PeopleChange(join=("UID_z",), leave=("UID_a",))


@pytest.fixture
def memory(database: Database) -> Memory:
    return Memory(database, FakeClock())


@pytest.fixture
def elsewhere(database: Database) -> Memory:
    return Memory(database, FakeClock(), "there")


def test_each_field_of_a_reminder_has_a_column() -> None:
    columns = {*COLUMNS.split(", ")}

    assert columns == {field.name for field in fields(Reminder)}


async def test_what_is_kept_comes_back_whole(memory: Memory) -> None:
    planned = draft(
        SOON, owner="UID_o", detail="阳台", url="https://x/", rule="FREQ=DAILY;COUNT=3",
        zone="Europe/Berlin", defer=-MINUTE / 2, late=Late.SKIP, topics=(0, 9), slot=2, mark="m",
    )  # fmt: skip
    reminder = memory.desk.plan(planned)

    added = await memory.store.add(reminder, ("UID_b", "UID_o", "UID_a"), once=None)
    again = await memory.store.add(replace(reminder, title="other"), (), once=None)

    assert (added, again) == (True, False)
    assert await memory.store.reminder(reminder.id) == reminder
    found = await memory.store.people([reminder.id, "none"], most=9)
    assert found == {reminder.id: (("UID_b", "UID_a"), 2)}


async def test_what_is_asked_for_twice_is_kept_once(memory: Memory, database: Database) -> None:
    first, second = (memory.desk.plan(draft(SOON)) for _ in range(2))
    once = Once(scope="k", key="1", digest="d", response="first")
    await memory.store.add(first, (), once=once)

    with pytest.raises(RepeatedError):
        await memory.store.add(second, (), once=replace(once, response="second"))
    with pytest.raises(ConflictError):
        await memory.store.add(second, (), once=replace(once, digest="other"))

    assert await SqlStoredResponses(database, VAULT).find("k", "1", "d") == "first"
    assert await memory.store.reminder(second.id) is None


async def test_the_longest_due_are_claimed_first_and_by_one_process(
    memory: Memory, elsewhere: Memory
) -> None:
    titles = [str(minutes) for minutes in (3, 1, 2, 9)]
    for title in titles:
        await memory.create(NOW + int(title) * MINUTE, title=title, people=(f"UID_{title}",))
    now = NOW + 5 * MINUTE

    first = await memory.due.claim(now=now, limit=2, lease=LEASE)
    second = await elsewhere.due.claim(now=now, limit=9, lease=LEASE)

    claimed = [[(each.reminder.title, each.people) for each in some] for some in (first, second)]
    assert claimed == [[("1", ("UID_1",)), ("2", ("UID_2",))], [("3", ("UID_3",))]]
    assert await memory.due.next_due() == now + LEASE
    assert [each.reminder.due_at for each in first] == [NOW + MINUTE, NOW + 2 * MINUTE]


async def test_a_claim_that_ran_out_is_taken_over_and_void(
    memory: Memory, elsewhere: Memory
) -> None:
    await memory.create(SOON)
    lost = await claim(memory, SOON)
    taken = await claim(elsewhere, SOON + LEASE)

    written = [
        await memory.due.finish(fired(lost, SOON), now=SOON),
        await elsewhere.due.finish(fired(taken, SOON), now=SOON),
    ]

    assert written == [None, []]
    assert (len(await memory.deliveries()), await memory.due.next_due()) == (1, None)


async def test_what_a_dead_process_had_claimed_is_given_back(
    memory: Memory, elsewhere: Memory
) -> None:
    await memory.create(SOON)
    await claim(memory, SOON)

    await elsewhere.due.release(now=SOON)

    assert (await claim(elsewhere, SOON)).reminder.due_at == SOON


async def test_a_change_voids_the_claim_and_a_stale_change_is_none(memory: Memory) -> None:
    reminder = await memory.create(SOON)
    claimed = await claim(memory, SOON)

    changed = await memory.store.change(replace(reminder, title="new"), NEW_PEOPLE)
    stale = await memory.store.change(replace(reminder, title="stale"), None)
    finished = await memory.due.finish(fired(claimed, SOON), now=SOON)

    assert (changed, stale, finished) == (True, False, None)
    again = await claim(memory, SOON)
    assert (again.reminder.title, again.reminder.revision, again.people) == ("new", 1, ("UID_z",))


async def test_firing_makes_an_older_change_stale(memory: Memory) -> None:
    reminder = await memory.create(SOON, rule="FREQ=DAILY")
    await memory.due.finish(fired(await claim(memory, SOON), SOON), now=SOON)

    assert not await memory.store.change(replace(reminder, title="stale"), None)
    assert await memory.due.next_due() == SOON + DAY


async def test_what_is_over_or_paused_is_not_due(memory: Memory) -> None:
    reminders = [await memory.create(SOON) for _ in range(3)]
    await memory.desk.pause(reminders[0].id)
    await memory.desk.cancel(reminders[1].id)
    await memory.desk.remove(reminders[2].id)

    assert await memory.due.claim(now=SOON, limit=9, lease=LEASE) == []
    assert await memory.due.next_due() is None


async def test_people_join_and_leave(memory: Memory) -> None:
    reminder = await memory.create(SOON, owner="UID_o", people=())
    store = memory.store

    joined = [
        await store.join(reminder.id, uid, now=NOW) for uid in ("UID_b", "UID_b", "UID_o", "UID_a")
    ]
    nowhere = await store.join("none", "UID_b", now=NOW)
    left = [await store.leave(reminder.id, "UID_b") for _ in range(2)]

    assert (joined, nowhere, left) == ([True, False, False, True], False, [True, False])
    assert await store.people([reminder.id], most=9) == {reminder.id: (("UID_a",), 1)}


async def test_people_see_theirs_and_what_they_joined_by_time(memory: Memory) -> None:
    for title, day, owner, people in (
        ("c", 3, "UID_o", ()), ("a", 1, "", ("UID_o",)), ("b", 2, "UID_o", ()), ("x", 1, "", ()),
    ):  # fmt: skip
        await memory.create(NOW + day * DAY, title=title, owner=owner, people=people)
    gone = await memory.create(SOON, title="gone", owner="UID_o")
    await memory.desk.cancel(gone.id)
    of = memory.store.of_person

    pages = [
        await of("UID_o", limit=9),
        await of("UID_o", newest_first=True, offset=1, limit=1),
        await of("UID_o", since=NOW + 2 * DAY, until=NOW + 3 * DAY, limit=9),
    ]

    assert [titles(page) for page in pages] == ["abc", "b", "b"]


async def test_a_new_report_takes_the_place_of_the_old(memory: Memory) -> None:
    def reported(*slots: str) -> list[Reminder]:
        return [
            memory.desk.plan(draft(SOON, title=title, owner="UID_o", slot=number, source="report"))
            for number, title in enumerate(slots)
        ]

    await memory.create(SOON, title="own", owner="UID_o")
    for report in (reported("1", "2"), reported("3")):
        await memory.store.replace_slots(APP, "UID_o", "report", report, now=NOW)

    found = await memory.listed()
    assert titles([one for one in found if one.source == "report"]) == "3"
    assert len(found) == 2


async def test_who_unfollows_is_reminded_of_nothing(memory: Memory) -> None:
    own = await memory.create(SOON, owner="UID_o")
    other = await memory.create(SOON, people=("UID_o", "UID_a"))

    stopped = await memory.store.stop_for("UID_o", now=SOON)

    assert stopped == 1
    assert (await memory.desk.reminder(own.id)).state is ReminderState.CANCELLED
    assert await memory.store.people([other.id], most=9) == {other.id: (("UID_a",), 1)}


async def claim(memory: Memory, now: datetime) -> Claimed:
    (claimed,) = await memory.due.claim(now=now, limit=9, lease=LEASE)
    return claimed


def fired(claimed: Claimed, now: datetime) -> Fired:
    return fire(claimed, now)


def titles(reminders: object) -> str:
    assert isinstance(reminders, list)
    return "".join(reminder.title for reminder in reminders)
