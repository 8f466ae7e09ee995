"""Claims on events are fair between platforms, those on reminders between accounts and the apps of each.

Both are tried by the same tests: `put` makes what is due of a lane, and `claim` tells the lanes of a claim.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from tests.clock import FakeClock
from tests.reminders.remembering import Memory, draft
from tests.stores.floods import flood
from tests.stores.samples import APPID, LEASE, NOW, SECOND
from tests.stores.suite import VAULT, sql_credentials
from tests.stores.watched import WatchedDatabase
from wechat_scheduler.audience.directory import draft_app
from wechat_scheduler.pushes.model import Event
from wechat_scheduler.storage.audience.apps import SqlApps
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.pushes.events import SqlEvents


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What is due of the lanes 1, 2 and so on; `put` takes a lane, a number and for how many seconds it is
    due."""

    database: Database
    put: Callable[[int, int, int], Awaitable[None]]
    claim: Callable[[int], Awaitable[Counter[int]]]
    elsewhere: Callable[[int], Awaitable[Counter[int]]]
    next_due: Callable[[], Awaitable[datetime | None]]


def events(database: Database) -> Queue:
    tell = sql_credentials(database, "here").tell
    here, there = (
        SqlEvents(database, VAULT, worker=worker, tell=tell) for worker in ("here", "there")
    )

    async def put(lane: int, number: int, age: int) -> None:
        at = NOW - age * SECOND
        for each in range(number):
            event = Event(
                appid=f"wx{lane}",
                name="authorized",
                authorizer=f"wxa{each}",
                code="",
                code_until=NOW,
                happened_at=at,
            )
            await here.put(event, now=at)

    def claiming(store: SqlEvents) -> Callable[[int], Awaitable[Counter[int]]]:
        async def claim(limit: int) -> Counter[int]:
            claimed = await store.claim(now=NOW, limit=limit, lease=LEASE)
            return Counter(int(row.event.appid[2:]) for row in claimed)

        return claim

    return Queue(
        database=database,
        put=put,
        claim=claiming(here),
        elsewhere=claiming(there),
        next_due=here.next_due,
    )


def reminders(database: Database) -> Queue:
    clock = FakeClock(NOW)
    here, there = Memory(database, clock), Memory(database, clock, "there")

    async def put(lane: int, number: int, age: int) -> None:
        for _ in range(number):
            planned = here.desk.plan(draft(NOW + SECOND, app_id=lane))
            due = replace(planned, start=NOW - age * SECOND, due_at=NOW - age * SECOND)
            await here.store.add(due, (), once=None)

    def claiming(memory: Memory) -> Callable[[int], Awaitable[Counter[int]]]:
        async def claim(limit: int) -> Counter[int]:
            claimed = await memory.due.claim(now=NOW, limit=limit, lease=LEASE)
            return Counter(row.reminder.app_id for row in claimed)

        return claim

    return Queue(
        database=database,
        put=put,
        claim=claiming(here),
        elsewhere=claiming(there),
        next_due=here.due.next_due,
    )


QUEUES = (events, reminders)


@pytest.fixture(params=QUEUES)
def queue(request: pytest.FixtureRequest, database: Database) -> Queue:
    made: Queue = request.param(database)
    return made


async def test_one_of_a_lane_is_claimed_beside_any_number_of_anothers(queue: Queue) -> None:
    await queue.put(1, 60, 9)
    await queue.put(2, 1, 0)

    assert await queue.claim(8) == {1: 7, 2: 1}


async def test_lanes_share_a_claim_and_the_rest_goes_to_those_who_have_more(queue: Queue) -> None:
    for lane, number in ((1, 30), (2, 30), (3, 2)):
        await queue.put(lane, number, 9)

    assert await queue.claim(12) == {1: 5, 2: 5, 3: 2}


async def test_lanes_take_turns_where_a_claim_has_no_place_for_all(queue: Queue) -> None:
    for lane in range(1, 6):
        await queue.put(lane, 9, lane)

    claims = [await queue.claim(2) for _ in range(5)]

    assert sum(claims, Counter()) == dict.fromkeys(range(1, 6), 2)


async def test_what_is_claimed_whole_is_claimed_whatever_its_lanes(queue: Queue) -> None:
    for lane in range(1, 4):
        await queue.put(lane, 2, 9)

    assert await queue.claim(6) == {1: 2, 2: 2, 3: 2}
    assert await queue.claim(6) == {}
    assert await queue.next_due() == NOW + LEASE


async def test_two_processes_share_what_waits(queue: Queue) -> None:
    await queue.put(1, 6, 9)
    await queue.put(2, 6, 9)

    assert await queue.claim(6) == {1: 3, 2: 3}
    assert await queue.elsewhere(20) == {1: 3, 2: 3}


async def test_processes_that_claim_at_once_claim_all_and_nothing_twice(queue: Queue) -> None:
    for lane in range(1, 4):
        await queue.put(lane, 30, 9)

    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(claim(7)) for claim in (queue.claim, queue.elsewhere) for _ in "12345"
        ]
    left = await queue.claim(90)

    claimed = [task.result() for task in tasks]
    assert sum(claimed, left) == dict.fromkeys(range(1, 4), 30)


async def test_reminders_of_accounts_share_a_claim_however_many_apps_each_has(
    database: Database,
) -> None:
    queue, apps = reminders(database), SqlApps(database, VAULT)
    for lane, appid in ((1, APPID), (2, APPID), (3, APPID), (4, "wx-other")):
        await apps.add_app(replace(draft_app("app", appid, now=NOW), id=lane), [], once=None)
        await queue.put(lane, 20, 9)

    assert await queue.claim(12) == {1: 2, 2: 2, 3: 2, 4: 6}


@pytest.mark.parametrize("make", QUEUES)
async def test_a_claim_costs_the_same_however_much_waits(make: Callable[[Database], Queue]) -> None:
    few = await _cost(make, 100)
    many = await _cost(make, 20_000)

    assert few > 0
    assert many < 2 * few


async def _cost(make: Callable[[Database], Queue], number: int) -> int:
    """The work of a claim, and of the look for the next due time."""
    database = WatchedDatabase()
    queue = make(database)
    database.run(flood(make.__name__, number, NOW - 60 * SECOND))
    await queue.put(2, 1, 0)
    database.watch()

    claimed = await queue.claim(32)
    await queue.next_due()

    assert claimed == {1: 31, 2: 1}
    return database.steps
