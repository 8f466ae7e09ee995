"""A store that takes no more: nothing that WeChat answered is lost, and memory goes on serving."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from tests.clock import FakeClock
from tests.house import daemon_config, served
from tests.storage.test_sqlite import pragma
from tests.watched_clock import WatchedClock
from wechat_scheduler.credentials.model import Account, JobKey, Registration, Task
from wechat_scheduler.daemon.cores import wire
from wechat_scheduler.daemon.credentials import CredentialParts
from wechat_scheduler.daemon.ground import open_ground
from wechat_scheduler.engine.clockwork import STORE_PAUSE
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StorageError, UnavailableError
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.opening import open_database

STORM = [JobKey(f"wx{number:016d}", "access_token") for number in range(30)]
FULL = "the disk is full"
RENEWAL = timedelta(minutes=110)


class Talkative:
    """A WeChat whose tokens are as long as it is told: longer ones need more room in the store."""

    def __init__(self) -> None:
        self.length = 100
        self.errcode = 0
        self.calls = 0
        self.idle = asyncio.Event()
        self.idle.set()
        self.asked = asyncio.Condition()

    async def answer(self, request: web.Request) -> web.Response:
        async with self.asked:
            self.calls += 1
            self.asked.notify_all()
        await self.idle.wait()
        if self.errcode:
            return web.json_response({"errcode": self.errcode, "errmsg": "scripted"})
        token = secrets.token_hex(8).ljust(self.length, "x")
        return web.json_response({"access_token": token, "expires_in": 7200})


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """The daemon's credentials on a database that the test can reach."""

    credentials: CredentialParts
    database: Database
    store: SqlCredentials
    weixin: Talkative
    clock: FakeClock

    async def values(self) -> list[str]:
        """What callers are handed out."""
        cells = [await self.credentials.manager.fetch(key) for key in STORM]
        found = [cell.valid(self.clock.boottime()) for cell in cells]
        return [credential.value for credential in found if credential is not None]

    async def register(self, *keys: JobKey) -> None:
        for key in keys:
            account = Account(appid=key.appid, secret="secret", endpoint="token")
            tasks = (Task(key=key),)
            await self.credentials.manager.register(
                Registration(account=account, owner="shop", tasks=tasks)
            )

    async def stored(self, key: JobKey) -> tuple[str, int]:
        """What a restart would find."""
        snapshot = await self.store.load(key)
        assert snapshot is not None
        assert snapshot.credential is not None
        return snapshot.credential.value, snapshot.credential.version

    @asynccontextmanager
    async def storm(self) -> AsyncIterator[None]:
        """All are being refreshed, and WeChat thinks about it until it is `idle`."""
        weixin, expected = self.weixin, self.weixin.calls + len(STORM)
        weixin.idle.clear()
        async with asyncio.TaskGroup() as group:
            refreshing = group.create_task(self.credentials.clockwork.run_once())
            async with weixin.asked:
                await weixin.asked.wait_for(lambda: weixin.calls >= expected)
            yield
            moments = group.create_task(self.clock.flow(STORE_PAUSE))
            await refreshing
            moments.cancel()


@asynccontextmanager
async def opened(
    folder: Path, clock: FakeClock, migrations: Traversable, weixin: Talkative
) -> AsyncIterator[Keeper]:
    app = web.Application()
    app.router.add_get("/cgi-bin/token", weixin.answer)
    async with served(app) as url, Supervisor() as tasks:
        config = daemon_config(folder, url, wechat__connections=len(STORM))
        database = await open_database(
            config.state.database, migrations=migrations, clock=clock, supervisor=tasks
        )
        async with open_ground(
            config, database, tasks, clock=clock, rng=random.Random(3)
        ) as ground:
            yield Keeper(
                credentials=wire(ground).credentials,
                database=database,
                store=ground.stores.credentials,
                weixin=weixin,
                clock=clock,
            )
        await database.close()


@pytest.fixture
def clock() -> WatchedClock:
    return WatchedClock()


@pytest.fixture
async def keeper(
    tmp_path: Path, clock: WatchedClock, migrations: Traversable
) -> AsyncIterator[Keeper]:
    async with opened(tmp_path, clock, migrations, Talkative()) as keeper:
        await keeper.register(*STORM)
        await keeper.credentials.clockwork.run_once()
        yield keeper


async def fill(keeper: Keeper) -> None:
    """No page more than there are."""
    (pages,) = await pragma(keeper.database, "page_count")
    await pragma(keeper.database, f"max_page_count = {pages}")
    keeper.weixin.length = 3_000


async def make_room(keeper: Keeper) -> None:
    await pragma(keeper.database, "max_page_count = 1000000")


async def protect(keeper: Keeper) -> None:
    """As a file system that was mounted anew, read-only: there is no way back but a restart."""
    await pragma(keeper.database, "query_only = ON")


async def test_what_wechat_answered_waits_for_a_disk_that_is_full(
    keeper: Keeper, clock: WatchedClock
) -> None:
    before, calls = await keeper.values(), keeper.weixin.calls
    clock.advance(RENEWAL)

    with capture_logs() as log:
        async with keeper.storm():
            await fill(keeper)
            keeper.weixin.idle.set()
            await clock.waited()
            meanwhile = await keeper.values()
            await make_room(keeper)
    after = await keeper.values()

    assert FULL in {entry.get("error") for entry in log if entry["log_level"] == "error"}
    assert len(meanwhile) == len(STORM)
    assert set(meanwhile) <= set(before) | set(after)
    assert not set(after) & set(before)
    assert keeper.weixin.calls == calls + len(STORM)
    stored = [await keeper.stored(key) for key in STORM]
    assert [(value, version) for value, version in stored] == [(value, 2) for value in after]


async def test_a_registration_that_cannot_be_stored_is_refused_and_may_be_repeated(
    keeper: Keeper,
) -> None:
    late = [JobKey(f"wx{number}", "access_token") for number in range(99)]
    await fill(keeper)

    with pytest.raises(StorageError, match=FULL):
        await keeper.register(*late)
    served = await keeper.values()
    await make_room(keeper)
    await keeper.register(*late)

    assert len(served) == len(STORM)
    assert await keeper.credentials.clockwork.run_once()


async def test_a_store_that_became_read_only_is_said_and_memory_serves_until_a_restart(
    keeper: Keeper, clock: WatchedClock, tmp_path: Path, migrations: Traversable
) -> None:
    before = await keeper.values()
    clock.advance(RENEWAL)

    with capture_logs() as log:
        async with keeper.storm():
            await protect(keeper)
            keeper.weixin.idle.set()
            await clock.waited(len(STORM))
            meanwhile = await keeper.values()
            keeper.credentials.clockwork.stop()
    async with opened(tmp_path, clock, migrations, keeper.weixin) as again:
        await again.store.release(now=clock.now())
        await again.credentials.clockwork.run_once()
        after = await again.values()

    assert "the database is read-only" in {entry.get("error") for entry in log}
    assert meanwhile == before
    assert len(after) == len(STORM)
    assert not set(after) & set(before)


async def test_what_expires_while_the_store_takes_nothing_is_not_handed_out(
    keeper: Keeper, clock: WatchedClock
) -> None:
    await protect(keeper)
    clock.advance(timedelta(hours=2))

    async with asyncio.TaskGroup() as group:
        moments = group.create_task(clock.flow(timedelta(seconds=10)))
        with pytest.raises(UnavailableError):
            await keeper.credentials.manager.fetch(STORM[0])
        moments.cancel()
