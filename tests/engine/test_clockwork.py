"""The loop: what is due is claimed, carried out and written back, whatever happens to it."""

from datetime import timedelta

import pytest

from tests.chores import Chores, advancing, turning
from tests.clock import START
from tests.watched_clock import WatchedClock
from wechat_scheduler.engine.clockwork import LONGEST_SLEEP, Clockwork

SECOND = timedelta(seconds=1)


@pytest.fixture
async def clock() -> WatchedClock:
    return WatchedClock()


def is_hanging(row: str) -> bool:
    return row.startswith("hangs")


async def test_one_pass_carries_one_batch_to_its_end(
    chores: Chores, clockwork: Clockwork[str, str]
) -> None:
    chores.add(*"abcdef")

    counts = [await clockwork.run_once() for _ in range(3)]

    assert counts == [4, 2, 0]
    assert chores.done == list("abcdef")


async def test_what_is_due_is_done_at_once(chores: Chores, clockwork: Clockwork[str, str]) -> None:
    chores.add("a")

    async with turning(clockwork):
        await chores.until(lambda: chores.done == ["a"])


async def test_what_falls_due_later_is_done_then(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    chores.add("later", after=5 * SECOND)

    async with turning(clockwork):
        await clock.waited(1)
        clock.advance(4 * SECOND)
        assert chores.done == []
        clock.advance(SECOND)
        await chores.until(lambda: chores.done == ["later"])


async def test_what_is_added_is_done_when_the_loop_is_woken(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    async with turning(clockwork):
        await clock.waited(1)
        chores.add("new")
        clockwork.wake()
        await chores.until(lambda: chores.done == ["new"])


async def test_what_is_put_off_is_done_when_it_is_due_again(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    chores.add("a")
    chores.again["a"] = 2 * SECOND

    async with turning(clockwork):
        await chores.until(lambda: chores.done == ["a"])
        await clock.calm()
        clock.advance(2 * SECOND)
        await chores.until(lambda: chores.done == ["a", "a"])


async def test_what_is_put_off_while_the_loop_sleeps_already_is_not_overslept(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    chores.add("a")
    chores.again["a"] = 2 * SECOND
    chores.writable.clear()

    async with turning(clockwork):
        await clock.calm()
        chores.writable.set()
        await chores.until(lambda: chores.done == ["a"])
        await clock.calm()
        clock.advance(2 * SECOND)
        await chores.until(lambda: chores.done == ["a", "a"])


async def test_a_wall_clock_that_is_set_forward_is_noticed(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    chores.add("a", after=timedelta(hours=1))

    async with turning(clockwork):
        await clock.waited(1)
        clock.jump(timedelta(hours=1))
        assert chores.done == []
        clock.advance(LONGEST_SLEEP)
        await chores.until(lambda: chores.done == ["a"])


async def test_an_idle_loop_asks_for_nothing(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    async with turning(clockwork):
        await clock.waited(1)
        for _ in range(5):
            clock.advance(SECOND)
        await clock.calm()

    assert len(chores.claims) == 1


async def test_a_loop_on_a_shared_store_finds_what_no_one_told_it_of_and_claims_only_that(
    chores: Chores, clock: WatchedClock
) -> None:
    clockwork = Clockwork(chores, clock=clock, slots=4, looks=SECOND)

    async with turning(clockwork):
        await clock.waited(1)
        for number in range(2, 5):
            clock.advance(SECOND)
            await clock.waited(number)
        claims = len(chores.claims)
        chores.add("new")
        clock.advance(SECOND)
        await chores.until(lambda: chores.done == ["new"])

    assert claims == 1


async def test_what_is_done_is_not_followed_by_a_claim(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    chores.add("a", "b")

    async with turning(clockwork):
        await chores.until(lambda: len(chores.done) == 2)
        await clock.calm()

    assert len(chores.claims) == 1


async def test_a_loop_that_is_told_to_look_claims_only_what_is_due(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    async with turning(clockwork):
        await clock.waited(1)
        clockwork.look()
        await clock.calm()
        claims = len(chores.claims)
        chores.add("new")
        clockwork.look()
        await chores.until(lambda: chores.done == ["new"])

    assert claims == 1


async def test_a_slot_that_becomes_free_during_a_claim_is_used_at_once(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    chores.add("first")
    await chores.hold(lambda row: row == "first")

    async with turning(clockwork):
        await chores.until(lambda: chores.busy == {"first"})
        await clock.calm()
        chores.claimable.clear()
        chores.writable.clear()
        chores.add("hangs1", "hangs2", "hangs3", "hangs4")
        clockwork.wake()
        await clock.calm()
        await chores.hold(is_hanging)
        await clock.calm()
        chores.claimable.set()
        await advancing(clock, chores, lambda: "hangs4" in chores.busy)
        assert clock.now() - START < SECOND
        chores.writable.set()
        await chores.hold(lambda row: False)


async def test_no_more_rows_are_in_hand_than_there_are_slots(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    rows = [f"row{number}" for number in range(40)]
    chores.add(*rows)
    await chores.hold(lambda row: True)

    async with turning(clockwork):
        await chores.until(lambda: len(chores.busy) == 4)
        clockwork.wake()
        await clock.calm()
        assert len(chores.busy) == 4
        await chores.hold(lambda row: False)
        await advancing(clock, chores, lambda: len(chores.done) == 40)

    assert chores.busiest == 4
    assert sorted(chores.done) == sorted(rows)


async def test_rows_that_hang_do_not_hold_up_the_others(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    chores.add("hangs1", "hangs2", "hangs3")
    await chores.hold(is_hanging)

    async with turning(clockwork):
        await chores.until(lambda: len(chores.busy) == 3)
        chores.add(*"abcdefgh")
        clockwork.wake()
        await advancing(clock, chores, lambda: len(chores.done) == 8)
        assert clock.now() - START < SECOND
        await chores.hold(lambda row: False)


async def test_a_row_for_later_wakes_the_loop_only_if_it_would_oversleep_it(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    async with turning(clockwork):
        await clock.waited(1)
        clockwork.wake(clock.now() + 2 * LONGEST_SLEEP)
        chores.add("soon", after=SECOND)
        clockwork.wake(clock.now() + SECOND)
        await clock.waited(2)
        clock.advance(SECOND)
        await chores.until(lambda: chores.done == ["soon"])
