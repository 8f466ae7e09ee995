"""One credential in memory, and the clock that does not jump."""

import asyncio
import math
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.clock import FakeClock
from tests.credentials.office import LIFE, TOKEN
from tests.stores.samples import SECOND, credential
from wechat_scheduler.credentials.cells import LATENESS, LONGEST_AGE, Cell
from wechat_scheduler.credentials.model import Snapshot

HOUR = timedelta(hours=1)
RENEWAL = LIFE * 0.9
LATE = timedelta(seconds=LATENESS)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def cell(clock: FakeClock) -> Cell:
    cell = Cell(TOKEN)
    cell.hold(snapshot(), clock)
    return cell


def snapshot(value: str = "value", version: int = 1) -> Snapshot:
    held = credential(value, version=version)
    return Snapshot(key=TOKEN, credential=held, fault=None, due_at=held.renew_at)


def test_each_change_wakes_those_who_watch_the_cell(clock: FakeClock, cell: Cell) -> None:
    woken: list[str] = []

    with cell.watched(lambda: woken.append("one")):
        with cell.watched(lambda: woken.append("other")):
            cell.hold(snapshot("newer", version=2), clock)
        cell.remove()
    cell.hold(snapshot("newest", version=3), clock)

    assert woken == ["one", "other", "one"]


def test_an_empty_cell_has_nothing_to_hand_out(clock: FakeClock) -> None:
    cell = Cell(TOKEN)

    assert cell.valid(clock.boottime()) is None
    assert clock.boottime() < cell.nudge_boot


def test_a_value_is_handed_out_until_its_true_expiry(clock: FakeClock, cell: Cell) -> None:
    clock.advance(LIFE - SECOND)
    last = cell.valid(clock.boottime())
    clock.advance(SECOND)

    assert last is not None
    assert cell.valid(clock.boottime()) is None


@pytest.mark.parametrize("jump", [-HOUR, HOUR, 100 * HOUR])
def test_a_jump_of_the_wall_clock_changes_nothing(
    clock: FakeClock, cell: Cell, jump: timedelta
) -> None:
    clock.jump(jump)
    cell.hold(snapshot(), clock)  # the same again, as read from the store

    clock.advance(LIFE - SECOND)
    assert cell.valid(clock.boottime()) is not None
    assert clock.boottime() > cell.nudge_boot
    clock.advance(SECOND)
    assert cell.valid(clock.boottime()) is None


def test_a_new_value_brings_its_own_times(clock: FakeClock, cell: Cell) -> None:
    clock.advance(LIFE / 2)
    successor = credential("next", version=2, at=clock.now())

    cell.hold(replace(snapshot(), credential=successor, due_at=successor.renew_at), clock)

    clock.advance(LIFE - SECOND)
    held = cell.valid(clock.boottime())
    assert held is not None
    assert (held.value, held.version) == (successor.value, successor.version)


def test_readers_keep_a_value_for_a_minute_and_less_near_its_renewal(
    clock: FakeClock, cell: Cell
) -> None:
    ages = []
    for left in (LIFE, timedelta(seconds=60), timedelta(seconds=59.5), SECOND, -SECOND):
        clock.advance_to(snapshot().due_at - left)
        ages.append(cell.max_age(clock.boottime()))

    assert ages == [LONGEST_AGE, 60, 59, 1, 0]


def test_what_is_said_until_then_stays_the_same(clock: FakeClock, cell: Cell) -> None:
    start = clock.boottime()
    steps = []
    while cell.valid(clock.boottime()) is not None:
        until = cell.same_until(clock.boottime())
        before = cell.max_age(clock.boottime())
        clock.advance(timedelta(seconds=until - clock.boottime()) - timedelta(milliseconds=1))
        assert cell.max_age(clock.boottime()) == before
        clock.advance(timedelta(milliseconds=2))
        steps.append(until - start)

    renewal = RENEWAL.total_seconds()
    assert steps[:2] == [renewal - 60, renewal - 59]
    assert steps[-2:] == [renewal + LATENESS, LIFE.total_seconds()]


def test_the_loop_is_to_be_told_when_it_is_late_by_its_own_account(
    clock: FakeClock, cell: Cell
) -> None:
    again = replace(snapshot(), due_at=clock.now() + HOUR)
    cell.hold(again, clock)

    clock.advance(HOUR + LATE)
    on_time = clock.boottime() > cell.nudge_boot
    clock.advance(SECOND)

    assert not on_time
    assert clock.boottime() > cell.nudge_boot


def test_whoever_waits_hears_of_each_change(clock: FakeClock, cell: Cell) -> None:
    waiting: list[asyncio.Event] = [cell.changed]

    cell.hold(snapshot("next", 2), clock)
    waiting.append(cell.changed)
    cell.remove()

    assert [event.is_set() for event in waiting] == [True, True]
    assert not cell.changed.is_set()
    assert cell.generation == 3


def test_a_removed_cell_hands_out_nothing(clock: FakeClock, cell: Cell) -> None:
    cell.remove()

    assert cell.removed
    assert cell.valid(clock.boottime()) is None
    assert cell.valid(-math.inf) is None


def test_what_no_reader_is_given_is_not_kept_in_memory(cell: Cell) -> None:
    assert cell.credential is not None
    assert cell.credential.value
    assert not cell.credential.answer
    assert not cell.credential.refresh_token
