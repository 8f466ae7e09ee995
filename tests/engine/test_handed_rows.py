"""Rows that their maker hands to the loop under a claim: it need not claim them itself."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.chores import Chores, turning
from tests.watched_clock import WatchedClock
from wechat_scheduler.engine.clockwork import Clockwork


@pytest.fixture
async def clock() -> WatchedClock:
    return WatchedClock()


async def test_rows_in_hand_are_done_without_a_claim(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    async with turning(clockwork):
        await clock.waited()
        claims = len(chores.claims)
        promised(clockwork, 2).set_result(["a", "b"])
        await chores.until(lambda: chores.done == ["a", "b"])

        assert len(chores.claims) == claims


async def test_there_are_no_places_beyond_the_slots(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    async with turning(clockwork):
        await clock.waited()
        first = promised(clockwork, 3)

        assert clockwork.places(2) is None

        first.cancel()
        await clock.calm()
        promised(clockwork, 4).cancel()


async def test_fewer_rows_than_places_give_the_others_back(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    await chores.hold(lambda row: row == "a")
    async with turning(clockwork):
        await clock.waited()
        promised(clockwork, 4).set_result(["a"])
        await clock.calm()

        assert clockwork.places(4) is None
        promised(clockwork, 3).cancel()
        await chores.hold(lambda row: False)


async def test_a_row_that_waits_for_a_slot_is_claimed_once_places_are_given_back(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    async with turning(clockwork):
        await clock.waited()
        promise = promised(clockwork, 4)
        chores.add("other")
        clockwork.wake()
        await clock.calm()
        assert chores.done == []

        promise.cancel()

        await chores.until(lambda: chores.done == ["other"])


async def test_rows_that_may_have_been_due_before_come_first(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    assert clockwork.places(1) is None  # it has not looked yet
    chores.claimable.clear()
    chores.add("before")
    async with turning(clockwork):
        await clock.calm()
        assert clockwork.places(1) is None  # it claims

        chores.claimable.set()
        await chores.until(lambda: chores.done == ["before"])
        await clock.calm()
        promised(clockwork, 1).cancel()
        clockwork.wake()

        assert clockwork.places(1) is None  # a row was added


async def test_a_stop_waits_for_rows_that_were_promised(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    async with turning(clockwork) as running:
        await clock.waited()
        promise = promised(clockwork, 1)
        clockwork.stop()
        await clock.calm()
        assert not running.done()

        promise.set_result(["a"])
        await running

    assert chores.done == ["a"]
    assert clockwork.places(1) is None


async def test_who_waits_for_room_goes_on_when_slots_are_free_or_patience_ends(
    chores: Chores, clockwork: Clockwork[str, str], clock: WatchedClock
) -> None:
    async with turning(clockwork):
        await clock.waited()
        await clockwork.room(timedelta(seconds=1))
        promise = promised(clockwork, 4)
        waiting = [asyncio.ensure_future(clockwork.room(timedelta(seconds=s))) for s in (1, 5)]  # noqa: TID251
        await clock.calm()

        clock.advance(timedelta(seconds=1))
        await waiting[0]
        assert not waiting[1].done()

        promise.cancel()
        await waiting[1]


def promised(clockwork: Clockwork[str, str], number: int) -> "asyncio.Future[Sequence[str]]":
    places = clockwork.places(number)
    assert places is not None
    return places
