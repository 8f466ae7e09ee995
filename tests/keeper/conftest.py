"""A daemon on a sandbox, with time standing still unless the test moves it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.business import Business
from tests.clock import FakeClock
from tests.house import Caller, WeChat, daemon, opener_for, wechat


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def weixin(clock: FakeClock) -> AsyncIterator[WeChat]:
    async with wechat(clock) as running:
        yield running


@pytest.fixture
async def business() -> AsyncIterator[Business]:
    async with Business() as running:
        yield running


@pytest.fixture
async def keeper(
    request: pytest.FixtureRequest, tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> AsyncIterator[Caller]:
    """Its store is in memory, unless the test is marked `on_disk`."""
    async with daemon(
        tmp_path / "state",
        weixin.url,
        clock=clock,
        opener=opener_for(request),
        gateway__enabled="true",
    ) as running:
        yield running
