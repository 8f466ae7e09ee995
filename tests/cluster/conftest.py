"""Several daemons on one PostgreSQL."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.house import Caller, WeChat, daemon, wechat
from tests.postgres import PostgresServer
from tests.reused import postgres_database
from wechat_scheduler.engine.clock import Clock, SharedClock, SystemClock

Cluster: TypeAlias = Callable[..., AbstractAsyncContextManager[Caller]]


class WrongClock(SystemClock):
    """The clock of a machine that is wrong by `ahead`."""

    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return super().now() + self.ahead


@pytest.fixture
async def weixin() -> AsyncIterator[WeChat]:
    async with wechat(SystemClock()) as weixin:
        yield weixin


@pytest.fixture
async def database_url(postgres: PostgresServer) -> AsyncIterator[str]:
    async with postgres_database(postgres) as url:
        yield url


@pytest.fixture
def node(tmp_path: Path, weixin: WeChat, database_url: str) -> Cluster:
    """Opens a daemon on a machine whose clock is `ahead`, beside the others. Its loops stand."""

    @asynccontextmanager
    async def opened(
        name: str,
        ahead: timedelta = timedelta(0),
        clock: Clock | None = None,
        database: str = "",
        **settings: Any,
    ) -> AsyncIterator[Caller]:
        async with daemon(
            tmp_path / name,
            weixin.url,
            clock=clock or SharedClock(WrongClock(ahead)),
            loops=False,
            state__database=database or database_url,
            state__sealing_key_file=str(tmp_path / "sealing.key"),
            **settings,
        ) as caller:
            yield caller

    return opened
