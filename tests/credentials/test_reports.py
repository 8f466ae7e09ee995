"""Reports of several callers at the same moment that a value is dead."""

import asyncio
from datetime import timedelta

from tests.credentials.office import TOKEN, Office, refusal
from wechat_scheduler.credentials.reports import ReportOutcome
from wechat_scheduler.gateway.healing import Healing
from wechat_scheduler.reasons import Reaction

MINUTE = timedelta(minutes=1)


async def test_the_second_who_reports_waits_for_the_refresh_as_the_first_does(
    office: Office,
) -> None:
    await office.register(TOKEN)
    await office.settle()
    office.clock.advance(MINUTE)
    healing = Healing(office.manager, clock=office.clock)
    await healing.value(TOKEN)

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        office.store.arrive.clear()  # what the first reads after its report is under way
        office.store.read.clear()
        first = group.create_task(healing.successor(TOKEN, "access_token-1"))
        await office.store.read.wait()
        office.store.read.clear()
        second = group.create_task(healing.successor(TOKEN, "access_token-1"))
        await office.store.read.wait()
        office.store.arrive.set()
        await office.clock.waited()
        await office.settle()

    assert [first.result(), second.result()] == ["access_token-2"] * 2


async def test_a_value_is_reported_once(office: Office) -> None:
    await office.register(TOKEN)
    await office.settle()
    office.clock.advance(MINUTE)

    outcomes = [await office.manager.report(TOKEN, "access_token-1") for _ in range(2)]
    await office.settle()
    late = await office.manager.report(TOKEN, "access_token-1")

    assert outcomes == [ReportOutcome.BELIEVED, ReportOutcome.KNOWN]
    assert late is ReportOutcome.OUTDATED


async def test_who_reports_during_the_refresh_waits_for_it(office: Office) -> None:
    await office.register(TOKEN)
    await office.settle()
    office.clock.advance(MINUTE)
    healing = Healing(office.manager, clock=office.clock)
    await healing.value(TOKEN)
    await office.manager.report(TOKEN, "access_token-1")

    script = office.script(TOKEN)
    script.asked.clear()
    script.idle.clear()

    async with asyncio.timeout(60), asyncio.TaskGroup() as group, office.attempting():
        await script.asked.wait()
        await office.manager.reload(
            TOKEN
        )  # the claim of the attempt makes the job due a minute later
        call = group.create_task(healing.successor(TOKEN, "access_token-1"))
        await office.clock.waited()
        script.idle.set()

    assert call.result() == "access_token-2"


async def test_who_reports_a_value_that_is_too_young_does_not_wait(office: Office) -> None:
    await office.register(TOKEN)
    await office.settle()
    healing = Healing(office.manager, clock=office.clock)
    await healing.value(TOKEN)

    assert await healing.successor(TOKEN, "access_token-1") == ""


async def test_who_reports_while_wechat_refuses_does_not_wait_for_long(office: Office) -> None:
    await office.register(TOKEN)
    await office.settle()
    office.clock.advance(MINUTE)
    healing = Healing(office.manager, clock=office.clock)
    await healing.value(TOKEN)
    office.script(TOKEN).answer(refusal(Reaction.OPERATOR))

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        call = group.create_task(healing.successor(TOKEN, "access_token-1"))
        await office.clock.waited()
        await office.settle()

    assert call.result() == ""
