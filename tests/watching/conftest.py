"""A daemon that is being watched."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.house import Caller, WeChat, daemon, wechat


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def weixin(clock: FakeClock) -> AsyncIterator[WeChat]:
    async with wechat(clock) as running:
        yield running


@pytest.fixture
async def keeper(tmp_path: Path, weixin: WeChat, clock: FakeClock) -> AsyncIterator[Caller]:
    async with daemon(tmp_path / "state", weixin.url, clock=clock) as running:
        yield running
