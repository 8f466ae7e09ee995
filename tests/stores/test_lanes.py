"""Claims on deliveries find each app, at a cost that does not depend on what waits."""

from datetime import timedelta

import pytest

from tests.stores.samples import LEASE, NOW, SECOND
from tests.stores.suite import VAULT
from tests.stores.watched import WatchedDatabase
from wechat_scheduler.storage.database import Script, Statement
from wechat_scheduler.storage.delivery.outbox import SqlOutbox
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.rows import micros

# Makes $2 deliveries of the app $1, due at $3.
MAKE = """
    INSERT INTO deliveries (id, channel, target, state, due_at, created_at, app_id, priority)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
    SELECT $1 * 1000000 + i, 'webhook', '', 'pending', $3, $3, $1, 1 FROM n
"""
MINUTE = timedelta(minutes=1)


@pytest.fixture
def database() -> WatchedDatabase:
    return WatchedDatabase()


@pytest.fixture
def outbox(database: WatchedDatabase) -> SqlOutbox:
    return SqlOutbox(database, VAULT, worker="here", feed=SqlFeed(database))


async def test_a_claim_costs_the_same_however_many_deliveries_wait(
    database: WatchedDatabase, outbox: SqlOutbox
) -> None:
    database.run(made(1, 100))
    few = await claimed(database, outbox)
    database.run(made(2, 50_000))

    many = await claimed(database, outbox)

    assert few > 0
    assert many < 2 * few


async def test_the_message_of_an_app_with_one_is_claimed_at_once(
    database: WatchedDatabase, outbox: SqlOutbox
) -> None:
    database.run(made(1, 20_000))
    database.run(made(2, 1))

    rows = await outbox.claim(now=NOW, limit=16, lease=LEASE)

    assert 2_000_001 in {row.id for row in rows}


async def test_each_of_a_thousand_apps_is_found(
    database: WatchedDatabase, outbox: SqlOutbox
) -> None:
    for app_id in range(1, 1001):
        database.run(made(app_id, 1, late=timedelta(0) if app_id == 700 else -SECOND))

    (found,) = await outbox.claim(now=NOW, limit=50, lease=LEASE)
    none = await outbox.claim(now=NOW, limit=50, lease=LEASE)
    later = [await outbox.claim(now=NOW + SECOND, limit=150, lease=LEASE) for _ in range(7)]

    assert (found.id, none) == (700_000_001, [])
    assert len({row.id for rows in later for row in rows}) == 999


async def claimed(database: WatchedDatabase, outbox: SqlOutbox) -> int:
    """The work of a claim and of the look for the next due time."""
    database.watch()
    await outbox.claim(now=NOW, limit=32, lease=LEASE)
    await outbox.next_due()
    return database.steps


def made(app_id: int, number: int, *, late: timedelta = MINUTE) -> Script[None]:
    yield Statement(MAKE, (app_id, number, micros(NOW - late)))
