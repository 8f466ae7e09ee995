"""The clock of a store that several machines share."""

from datetime import timedelta

from tests.clock import START, FakeClock
from wechat_scheduler.engine.clock import LONG_ANSWER, SharedClock

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


def test_an_answer_that_took_long_changes_nothing_but_is_better_than_none() -> None:
    own = FakeClock()
    asked = own.boottime()
    first, later = SharedClock(own), agreed(own)
    own.advance(2 * LONG_ANSWER)

    for shared in (first, later):
        shared.agree(START + HOUR, asked=asked, answered=own.boottime())

    assert first.now() == START + HOUR + LONG_ANSWER
    assert later.now() == START - HOUR + 2 * LONG_ANSWER
