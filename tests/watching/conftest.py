"""A daemon that is being watched."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

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
async def keeper(
    request: pytest.FixtureRequest, tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> AsyncIterator[Caller]:
    opener = opener_for(request)
    async with daemon(tmp_path / "state", weixin.url, clock=clock, opener=opener) as running:
        yield running
