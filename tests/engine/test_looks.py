"""A look at what is due costs the database little, however long one takes."""

from datetime import timedelta

import pytest

from tests.watched_clock import WatchedClock
from wechat_scheduler.engine.looks import LONGEST, Looks

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("every", "took", "pause"),
    [
        (SECOND, timedelta(0), SECOND),
        (SECOND, timedelta(milliseconds=20), SECOND),
        (SECOND, timedelta(milliseconds=60), 3 * SECOND),
        (SECOND, 2 * SECOND, LONGEST),
        (30 * SECOND, 2 * SECOND, 30 * SECOND),
    ],
)
async def test_the_pause_between_looks_grows_with_what_the_last_one_took(
    every: timedelta, took: timedelta, pause: timedelta
) -> None:
    clock = WatchedClock()
    looks = Looks(every, clock)

    with looks.taken():
        clock.advance(took)

    assert looks.pause == pause


async def test_a_look_that_fails_does_not_count() -> None:
    clock = WatchedClock()
    looks = Looks(SECOND, clock)

    def fail() -> None:
        with looks.taken():
            clock.advance(9 * SECOND)
            raise OSError("away")

    with pytest.raises(OSError, match="away"):
        fail()

    assert looks.pause == SECOND
