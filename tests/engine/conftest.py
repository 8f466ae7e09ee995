"""A loop over chores, for the files that have a clock which says when it is waited on."""

import pytest

from tests.chores import Chores
from tests.watched_clock import WatchedClock
from wechat_scheduler.engine.clockwork import Clockwork


@pytest.fixture
async def chores(clock: WatchedClock) -> Chores:
    return Chores(clock)


@pytest.fixture
def clockwork(chores: Chores, clock: WatchedClock) -> Clockwork[str, str]:
    return Clockwork(chores, clock=clock, slots=4)
