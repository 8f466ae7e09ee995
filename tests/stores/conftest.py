"""Each store on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.postgres import PostgresServer
from tests.reused import postgres_database
from tests.stores.mailing import Mail, mailing
from tests.stores.suite import Stores, opened, sql_stores
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.delivery.outbox import SqlOutbox


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty one."""
    if request.param == "sqlite":
        async with opened(f"sqlite://{tmp_path}/state.db") as database:
            yield database
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        async with postgres_database(server) as url, opened(url) as database:
            yield database


@pytest.fixture
def stores(database: Database) -> Stores:
    return sql_stores(database)


@pytest.fixture
async def mail(database: Database) -> Mail:
    """An app and two people, and nothing sent yet."""
    return await mailing(database, FakeClock())


@pytest.fixture
def store(stores: Stores) -> SqlCredentials:
    return stores.credentials


@pytest.fixture
def outbox(stores: Stores) -> SqlOutbox:
    return stores.outbox
