"""How many callers may be connected, by the descriptors that the process has."""

import gc
import os
import resource
from collections.abc import Iterator

import pytest

from wechat_scheduler.daemon.descriptors import FEWEST, SPARE, DescriptorLimit


@pytest.fixture
def limit() -> Iterator[int]:
    """As many descriptors as a login shell gives on many systems."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
    yield min(before[1], 1 << 16)
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_daemon_raises_its_limit_as_far_as_it_may(limit: int) -> None:
    DescriptorLimit(outgoing=0)

    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == limit


def test_the_daemons_own_connections_come_first(limit: int) -> None:
    descriptors = DescriptorLimit(outgoing=200)

    assert descriptors.room(0) == limit - 200 - SPARE


def test_descriptors_that_are_in_use_leave_less_room(limit: int) -> None:
    gc.collect()  # what it closes later would count as room
    descriptors = DescriptorLimit(outgoing=0)
    before = descriptors.room(0)
    pipes = [end for _ in range(20) for end in os.pipe()]

    after = descriptors.room(0)
    for end in pipes:
        os.close(end)

    assert before - after == len(pipes)


def test_a_few_callers_are_served_however_few_descriptors_there_are() -> None:
    assert DescriptorLimit(outgoing=1 << 20).room(0) == FEWEST
