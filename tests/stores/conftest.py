"""Each store on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from tests.clock import FakeClock
from tests.postgres import PostgresServer
from tests.stores.mailing import Mail, mailing
from tests.stores.suite import (
    Stores,
    empty,
    opened,
    sql_stores,
)
from wechat_scheduler.storage.credentials import SqlCredentials
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.outbox import SqlOutbox


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty one. The tests on PostgreSQL share a database: a new one for each takes longer."""
    if request.param == "sqlite":
        async with opened(f"sqlite://{tmp_path}/state.db") as database:
            yield database
    else:
        shared: SharedDatabase = request.getfixturevalue("shared_database")
        async with opened(await shared.url()) as database:
            await database.write(empty)
            yield database


@pytest.fixture
def stores(database: Database) -> Stores:
    return sql_stores(database)


@pytest.fixture
async def mail(database: Database) -> Mail:
    """An app and two people, and nothing sent yet."""
    return await mailing(database, FakeClock())


@pytest.fixture(scope="session")
def shared_database(postgres: PostgresServer) -> "SharedDatabase":
    return SharedDatabase(postgres)


class SharedDatabase:
    """A database that the first test creates."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._made = False

    async def url(self) -> str:
        if not self._made:
            connection = await asyncpg.connect(self._server.url("postgres"))
            await connection.execute("CREATE DATABASE contract")
            await connection.close()
            self._made = True
        return self._server.url("contract")


@pytest.fixture
def store(stores: Stores) -> SqlCredentials:
    return stores.credentials


@pytest.fixture
def outbox(stores: Stores) -> SqlOutbox:
    return stores.outbox
