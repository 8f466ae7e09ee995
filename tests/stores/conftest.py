"""Each store on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.clock import FakeClock
from tests.lasting import OpenDatabases
from tests.postgres import PostgresServer
from tests.stores.mailing import Mail, mailing
from tests.stores.suite import Stores, sql_stores
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.delivery.outbox import SqlOutbox


@pytest_asyncio.fixture(loop_scope="session", params=["sqlite", "postgresql"])
async def database(
    request: pytest.FixtureRequest, open_databases: OpenDatabases
) -> AsyncIterator[Database]:
    """An empty one."""
    if request.param == "sqlite":
        async with open_databases.sqlite() as database:
            yield database
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        async with open_databases.postgresql(server) as database:
            yield database


@pytest.fixture
def stores(database: Database) -> Stores:
    return sql_stores(database)


@pytest_asyncio.fixture(loop_scope="session")
async def mail(database: Database) -> Mail:
    """An app and two people, and nothing sent yet."""
    return await mailing(database, FakeClock())


@pytest.fixture
def store(stores: Stores) -> SqlCredentials:
    return stores.credentials


@pytest.fixture
def outbox(stores: Stores) -> SqlOutbox:
    return stores.outbox
