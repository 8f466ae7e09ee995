"""A clock that a test moves and a sandbox on it; a town of the test's own, and one of all tests of a file."""

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from tests.clock import FakeClock, unmoved
from tests.house import Caller, daemon, in_memory, wechat
from tests.keeper.conftest import clock, weixin
from tests.sending.town import Town, town

__all__ = ["clock", "weixin"]

ACCOUNTS = count(0xAAAA)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town_of_the_file(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with town(tmp_path_factory.mktemp("town"), opener=in_memory) as settled:
        yield settled


@pytest.fixture
def place(town_of_the_file: Town) -> Iterator[Town]:
    """A town that stands since the first test of the file: opening it costs more than most tests.

    Each test brings people of its own, changes nothing of the app, and moves no time. A fixture that
    is async and uses it needs `loop_scope="module"`.
    """
    with unmoved(town_of_the_file.clock):
        yield town_of_the_file


@pytest_asyncio.fixture(loop_scope="module")
async def apart(place: Town) -> Town:
    """The town of the file, seen from an account and an app of this test alone."""
    return await place.another(f"wx{next(ACCOUNTS):016x}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def keeper_of_the_file(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Caller]:
    """A daemon that stands since the first test of the file, for tests that use apps of their own."""
    clock = FakeClock()
    state = tmp_path_factory.mktemp("state")
    async with (
        wechat(clock) as weixin,
        daemon(state, weixin.url, clock=clock, opener=in_memory) as running,
    ):
        with unmoved(clock):
            yield running


@pytest.fixture
def signer(signer_of_the_file: Caller) -> Iterator[Caller]:
    """The `signer_of_the_file` that each file of signatures has, for tests that move no time and withdraw
    nothing."""
    with unmoved(signer_of_the_file.daemon.ground.clock):
        yield signer_of_the_file


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[Town]:
    """A town of this test alone, whose time it moves, and whose store is in memory."""
    async with town(tmp_path, opener=in_memory) as settled:
        yield settled
