"""An intact state folder and a sandbox, with the machine's clock: the dates of answers are real."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.house import WeChat, daemon, daemon_config, wechat
from wechat_scheduler.config.settings import Config
from wechat_scheduler.engine.clock import SystemClock


@pytest.fixture
async def weixin() -> AsyncIterator[WeChat]:
    async with wechat(SystemClock()) as running:
        yield running


@pytest.fixture
async def config(tmp_path: Path, weixin: WeChat) -> Config:
    """The configuration of a daemon that kept two credentials, and has ended."""
    state = tmp_path / "state"
    async with daemon(state, weixin.url, loops=False) as running:
        await running.register({"type": 0}, {"type": 1})
        await running.settle()
    return daemon_config(state, weixin.url)
