"""The wall clock jumps; what is in memory is judged by the one that does not."""

import asyncio
from datetime import timedelta

import pytest

from tests.credentials.office import LIFE, TICKET, TOKEN, Office, refusal, value

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
async def in_memory(office: Office) -> None:
    await office.register(TOKEN)
    await office.settle()
    await value(office)


async def test_set_back_it_revives_no_dead_value(office: Office) -> None:
    office.clock.jump(-HOUR)
    await office.pass_time(LIFE)

    async with asyncio.TaskGroup() as group:
        fetch = group.create_task(value(office))
        await office.clock.waited()
        await office.settle()

    assert fetch.result() == "access_token-2"


async def test_set_back_it_delays_no_renewal_that_somebody_waits_for(office: Office) -> None:
    office.clock.jump(-HOUR)
    late = (await office.credential(TOKEN)).renew_at + LIFE * 0.05 - office.clock.now() - HOUR
    await office.pass_time(late)
    assert len(office.script(TOKEN).requests) == 1

    before = await value(office)
    await office.clock.calm()
    await office.settle()

    assert (before, await value(office)) == ("access_token-1", "access_token-2")


async def test_set_back_it_delays_no_retry_that_somebody_waits_for(office: Office) -> None:
    office.script(TOKEN).answer(refusal())
    office.clock.advance_to((await office.credential(TOKEN)).renew_at)
    await office.settle()
    office.clock.jump(-HOUR)
    await office.pass_time(LIFE / 4)

    async with asyncio.TaskGroup() as group:
        fetch = group.create_task(value(office))
        await office.clock.waited()
        await office.settle()

    assert fetch.result() == "access_token-3"


async def test_set_back_it_delays_no_child(office: Office) -> None:
    office.clock.jump(-HOUR)
    office.clock.advance(LIFE)

    await office.register(TICKET)
    await office.settle()

    assert office.script(TICKET).inputs == [{"access_token": "access_token-2"}]


async def test_set_back_and_reloaded_a_value_is_no_younger(office: Office) -> None:
    cell = await office.manager.fetch(TOKEN)

    office.clock.jump(-HOUR)
    await office.manager.changed_elsewhere(None)
    office.clock.advance(LIFE)

    assert cell.valid(office.clock.boottime()) is None


async def test_set_forward_it_kills_no_value_that_lives(office: Office) -> None:
    office.clock.jump(4 * HOUR)

    assert await value(office) == "access_token-1"
