"""What a process has to read again: it heard of a change, or stood still. The store may not answer then."""

import asyncio
from datetime import timedelta

import pytest

from tests.clock import FakeClock
from tests.credentials.office import TICKET, TOKEN, USER, Office, register_user, value
from tests.watched_clock import WatchedClock
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.rereads import READ_AGAIN, Rereads
from wechat_scheduler.credentials.standstill import STANDSTILL, Standstill
from wechat_scheduler.errors import StorageError

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("said", [TOKEN, None])
async def test_what_was_heard_of_while_the_store_was_down_is_handed_out_once_it_is_back(
    office: Office, said: JobKey | None
) -> None:
    await register_user(office, USER)
    await office.register(TOKEN)
    await office.settle()
    await value(office, USER)
    await value(office)
    await office.store.hasten(TOKEN, now=office.clock.now())
    (job,) = await office.store.claim(now=office.clock.now(), limit=1, lease=HOUR)
    outcome = await office.refresher.attempt(job)
    await office.store.save(outcome, now=office.clock.now())
    office.database.down = True

    async with asyncio.TaskGroup() as group:
        group.create_task(office.manager.heard(said))
        await office.clock.calm()
        office.database.down = False
        office.clock.advance(READ_AGAIN)

    assert await value(office) == "access_token-2"


async def test_of_two_that_read_all_jobs_the_later_goes_on() -> None:
    clock, tried, down = WatchedClock(), list[JobKey](), [True]

    async def reload(key: JobKey) -> None:
        tried.append(key)
        if down:
            raise StorageError("down")

    rereads = Rereads(reload, clock)
    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(rereads.read_all([TOKEN, TICKET]))
        await clock.calm()
        down.clear()
        clock.advance(READ_AGAIN)

    assert tried == [TOKEN] * 4 + [TICKET]


def test_a_job_is_doubted_after_a_standstill_until_it_was_read() -> None:
    clock, stood = FakeClock(), list[bool]()
    standstill = Standstill(lambda: [TOKEN, TICKET], clock)
    standstill.on_standstill(lambda: stood.append(True))

    before = standstill.doubts(TOKEN)
    clock.advance(STANDSTILL + READ_AGAIN)
    doubts = [standstill.doubts(TOKEN) for _ in range(2)]
    believed = standstill.believes(TOKEN)
    clock.advance(STANDSTILL)
    again = standstill.doubts(TOKEN)
    standstill.believe(TOKEN)

    assert not before
    assert doubts == [True, False]  # callers do not wait each time
    assert not believed
    assert again
    assert standstill.believes(TOKEN)
    assert not standstill.believes(TICKET)
    assert stood == [True]
