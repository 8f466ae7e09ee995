"""A daemon on a sandbox, with time standing still unless the test moves it, and a person in a browser."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.clock import FakeClock, unmoved
from tests.console.visitor import Browser, browser
from tests.house import Caller, daemon, in_memory, wechat
from tests.keeper.conftest import business, clock, keeper, weixin

__all__ = ["business", "clock", "keeper", "weixin"]


@pytest.fixture
async def visitor(keeper: Caller) -> AsyncIterator[Browser]:
    """A browser that nobody has signed in with."""
    async with browser(keeper) as opened:
        yield opened


@pytest.fixture
async def admin(visitor: Browser) -> Browser:
    """A browser that is signed in with the admin key."""
    await visitor.enter()
    return visitor


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def keeper_of_the_file(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Caller]:
    clock, state = FakeClock(), tmp_path_factory.mktemp("state")
    async with (
        wechat(clock) as weixin,
        daemon(
            state, weixin.url, clock=clock, opener=in_memory, gateway__enabled="true"
        ) as running,
    ):
        yield running


@pytest.fixture
def standing(keeper_of_the_file: Caller) -> Iterator[Caller]:
    """A daemon that stands since the first test of the file. Each test makes keys of its own, gives few wrong ones,
    and moves no time."""
    with unmoved(keeper_of_the_file.daemon.ground.clock):
        yield keeper_of_the_file


@pytest_asyncio.fixture(loop_scope="module")
async def stranger(standing: Caller) -> AsyncIterator[Browser]:
    """A browser in front of the daemon of the file, that nobody has signed in with."""
    async with browser(standing) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def someone(stranger: Browser) -> Browser:
    """The same, signed in with the admin key."""
    await stranger.enter()
    return stranger
