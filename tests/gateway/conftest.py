"""A daemon with its gateway on, which keeps an account's token and its ticket for pages."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.house import Caller, WeChat, daemon, in_memory
from tests.keeper.conftest import business, clock, keeper, weixin

__all__ = ["business", "clock", "keeper", "weixin"]


@pytest.fixture
async def gate(tmp_path: Path, weixin: WeChat, clock: FakeClock) -> AsyncIterator[Caller]:
    async with daemon(
        tmp_path / "state", weixin.url, clock=clock, opener=in_memory, gateway__enabled=True
    ) as running:
        await running.register({"type": 0}, {"type": 1})
        await running.settle()
        yield running
