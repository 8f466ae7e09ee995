"""Counts by name, in periods."""

from datetime import timedelta

from tests.clock import FakeClock
from wechat_scheduler.engine.windows import NAMES, Windows

MINUTE = timedelta(minutes=1)


def test_what_is_spent_comes_back_with_the_next_period() -> None:
    clock = FakeClock()
    windows = Windows(clock, MINUTE)

    first = [windows.spend("shop", 2) for _ in range(2)]
    clock.advance(timedelta(seconds=45))
    pause = windows.spend("shop", 2)
    clock.advance(timedelta(seconds=15))
    again = [windows.spend("shop", 2) for _ in range(3)]

    assert (first, pause) == ([None, None], timedelta(seconds=15))
    assert again == [None, None, MINUTE]


def test_each_name_has_its_own_and_zero_is_no_limit() -> None:
    windows = Windows(FakeClock(), MINUTE)

    spent = [windows.spend(name, 1) for name in ("shop", "shop", "crm")]
    free = [windows.spend("free", 0) for _ in range(100)]

    assert spent == [None, MINUTE, None]
    assert free == [None] * 100


def test_a_limit_that_is_changed_holds_at_once_for_what_is_spent_already() -> None:
    windows = Windows(FakeClock(), MINUTE)

    spent = [windows.spend("shop", most) is None for most in (5, 5, 5, 2, 4, 4)]

    assert spent == [True, True, True, False, True, False]


def test_the_names_are_bounded_and_the_quiet_ones_are_forgotten_first() -> None:
    windows = Windows(FakeClock(), MINUTE)
    for name in ("first", "second"):
        windows.spend(name, 1)

    for number in range(NAMES - 1):
        windows.spend(str(number), 1)
        if not number % 1000:
            windows.spend("second", 1)

    assert [windows.spend(name, 1) for name in ("second", "first")] == [MINUTE, None]
