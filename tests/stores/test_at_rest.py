"""The files of the database reveal no secret."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.postgres import PostgresServer
from tests.reused import postgres_database
from tests.stores.samples import (
    HOUR,
    LEASE,
    NOW,
    SECOND,
    TOKEN,
    USER,
    claim,
    issued,
    registration,
    rotated,
    task,
)
from tests.stores.suite import opened, sql_credentials, sql_stores
from wechat_scheduler.delivery.model import Deferred
from wechat_scheduler.storage.database import Database, Statement, rows_of

PLANTED = "planted"
TABLES = "SELECT relname FROM pg_stat_user_tables"


async def test_no_secret_can_be_read_in_the_files_of_sqlite(tmp_path: Path) -> None:
    async with opened(f"sqlite://{tmp_path}/state.db") as database:
        await _plant(database)
        while_open = _bytes(tmp_path)

    for content in (while_open, _bytes(tmp_path)):
        assert PLANTED.encode() not in content
        assert b"oauth2_access_token" in content


async def test_no_secret_can_be_read_in_the_rows_of_postgresql(postgres: PostgresServer) -> None:
    async with postgres_database(postgres) as url, opened(url) as database:
        await _plant(database)

        tables = [row["relname"] for row in await database.read(TABLES)]
        rows = [
            await database.read(f"SELECT {table}.*::text AS row FROM {table}") for table in tables
        ]
        text = str(rows)

    assert PLANTED not in text
    assert "oauth2_access_token" in text


async def test_a_row_that_cannot_be_opened_fails_alone(tmp_path: Path) -> None:
    async with opened(f"sqlite://{tmp_path}/state.db") as database:
        store = sql_credentials(database, "here")
        await issued(store, TOKEN, USER)
        spoil = "UPDATE jobs SET params = 's1.x.y', due_at = 0 WHERE kind = 'access_token'"
        await database.write(lambda: rows_of(Statement(spoil)))
        await store.hasten(USER, now=NOW)

        with capture_logs() as events:
            jobs = await store.claim(now=NOW, limit=10, lease=LEASE)

        assert [job.key for job in jobs] == [USER]
        assert [event["event"] for event in events] == ["store.row_unreadable"]
        assert await store.claim(now=NOW + LEASE - SECOND, limit=10, lease=LEASE) == []


@pytest.mark.parametrize(("column", "read"), [("params", []), ("credential", [None])])
async def test_what_is_sealed_in_one_row_cannot_be_read_in_another(
    tmp_path: Path, column: str, read: list[None]
) -> None:
    async with opened(f"sqlite://{tmp_path}/state.db") as database:
        store = sql_credentials(database, "here")
        other = USER._replace(subject="o2")
        await issued(store, task(USER, params="http://a/p"), task(other, params="http://b/p"))
        swap = (
            f"UPDATE jobs SET due_at = 0, {column} ="
            f" (SELECT {column} FROM jobs WHERE subject = 'o2') WHERE subject = 'o1'"
        )
        await database.write(lambda: rows_of(Statement(swap)))

        with capture_logs() as events:
            claimed = await store.claim(now=NOW, limit=10, lease=LEASE)

        assert [event["event"] for event in events] == ["store.row_unreadable"]
        assert [job.credential for job in claimed] == read


async def _plant(database: Database) -> None:
    """Store a secret in each sealed column, then change it, for traces of the old one."""
    stores = sql_stores(database)
    store, outbox = stores.credentials, stores.outbox
    for number in range(2):
        wanted = task(
            USER,
            notify=f"http://x/n?key=planted-notify-{number}",
            params=f"http://planted-user:pw@x/p-{number}",
        )
        at = NOW + number * SECOND
        await store.register(registration(wanted, secret=f"planted-secret-{number}"), now=at)
        job = await claim(store, at=at)
        outcome = rotated(job, f"planted-value-{number}", refresh_token=f"planted-rt-{number}")
        await store.save(outcome, now=at)
        await stores.push("wx1", "component_verify_ticket", f"planted-ticket-{number}", at)
    (delivery,) = await outbox.claim(now=NOW + HOUR, limit=1, lease=LEASE)
    await outbox.settle(Deferred(delivery=delivery, due_at=NOW, error="no answer"), now=NOW)
    assert PLANTED in str(await stores.credentials.pushed("wx1", "component_verify_ticket"))


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("state.db*")))
