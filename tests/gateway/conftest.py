"""A daemon with its gateway on, which keeps an account's token and its ticket for pages: one of the test's own, and
one of all tests of a file."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.clock import FakeClock, unmoved
from tests.house import Caller, WeChat, daemon, in_memory, wechat
from tests.keeper.conftest import business, clock, keeper, weixin

__all__ = ["business", "clock", "keeper", "weixin"]


@pytest.fixture
async def gate(tmp_path: Path, weixin: WeChat, clock: FakeClock) -> AsyncIterator[Caller]:
    async with _gate(tmp_path / "state", weixin, clock) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gate_of_the_file(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Caller]:
    clock = FakeClock()
    state = tmp_path_factory.mktemp("state")
    async with wechat(clock) as weixin, _gate(state, weixin, clock) as running:
        yield running


@pytest.fixture
def standing(gate_of_the_file: Caller) -> Iterator[Caller]:
    """A gate that stands since the first test of the file. Each test has consumers of its own, gives few wrong
    secrets, and moves no time."""
    with unmoved(gate_of_the_file.daemon.ground.clock):
        yield gate_of_the_file


@asynccontextmanager
async def _gate(state: Path, weixin: WeChat, clock: FakeClock) -> AsyncIterator[Caller]:
    async with daemon(
        state, weixin.url, clock=clock, opener=in_memory, gateway__enabled=True
    ) as running:
        await running.register({"type": 0}, {"type": 1})
        await running.settle()
        yield running
