"""Paths that refuse fresh tokens take few of a day's refreshes."""

from datetime import timedelta

from tests.clock import FakeClock
from wechat_scheduler.credentials.model import ACCESS_TOKEN, JobKey
from wechat_scheduler.gateway.refused_paths import REMEMBERED, RefusedPaths

KEY, PATH = JobKey("wx1", ACCESS_TOKEN), "/cgi-bin/component/api_get_authorizer_info"


def believed(paths: RefusedPaths, clock: FakeClock, pause: timedelta, calls: int) -> int:
    """How many of these calls, all refused, have a token replaced."""
    count = 0
    for _ in range(calls):
        clock.advance(pause)
        if paths.believes(KEY, PATH):
            count += 1
            paths.refused(KEY, PATH)
    return count


def test_one_path_takes_half_of_a_days_refreshes_however_often_it_is_called() -> None:
    clock = FakeClock()
    paths = RefusedPaths(clock)

    first_day = believed(paths, clock, timedelta(minutes=1), 24 * 60)
    next_day = believed(paths, clock, timedelta(minutes=1), 24 * 60)

    assert (first_day, next_day) == (10, 1)


def test_another_path_and_another_job_are_believed() -> None:
    clock = FakeClock()
    paths = RefusedPaths(clock)

    believed(paths, clock, timedelta(minutes=1), 3)

    assert not paths.believes(KEY, PATH)
    assert paths.believes(KEY, "/cgi-bin/menu/get")
    assert paths.believes(JobKey("wx2", ACCESS_TOKEN), PATH)


def test_a_path_that_takes_a_token_is_believed_at_once() -> None:
    clock = FakeClock()
    paths = RefusedPaths(clock)
    believed(paths, clock, timedelta(minutes=1), 3)

    paths.took(KEY, PATH)

    assert paths.believes(KEY, PATH)


def test_the_oldest_path_is_forgotten_first() -> None:
    clock = FakeClock()
    paths = RefusedPaths(clock)
    believed(paths, clock, timedelta(minutes=1), 3)

    for number in range(REMEMBERED):
        paths.refused(KEY, f"/{number}")

    assert paths.believes(KEY, PATH)
