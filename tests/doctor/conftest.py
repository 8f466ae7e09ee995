"""An intact state folder and a sandbox, with the machine's clock: the dates of answers are real."""

import shutil
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


@pytest.fixture(scope="session")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the state folder of `config` is kept, once there is one."""
    return tmp_path_factory.mktemp("left")


def holds_something(folder: Path) -> bool:
    return any(folder.iterdir())


@pytest.fixture
async def config(tmp_path: Path, weixin: WeChat, left: Path) -> Config:
    """The configuration of a daemon that kept two credentials of another sandbox, and has ended."""
    kept = left / "state"
    if not holds_something(left):
        async with wechat(SystemClock()) as other, daemon(kept, other.url, loops=False) as running:
            await running.register({"type": 0}, {"type": 1})
            await running.settle()
    return daemon_config(Path(shutil.copytree(kept, tmp_path / "state")), weixin.url)
