"""Several processes on one PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import asyncpg
import pytest

from tests.postgres import PostgresServer
from tests.reused import postgres_database
from tests.stores.samples import LEASE, NOW, TOKEN, USER, registration, rotated, task
from tests.stores.suite import VAULT, opened, sql_credentials, sql_stores
from tests.template import postgres_template
from wechat_scheduler.access.once import KEPT, Once
from wechat_scheduler.audience.model import Topic
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.storage.audience.topics import SqlTopics
from wechat_scheduler.storage.credentials.job_lists import SqlListedJobs
from wechat_scheduler.storage.credentials.registrations import LOCK_ACCOUNT, MAKE_JOB
from wechat_scheduler.storage.database import Row, Script, Statement
from wechat_scheduler.storage.rows import micros
from wechat_scheduler.storage.stored_responses import put_response

# With these the planner is left with plans that look at a sub-select once for each row.
NARROW = (
    "enable_hashjoin", "enable_mergejoin", "enable_hashagg", "enable_sort", "enable_material", "jit",
)  # fmt: skip

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
async def url(postgres: PostgresServer) -> AsyncIterator[str]:
    async with postgres_database(postgres) as url:
        yield url


@pytest.fixture
async def own_url(postgres: PostgresServer) -> AsyncIterator[str]:
    """Of a database whose settings a test may change."""
    async with postgres.fresh_database(await postgres_template(postgres)) as url:
        yield url


async def test_a_claim_keeps_its_limit_however_the_query_is_planned(own_url: str) -> None:
    connection = await asyncpg.connect(own_url)
    for setting in NARROW:
        await connection.execute(
            f"DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET {setting} = off'; END $$"
        )
    await connection.close()
    async with opened(own_url) as database:
        stores = sql_stores(database)
        keys = [JobKey("wx1", "access_token", str(number)) for number in range(20)]
        tasks = [task(key, notify="http://erp/n") for key in keys]
        await stores.credentials.register(registration(*tasks), now=NOW)

        jobs = await stores.credentials.claim(now=NOW, limit=5, lease=LEASE)
        for job in jobs:
            await stores.credentials.save(rotated(job), now=NOW)
        deliveries = await stores.outbox.claim(now=NOW, limit=3, lease=LEASE)

        assert (len(jobs), len(deliveries)) == (5, 3)


async def test_many_who_claim_at_once_share_the_work(url: str) -> None:
    async with opened(url) as database:
        workers = [sql_credentials(database, f"worker{number}") for number in range(8)]
        keys = [JobKey("wx1", "access_token", str(number)) for number in range(40)]
        await workers[0].register(registration(*keys), now=NOW)

        async with asyncio.TaskGroup() as group:
            claims = [
                group.create_task(worker.claim(now=NOW, limit=5, lease=LEASE)) for worker in workers
            ]

        claimed = [job.key for done in claims for job in done.result()]
        assert sorted(claimed) == sorted(set(claimed))


async def test_a_registration_outlives_the_removal_of_another_owners(url: str) -> None:
    async with opened(url) as database:
        here, there = (sql_credentials(database, name) for name in ("here", "there"))

        for _ in range(40):
            await here.register(registration(TOKEN, owner="erp"), now=NOW)
            async with asyncio.TaskGroup() as group:
                group.create_task(here.remove(TOKEN, owner="erp", now=NOW))
                group.create_task(there.register(registration(TOKEN, owner="shop"), now=NOW))

            assert [view.key for view in await here.view(limit=1)] == [TOKEN]
            await here.remove(TOKEN, owner="", now=NOW)


async def test_a_process_hears_what_others_changed_and_not_what_it_changed_itself(
    url: str,
) -> None:
    async with opened(url) as database:
        here, there = (sql_credentials(database, name) for name in ("here", "there"))
        heard: asyncio.Queue[JobKey | None] = asyncio.Queue()
        here.on_change(heard.put_nowait)
        assert await heard.get() is None  # from now on it listens

        await here.register(registration(TOKEN), now=NOW)
        await there.register(registration(USER), now=NOW)
        assert await heard.get() == USER
        (token,) = [
            job for job in await there.claim(now=NOW, limit=2, lease=LEASE) if job.key == TOKEN
        ]
        await there.save(rotated(token), now=NOW)
        assert await heard.get() == TOKEN
        await there.hasten(USER, now=NOW)
        assert await heard.get() == USER
        await there.remove(TOKEN, owner="", now=NOW)
        assert await heard.get() == TOKEN

        assert heard.empty()


async def test_creations_do_not_wait_for_one_another_to_forget_old_responses(url: str) -> None:
    """The first one holds everything that it locked until the second one is done."""
    late = NOW + 2 * KEPT
    async with opened(url) as database:
        topics = SqlTopics(database, VAULT)
        for number in range(4):
            topic = Topic(id=number, app_id=1, name="old", created_at=NOW)
            await topics.add(topic, once=once(f"old{number}"))
        connection = await asyncpg.connect(url)
        try:
            transaction = connection.transaction()
            await transaction.start()
            await driven(connection, put_response(VAULT, once("first"), late))

            async with asyncio.timeout(60):
                topic = Topic(id=9, app_id=1, name="new", created_at=late)
                await topics.add(topic, once=once("second"))

            await transaction.rollback()
        finally:
            await connection.close()

        assert await topics.get(9) is not None


async def test_an_account_that_is_registered_while_it_is_forgotten_keeps_its_secret(
    url: str,
) -> None:
    async with opened(url) as database:
        store = sql_credentials(database, "here")
        await store.register(registration(TOKEN), now=NOW)
        await store.remove(TOKEN, owner="", now=NOW)
        connection = await asyncpg.connect(url)
        try:
            transaction = connection.transaction()
            await transaction.start()
            await driven(connection, registered(TOKEN))
            async with asyncio.timeout(60), asyncio.TaskGroup() as group:
                group.create_task(SqlListedJobs(database, VAULT).forget_account(TOKEN.appid))
                while not await connection.fetchval(WAITING):
                    pass
                await transaction.commit()
        finally:
            await connection.close()

        (job,) = await store.claim(now=NOW, limit=1, lease=LEASE)
        assert job.account.secret == "secret"


def registered(key: JobKey) -> Script[None]:
    """What a registration of an account that is known writes."""
    yield Statement(LOCK_ACCOUNT, (key.appid,))
    yield Statement(MAKE_JOB, (*key, 0, micros(NOW)))


def once(key: str) -> Once:
    return Once(scope="topics", key=key, digest="d", response="r")


async def driven(connection: asyncpg.Connection, script: Script[None]) -> None:
    """Run the statements on a connection of our own."""
    rows: Sequence[Row] | None = None
    with suppress(StopIteration):
        while True:
            statement = script.send(rows)
            rows = await connection.fetch(statement.sql, *statement.params)
