"""Each store on SQLite and on PostgreSQL."""

import pytest
import pytest_asyncio

from tests.clock import FakeClock
from tests.stores.mailing import Mail, mailing
from tests.stores.suite import Stores, sql_stores
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.delivery.outbox import SqlOutbox


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
