"""Two kinds of task: those the process dies with, and those that fail alone."""

import asyncio

import pytest
from structlog.testing import capture_logs

from tests.watched_clock import turn
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StartError


async def break_down() -> None:
    raise ZeroDivisionError("a bug")


async def last_for_ever() -> None:
    await asyncio.Event().wait()


async def test_leaving_waits_for_essential_services_to_end_by_themselves() -> None:
    stop, ended = asyncio.Event(), []

    async def service() -> None:
        await stop.wait()
        await turn()
        ended.append(True)

    async with Supervisor() as supervisor:
        supervisor.essential("service", service())
        stop.set()

    assert ended


async def test_an_essential_service_that_dies_takes_everything_with_it() -> None:
    cancelled = []

    async def other() -> None:
        try:
            await last_for_ever()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    async def run() -> None:
        async with Supervisor() as supervisor:
            supervisor.essential("other", other())
            supervisor.essential("service", break_down())
            await last_for_ever()

    with pytest.raises(ExceptionGroup) as caught:
        await run()

    assert caught.group_contains(ZeroDivisionError)
    assert cancelled


async def test_contained_work_that_fails_is_logged_and_touches_nothing_else() -> None:
    with capture_logs() as events:
        async with Supervisor() as supervisor:
            task = supervisor.contained("errand", break_down())
            await asyncio.wait([task])

    (event,) = events
    assert (event["event"], event["task"]) == ("supervisor.contained_failed", "errand")
    assert event["error"] == "ZeroDivisionError"


async def test_leaving_cancels_contained_work_after_the_services_have_ended() -> None:
    order = []

    async def service() -> None:
        await turn()
        order.append("service")

    async def errand() -> None:
        try:
            await last_for_ever()
        finally:
            order.append("errand")

    async with Supervisor() as supervisor:
        supervisor.contained("errand", errand())
        supervisor.essential("service", service())

    assert order == ["service", "errand"]


async def test_contained_work_is_cancelled_when_the_block_fails_too() -> None:
    ended = []

    async def errand() -> None:
        try:
            await last_for_ever()
        finally:
            ended.append(True)

    async def run() -> None:
        async with Supervisor() as supervisor:
            supervisor.contained("errand", errand())
            await turn()
            await break_down()

    with pytest.raises(ZeroDivisionError):
        await run()

    assert ended


async def test_the_error_of_the_block_comes_out_bare() -> None:
    refusal = StartError("the port is taken")

    async def run() -> None:
        async with Supervisor() as outer, Supervisor() as inner:
            outer.essential("outer", last_for_ever())
            inner.essential("inner", last_for_ever())
            await turn()
            raise refusal

    with pytest.raises(StartError) as caught:
        await run()

    assert caught.value is refusal
    assert caught.value.__context__ is None


async def test_no_failure_is_lost_when_the_block_and_a_service_fail() -> None:
    async def stubborn() -> None:
        try:
            await last_for_ever()
        finally:
            await break_down()

    async def run() -> None:
        async with Supervisor() as supervisor:
            supervisor.essential("service", stubborn())
            await turn()
            raise StartError("the port is taken")

    with pytest.raises(ExceptionGroup) as caught:
        await run()

    assert caught.group_contains(ZeroDivisionError)
    assert caught.group_contains(StartError)


async def test_contained_work_that_never_began_is_dropped_without_complaint() -> None:
    began = []

    async def errand() -> None:
        began.append(True)

    async with Supervisor() as supervisor:
        task = supervisor.contained("errand", errand())

    assert task.done()
    assert not began or not task.cancelled()


async def test_an_errand_whose_end_brings_up_another_leaves_none_behind() -> None:
    before = asyncio.all_tasks()

    async with Supervisor() as supervisor:

        async def errand() -> None:
            try:
                await last_for_ever()
            finally:
                supervisor.contained("another", last_for_ever())

        supervisor.contained("errand", errand())
        await turn()

    assert asyncio.all_tasks() == before


async def test_tasks_go_by_their_names() -> None:
    async with Supervisor() as supervisor:
        tasks = [
            supervisor.essential("service", turn()),
            supervisor.contained("errand", turn()),
        ]

        assert [task.get_name() for task in tasks] == ["service", "errand"]


async def test_a_thousand_starts_and_stops_leave_nothing_behind() -> None:
    before = asyncio.all_tasks()

    for number in range(1000):
        async with Supervisor() as supervisor:
            supervisor.essential("service", turn())
            supervisor.contained("errand", last_for_ever())
            for _ in range(number % 3):
                await turn()

    assert asyncio.all_tasks() == before
