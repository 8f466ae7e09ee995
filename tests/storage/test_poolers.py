"""PostgreSQL behind pgbouncer, in both of its modes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from importlib.resources.abc import Traversable
from typing import TypeAlias
from urllib.parse import urlsplit

import pytest

from tests.pgbouncer import bounced
from tests.postgres import connected
from tests.storage.scripts import names, put
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StateError
from wechat_scheduler.storage.database import Database, Script, Statement, insert_many
from wechat_scheduler.storage.opening import open_database
from wechat_scheduler.storage.postgres import change_listener
from wechat_scheduler.storage.postgres.database import PostgresDatabase, connect

OpenPooled: TypeAlias = Callable[..., Awaitable[Database]]

ROUNDS = 5
SIZES = {"session": 20, "transaction": 2}

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture(params=SIZES)
def mode(request: pytest.FixtureRequest) -> str:
    mode: str = request.param
    return mode


@pytest.fixture
def pooled_url(mode: str, database_url: str) -> Iterator[str]:
    with bounced(database_url, mode, size=SIZES[mode]) as url:
        yield url


@pytest.fixture
async def open_pooled(pooled_url: str, migrations: Traversable) -> AsyncIterator[OpenPooled]:
    async with Supervisor() as supervisor, AsyncExitStack() as stack:

        async def opened(listen: str = "") -> Database:
            database = await open_database(
                pooled_url,
                migrations=migrations,
                clock=SystemClock(),
                supervisor=supervisor,
                listen=listen,
            )
            stack.push_async_callback(database.close)
            return database

        yield opened


async def test_units_of_work_and_reads_share_few_connections(
    open_pooled: OpenPooled,
) -> None:
    pooled = await open_pooled()

    def unit(name: str) -> Script[None]:
        yield from put(name)
        yield insert_many("INSERT INTO items (name)", [(f"{name}a",), (f"{name}b",)])
        yield Statement("SELECT * FROM items WHERE name = $1", (name,))

    for again in range(ROUNDS):
        async with asyncio.TaskGroup() as group:
            for number in range(20):
                name = f"{again} {number}"
                group.create_task(pooled.write(partial(unit, name)))
                group.create_task(pooled.read("SELECT name FROM items WHERE name = $1", name))

    assert len(await names(pooled)) == ROUNDS * 20 * 3


async def hears(database: Database) -> bool:
    assert isinstance(database, PostgresDatabase)
    return await database.hears()


async def test_signals_are_heard_in_session_mode_and_their_loss_is_noticed_in_the_other(
    open_pooled: OpenPooled, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In the other mode nothing comes, however long it waits.
    limit = timedelta(minutes=1) if mode == "session" else timedelta(milliseconds=100)
    monkeypatch.setattr(change_listener, "HEARD_WITHIN", limit)
    monkeypatch.setattr(change_listener, "KNOWN_WITHIN", timedelta(minutes=2))
    database = await open_pooled()

    heard = await hears(database)

    assert heard is (mode == "session")


async def test_signals_are_heard_on_a_connection_of_their_own(
    open_pooled: OpenPooled, database_url: str
) -> None:
    database = await open_pooled(listen=urlsplit(database_url)._replace(path="").geturl())

    heard = await hears(database)

    assert heard


async def test_a_full_pooler_is_named_with_the_remedy(database_url: str) -> None:
    with bounced(database_url, "transaction", size=2, clients=1) as url:
        async with Supervisor() as supervisor, connected(url):
            with pytest.raises(StateError, match=r"no connection left .* lower state\.connections"):
                await connect(url, clock=SystemClock(), supervisor=supervisor)
