"""Pure: the pauses between retries."""

from datetime import timedelta

import pytest

from wechat_scheduler.engine.backoff import backoff
from wechat_scheduler.engine.crashes import PAUSES, pause_after

FIRST, CAP = timedelta(seconds=1), timedelta(minutes=15)


def test_pauses_double_up_to_the_cap() -> None:
    pauses = [backoff(FIRST, attempts, cap=CAP) for attempts in (1, 2, 3, 30)]

    assert pauses == [FIRST, 2 * FIRST, 4 * FIRST, CAP]


@pytest.mark.parametrize("attempts", [0, -1, -(2**62)])
def test_after_a_number_that_no_attempt_has_the_pause_is_the_first(attempts: int) -> None:
    assert backoff(FIRST, attempts, cap=CAP) == FIRST
    assert pause_after(attempts) == PAUSES[0]


def test_a_huge_number_of_attempts_is_the_cap() -> None:
    assert backoff(FIRST, 2**62, cap=CAP) == CAP
