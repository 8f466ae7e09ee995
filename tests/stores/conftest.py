"""One store after the other: in SQLite, in PostgreSQL."""

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
from wechat_scheduler.storage.outbox import SqlOutbox


@pytest.fixture(params=["sqlite", "postgresql"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    """Empty ones. A database of PostgreSQL's own for each test would take most of the time."""
    if request.param == "sqlite":
        async with opened(f"sqlite://{tmp_path}/state.db") as database:
            yield sql_stores(database)
    else:
        shared: SharedDatabase = request.getfixturevalue("shared_database")
        async with opened(await shared.url()) as database:
            await database.write(empty)
            yield sql_stores(database)


@pytest.fixture(params=["sqlite", "postgresql"])
async def mail(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Mail]:
    """An app and two people, and nothing sent yet."""
    if request.param == "sqlite":
        async with mailing(f"sqlite://{tmp_path}/state.db", FakeClock()) as made:
            yield made
    else:
        shared: SharedDatabase = request.getfixturevalue("shared_database")
        async with mailing(await shared.url(), FakeClock(), fresh=empty) as made:
            yield made


@pytest.fixture(scope="session")
def shared_database(postgres: PostgresServer) -> "SharedDatabase":
    return SharedDatabase(postgres)


class SharedDatabase:
    """Is made when it is first asked for, and goes with the server."""

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
