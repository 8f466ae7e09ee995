"""Many jobs that wait for one value are woken a part at a time, and none is forgotten."""

from collections.abc import Sequence
from datetime import datetime

from tests.stores.samples import (
    LEASE,
    LIFE,
    NOW,
    SECOND,
    SECRET_KINDS,
    TOKEN,
    claim,
    registration,
    rotated,
)
from tests.stores.suite import VAULT
from wechat_scheduler.credentials.model import ClaimedJob, JobKey
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.credentials.wake_ups import PART
from wechat_scheduler.storage.database import Database, Statement, rows_of
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.rows import micros

LATER = NOW + SECOND
MANY = 2 * PART + 50
ASLEEP = f"""
    INSERT INTO jobs (appid, kind, subject, params, version, due_at, waits_on, attempts)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY})
    SELECT 'wx1', 'jsapi_ticket', 's' || i, '', 0, $1, 'access_token/', 3 FROM n
"""
LEFT = "SELECT count(*) AS number FROM jobs WHERE waits_on <> ''"
SLEEP_AGAIN = "UPDATE jobs SET waits_on = 'access_token/', due_at = $1, claimed_by = NULL"


def store_on(database: Database) -> SqlCredentials:
    return SqlCredentials(
        database, VAULT, worker="here", secret_kinds=SECRET_KINDS, feed=SqlFeed(database)
    )


async def asleep(database: Database) -> int:
    number: int = (await database.read(LEFT))[0]["number"]
    return number


async def parent_comes(database: Database) -> SqlCredentials:
    """A store whose parent gets its value while MANY children wait for it."""
    store = store_on(database)
    await store.register(registration(TOKEN), now=NOW)
    await database.write(lambda: rows_of(Statement(ASLEEP, (micros(NOW + LIFE),))))
    await store.save(rotated(await claim(store)), now=LATER)
    return store


async def claimed(store: SqlCredentials, at: datetime, limit: int) -> Sequence[ClaimedJob]:
    return await store.claim(now=at, limit=limit, lease=LEASE)


async def test_each_transaction_wakes_a_part_and_claims_wake_the_rest(database: Database) -> None:
    store = await parent_comes(database)
    left = [await asleep(database)]

    for _ in range(3):
        await claimed(store, LATER, 1)
        left.append(await asleep(database))

    assert left == [MANY - PART, MANY - 2 * PART, 0, 0]


async def test_after_a_crash_between_two_parts_the_rest_is_found_again(database: Database) -> None:
    await parent_comes(database)
    restarted = store_on(database)
    await restarted.release(now=LATER)

    found: set[JobKey] = set()
    while (due := await restarted.next_due()) is not None and due <= LATER:
        found |= {job.key for job in await claimed(restarted, LATER, 64)}

    assert len(found - {TOKEN}) == MANY
    assert await asleep(database) == 0


async def test_a_changed_secret_makes_all_failed_jobs_due_a_part_at_a_time(
    database: Database,
) -> None:
    store = store_on(database)
    await store.register(registration(TOKEN), now=NOW)
    for sql in (ASLEEP, "UPDATE jobs SET fault = 'x', waits_on = '', due_at = $1"):
        await database.write(lambda: rows_of(Statement(sql, (micros(NOW + LIFE),))))  # noqa: B023 - run at once

    changed = await store.register(registration(secret="new"), now=LATER)
    left = [await failing(database)]
    for _ in range(3):
        await claimed(store, LATER, 1)
        left.append(await failing(database))

    assert len(changed) == PART
    assert left == [MANY + 1 - PART, MANY + 1 - 2 * PART, 0, 0]


async def failing(database: Database) -> int:
    """The failed jobs that are not due."""
    rows = await database.read(
        "SELECT count(*) AS number FROM jobs WHERE fault IS NOT NULL AND due_at > $1",
        micros(LATER + LEASE),
    )
    number: int = rows[0]["number"]
    return number


async def test_the_loop_has_work_while_any_is_asleep(database: Database) -> None:
    store = await parent_comes(database)
    await database.write(
        lambda: rows_of(Statement("UPDATE jobs SET due_at = $1", (micros(NOW + LIFE),)))
    )

    due = await store.next_due()

    assert due is not None
    assert due <= LATER


async def test_a_child_that_waits_again_is_not_woken_twice(database: Database) -> None:
    store = await parent_comes(database)
    first = await claimed(store, LATER, 64)
    await database.write(lambda: rows_of(Statement(SLEEP_AGAIN, (micros(NOW + LIFE),))))

    again = [job.key for _ in range(4) for job in await claimed(store, LATER, MANY)]

    assert not set(again) & {job.key for job in first}
    assert len(set(again)) == len(again)
