"""The loop when something goes wrong, and when it is told to end."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from tests.chores import Chores, advancing, turning
from tests.watched_clock import WatchedClock, turn
from wechat_scheduler.engine.clockwork import LAST_TRIES, STORE_PAUSE, Clockwork
from wechat_scheduler.errors import StorageError

SECOND = timedelta(seconds=1)


@pytest.fixture
async def clock() -> WatchedClock:
    return WatchedClock()


async def test_a_row_that_crashes_fails_alone(
    chores: Chores, clockwork: Clockwork[str, str]
) -> None:
    chores.add("bad", "good")
    chores.trouble["bad"] = [ZeroDivisionError("a bug")]

    with capture_logs() as events:
        assert await clockwork.run_once() == 2

    assert chores.done == ["good"]
    (event,) = events
    assert (event["event"], event["work"]) == ("clockwork.attempt_crashed", "chore")
    assert chores.crashes == [("bad", ZeroDivisionError)]


async def test_an_attempt_whose_store_does_not_answer_is_dropped(
    chores: Chores, clockwork: Clockwork[str, str]
) -> None:
    chores.add("a", "b")
    chores.trouble["a"] = [StorageError("the disk is full")]

    with capture_logs() as events:
        await clockwork.run_once()

    assert chores.done == ["b"]
    assert [event["event"] for event in events] == ["clockwork.attempt_dropped"]


@pytest.mark.parametrize("where", ["claim", "next_due"])
async def test_a_store_that_does_not_answer_is_asked_again(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock, where: str
) -> None:
    chores.trouble[where] = [StorageError("the disk is full")] * 3
    chores.add("a", after=SECOND)

    with capture_logs() as events:
        async with turning(clockwork):
            for waits in range(1, 4):
                await clock.waited(waits)
                clock.advance(STORE_PAUSE)
            await chores.until(lambda: chores.done == ["a"])

    assert {event["event"] for event in events} == {"clockwork.store_unavailable"}


async def test_an_outcome_is_written_back_however_long_the_store_is_away(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    chores.add("a")
    chores.trouble["finish"] = [StorageError("the disk is full")] * 20

    with capture_logs() as events:
        async with turning(clockwork):
            await advancing(clock, chores, lambda: chores.done == ["a"])

    assert [event["event"] for event in events] == ["clockwork.outcome_waits"] * 20


async def test_a_loop_that_stops_offers_an_outcome_a_few_times_more(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    chores.add("a")
    chores.trouble["finish"] = [StorageError("the disk is full")] * 1000

    with capture_logs() as events:
        async with asyncio.TaskGroup() as group:
            loop = group.create_task(clockwork.run())
            await chores.until(lambda: len(chores.trouble["finish"]) < 1000)
            clockwork.stop()
            while not loop.done():
                clock.advance(STORE_PAUSE)
                await turn()

    assert chores.done == []
    assert LAST_TRIES <= len(events) <= LAST_TRIES + 1


async def test_an_outcome_that_cannot_be_written_back_for_a_bug_is_logged(
    chores: Chores, clockwork: Clockwork[str, str]
) -> None:
    chores.add("a", "b")
    chores.trouble["finish"] = [ZeroDivisionError("a bug")]

    with capture_logs() as events:
        await clockwork.run_once()

    assert len(chores.done) == 1
    assert [event["event"] for event in events] == ["clockwork.finish_crashed"]
    assert [error for _, error in chores.crashes] == [ZeroDivisionError]


async def test_a_crash_is_stored_however_long_the_store_is_away(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    chores.add("a")
    chores.trouble["a"] = [ZeroDivisionError("a bug")]
    chores.trouble["crashed"] = [StorageError("the disk is full")] * 3

    with capture_logs():
        async with turning(clockwork):
            await advancing(clock, chores, lambda: bool(chores.crashes))

    assert chores.crashes == [("a", ZeroDivisionError)]


async def test_a_crash_that_cannot_be_stored_for_a_bug_is_logged_and_the_loop_goes_on(
    chores: Chores, clockwork: Clockwork[str, str]
) -> None:
    chores.add("a", "b")
    chores.trouble["a"] = [ZeroDivisionError("a bug")]
    chores.trouble["crashed"] = [ZeroDivisionError("another bug")]

    with capture_logs() as events:
        await clockwork.run_once()

    assert chores.done == ["b"]
    assert events[-1]["event"] == "clockwork.crash_not_stored"


async def test_stopping_finishes_what_is_in_hand_and_takes_nothing_more(
    chores: Chores, clockwork: Clockwork[str, str]
) -> None:
    chores.add(*"abcdef")
    await chores.hold(lambda row: True)

    async with asyncio.TaskGroup() as group:
        loop = group.create_task(clockwork.run())
        await chores.until(lambda: len(chores.busy) == 4)
        clockwork.stop()
        await turn()
        assert not loop.done()
        await chores.hold(lambda row: False)

    assert sorted(chores.done) == list("abcd")


async def test_a_loop_that_was_stopped_before_it_began_claims_nothing(
    chores: Chores, clockwork: Clockwork[str, str]
) -> None:
    chores.add("a")
    clockwork.stop()

    await clockwork.run()

    assert chores.claims == []


async def test_a_sleeping_loop_that_is_cancelled_ends_at_once(
    clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    async with turning(clockwork) as loop:
        await clock.waited(1)
        loop.cancel()
        await asyncio.wait([loop])

        assert loop.cancelled()


async def test_an_attempt_in_hand_runs_to_its_end_though_its_loop_is_cancelled(
    chores: Chores, clockwork: Clockwork[str, str]
) -> None:
    chores.add("a")
    await chores.hold(lambda row: True)

    async with turning(clockwork) as loop:
        await chores.until(lambda: chores.busy == {"a"})
        loop.cancel()
        await turn()
        assert not loop.done()
        await chores.hold(lambda row: False)
        await asyncio.wait([loop])

    assert loop.cancelled()
    assert chores.done == ["a"]


async def test_what_is_no_trouble_of_the_stores_ends_the_loop_after_what_is_in_hand(
    chores: Chores, clockwork: Clockwork[str, str]
) -> None:
    chores.add("a")
    await chores.hold(lambda row: True)
    chores.trouble["next_due"] = [ZeroDivisionError("a bug")]

    async def release() -> None:
        await chores.until(lambda: chores.busy == {"a"})
        await chores.hold(lambda row: False)

    async with asyncio.TaskGroup() as group:
        group.create_task(release())
        with pytest.raises(ZeroDivisionError):
            await clockwork.run()

    assert chores.done == ["a"]


async def test_a_thousand_starts_and_stops_leave_nothing_behind(
    chores: Chores, clock: WatchedClock
) -> None:
    before = asyncio.all_tasks()

    for number in range(1000):
        clockwork = Clockwork(chores, clock=clock, slots=1 + number % 3)
        chores.add(f"row{number}")
        async with turning(clockwork):
            for _ in range(number % 5):
                await turn()

    while chores.due:
        await Clockwork(chores, clock=clock, slots=100).run_once()
    await turn()
    assert asyncio.all_tasks() == before
    assert sorted(chores.done) == sorted(f"row{number}" for number in range(1000))
