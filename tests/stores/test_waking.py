"""A job begins to wait at the very moment at which what it waits for comes, on PostgreSQL.

The one that is first holds its transaction until the other one waits for it or is done.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import asyncpg
import pytest

from tests.postgres import PostgresServer
from tests.reused import postgres_database
from tests.stores.samples import NOW, SECOND, TICKET, TOKEN, claim, failed, registration, rotated
from tests.stores.suite import VAULT, Stores, opened, sql_stores
from tests.stores.test_shared_database import driven
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.storage.credentials import jobs
from wechat_scheduler.storage.database import Script
from wechat_scheduler.storage.pushes.pushes import SqlPushes

LATER = NOW + SECOND
COMPONENT = JobKey("wx1", "component_access_token")
PUSHED = "component_verify_ticket"
WAITS = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
async def url(postgres: PostgresServer) -> AsyncIterator[str]:
    async with postgres_database(postgres) as url:
        yield url


@pytest.fixture
async def stores(url: str) -> AsyncIterator[Stores]:
    async with opened(url) as database:
        yield sql_stores(database)


@pytest.fixture
async def connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    yield connection
    await connection.close()


@pytest.mark.parametrize("parent_is_first", [True, False])
async def test_a_parent_that_rotates_while_its_child_begins_to_wait_wakes_it(
    stores: Stores, connection: asyncpg.Connection, parent_is_first: bool
) -> None:
    store = stores.credentials
    await store.register(registration(TICKET), now=NOW)
    sleeps = failed(await claim(store), Reaction.PARENT_INVALID, waits_on="access_token/", at=LATER)
    await store.register(registration(TOKEN), now=NOW)
    rotates = rotated(await claim(store))

    first, second = (rotates, sleeps) if parent_is_first else (sleeps, rotates)
    await at_once(connection, stores, jobs.save(VAULT, first, LATER), store.save(second, now=LATER))

    assert (await claim(store, at=LATER)).key == TICKET


async def test_a_ticket_that_comes_while_its_job_begins_to_wait_wakes_it(
    stores: Stores, connection: asyncpg.Connection
) -> None:
    store = stores.credentials
    pushes = SqlPushes(stores.database, VAULT, tell=store.tell)
    await pushes.put_secrets("wx1", token="token", aes_key="", now=NOW)
    await store.register(registration(COMPONENT), now=NOW)
    sleeps = failed(await claim(store), Reaction.NEEDS_INPUT, waits_on=PUSHED, at=LATER)

    await at_once(
        connection,
        stores,
        jobs.save(VAULT, sleeps, LATER),
        pushes.put_ticket("wx1", "ticket", now=LATER),
    )

    assert (await claim(store, at=LATER)).key == COMPONENT


async def at_once(
    connection: asyncpg.Connection,
    stores: Stores,
    first: Script[object],
    second: Coroutine[Any, Any, object],
) -> None:
    transaction = connection.transaction()
    await transaction.start()
    await driven(connection, first)
    task = asyncio.create_task(second)  # noqa: TID251 - both are one test
    while not task.done() and not await stores.database.read(WAITS):
        pass
    await transaction.commit()
    await task
