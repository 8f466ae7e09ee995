"""The clock of a store that several machines share."""

from datetime import datetime, timedelta

import pytest

from tests.clock import START, FakeClock
from wechat_scheduler.engine.clock import SharedClock

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def agreed(own: FakeClock) -> SharedClock:
    """With a store whose clock is an hour behind."""
    shared = SharedClock(own)
    shared.agree(own.now() - HOUR, asked=own.boottime(), answered=own.boottime())
    return shared


def test_before_the_store_said_its_time_it_is_this_machines() -> None:
    assert SharedClock(FakeClock()).now() == START


def test_it_says_what_the_store_said_and_counts_on() -> None:
    own = FakeClock()
    shared = agreed(own)

    own.advance(SECOND)

    assert shared.now() == START - HOUR + SECOND
    assert shared.ahead == HOUR


def test_a_step_of_this_machines_clock_changes_nothing() -> None:
    own = FakeClock()
    shared = agreed(own)

    own.jump(10 * HOUR)

    assert shared.now() == START - HOUR


def test_the_time_is_taken_from_the_middle_between_question_and_answer() -> None:
    own = FakeClock()
    shared = SharedClock(own)
    asked = own.boottime()
    own.advance(SECOND / 2)

    shared.agree(START, asked=asked, answered=own.boottime())

    assert shared.now() == START + SECOND / 4


def answer_after(shared: SharedClock, own: FakeClock, took: timedelta, theirs: datetime) -> None:
    """The store reads its clock at the end of the time that its answer takes."""
    asked = own.boottime()
    own.advance(took)
    shared.agree(theirs, asked=asked, answered=own.boottime())


def test_an_answer_that_took_long_is_better_than_none() -> None:
    own = FakeClock()
    shared = SharedClock(own)

    answer_after(shared, own, 2 * SECOND, START + HOUR)

    assert shared.now() == START + HOUR + SECOND


@pytest.mark.parametrize("took", [SECOND / 10, SECOND, HOUR])
def test_a_slow_answer_that_says_the_same_moves_nothing(took: timedelta) -> None:
    own = FakeClock()
    shared = agreed(own)
    own.advance(SECOND)
    before = shared.now()

    answer_after(shared, own, took, before + took)

    assert shared.now() == before + took


def test_a_quick_answer_counts_less_as_it_ages() -> None:
    own = FakeClock()
    shared = agreed(own)
    own.advance(HOUR)
    true = shared.now() + SECOND

    answer_after(shared, own, SECOND, true + SECOND)

    assert shared.now() == true + 1.5 * SECOND


@pytest.mark.parametrize("took", [timedelta(0), SECOND])
def test_a_clock_of_the_store_that_was_set_is_followed(took: timedelta) -> None:
    own = FakeClock()
    shared = agreed(own)

    answer_after(shared, own, took, START)

    assert shared.now() == START + took / 2
    assert shared.ahead == took / 2
