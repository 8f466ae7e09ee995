"""A count that none can be harms neither its row's neighbours nor what is counted."""

import pytest
from structlog.testing import capture_logs

from tests.stores.mailing import Mail
from tests.stores.memory import memory_database
from tests.stores.samples import HOUR, LEASE, NOW, TOKEN, USER, issued, task
from tests.stores.suite import VAULT, Stores
from wechat_scheduler.doctor.store import damaged
from wechat_scheduler.storage.credentials.census import SqlCensus
from wechat_scheduler.storage.database import Database, Statement, rows_of

HUGE = 2**62
INSERTED = {
    "jobs": """
        INSERT INTO jobs (appid, kind, subject, params, due_at, version) VALUES ('a', 'k', '', '', 0, 0)
    """,
    "deliveries": """
        INSERT INTO deliveries (id, channel, target, created_at, due_at, state)
        VALUES (1, 'person', 'u', 0, 0, 'pending')
    """,
}


async def spoil(database: Database, sql: str) -> None:
    await database.write(lambda: rows_of(Statement(sql)))


async def test_a_delivery_with_a_huge_count_is_dead_and_the_others_are_sent(mail: Mail) -> None:
    bad, good = await mail.put_one("amy"), await mail.put_one("bob")
    await spoil(mail.database, f"UPDATE deliveries SET attempts = {HUGE} WHERE id = {bad}")

    with capture_logs() as logs:
        claimed = await mail.claim()

    assert [delivery.id for delivery in claimed] == [good]
    assert [(log["event"], log["row"]) for log in logs] == [("store.row_unreadable", str(bad))]
    ((error,),) = [
        tuple(row)
        for row in await mail.database.read("SELECT error FROM deliveries WHERE id = $1", bad)
    ]
    assert "attempts is" in error


async def test_a_job_with_a_huge_version_asks_wechat_for_nothing_and_says_why(
    stores: Stores,
) -> None:
    await issued(stores.credentials, task(TOKEN), USER)
    await spoil(stores.database, f"UPDATE jobs SET version = {HUGE} WHERE subject = ''")

    with capture_logs():
        claimed = await stores.credentials.claim(now=NOW + 2 * HOUR, limit=10, lease=LEASE)

    assert [job.key for job in claimed] == [USER]


async def test_the_census_is_taken_although_calls_are_beyond_a_sum(stores: Stores) -> None:
    await issued(stores.credentials, task(TOKEN), USER)
    before = sum(kind.calls for kind in (await SqlCensus(stores.database).census(now=NOW)).kinds)
    await spoil(stores.database, f"UPDATE jobs SET calls = {2 * HUGE - 1}")

    census = await SqlCensus(stores.database).census(now=NOW)

    assert before > 0
    assert sum(kind.calls for kind in census.kinds) == 0


@pytest.mark.parametrize(
    "damage",
    [
        ("jobs", "attempts = -1"),
        ("jobs", f"calls = {HUGE}"),
        ("deliveries", "attempts = -5"),
        ("deliveries", "priority = 9"),
        ("deliveries", "state = 'lost'"),
        ("deliveries", f"app_id = -{HUGE}"),
    ],
)
async def test_doctor_names_the_row(damage: tuple[str, str]) -> None:
    database = memory_database()
    table, wrong = damage
    for sql in ("PRAGMA foreign_keys = OFF", INSERTED[table], f"UPDATE {table} SET {wrong}"):
        await spoil(database, sql)

    says = [finding.says async for finding in damaged(database, VAULT)]

    assert [one.rpartition(" ")[2] for one in says] == [wrong.partition(" ")[0]]
