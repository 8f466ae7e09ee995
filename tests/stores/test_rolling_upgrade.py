"""An older daemon goes on while a newer program expands the schema; what it needs is not taken from it."""

import re
import shutil
from dataclasses import replace
from importlib.resources.abc import Traversable
from pathlib import Path

import asyncpg
import pytest
from structlog.testing import capture_logs

from tests.clock import FakeClock
from tests.databases import Open
from tests.documents import ROOT
from tests.postgres import PostgresServer
from tests.stores.samples import LEASE, NOW, TOKEN, registration
from tests.stores.suite import sql_credentials
from tests.stores.test_nodes import HERE
from wechat_scheduler.engine.nodes import SILENT_AFTER
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StateError
from wechat_scheduler.storage.contracting import contracts
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.migrate import MIGRATIONS, load, newest, oldest_schema
from wechat_scheduler.storage.nodes import time_of
from wechat_scheduler.storage.opening import open_database
from wechat_scheduler.storage.upkeep.pulses import SqlPulse

EXPANDS = """
    ALTER TABLE jobs ADD COLUMN colour TEXT NOT NULL DEFAULT '';
    ALTER TABLE nodes ADD COLUMN mood TEXT;
    CREATE TABLE colours (name TEXT PRIMARY KEY);
    CREATE UNIQUE INDEX colours_names ON colours (name);
"""
CONTRACTS = "ALTER TABLE jobs DROP COLUMN forced_at;"
# The schema of the release before, and what its operator builds beforehand.
RELEASED = 9
ADVICE = re.compile(r"^CREATE INDEX CONCURRENTLY .*;$", re.MULTILINE)
INDEXES = """
    SELECT relname, oid FROM pg_class WHERE relkind = 'i' AND relnamespace = 'public'::regnamespace
"""
# To add one here is to decide that daemons of the version before have to be stopped for the upgrade.
THAT_CONTRACT = [6, 22]


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The migrations of the program after this one."""
    folder = Path(shutil.copytree(str(MIGRATIONS), tmp_path / "later"))
    (folder / "9001_expand.sql").write_text(EXPANDS)
    return folder


async def opened(url: str, migrations: Traversable, *, expanded: bool = True) -> Database:
    async with Supervisor() as supervisor:
        database = await open_database(
            url, migrations=migrations, clock=FakeClock(), supervisor=supervisor, expanded=expanded
        )
        await database.close()
        return database


def test_no_migration_takes_from_the_program_before_it_what_is_not_listed() -> None:
    found = [migration.version for migration in load(MIGRATIONS) if migration.contracts]

    assert found == THAT_CONTRACT


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE jobs DROP COLUMN bound",
        "DROP TABLE jobs",
        "alter table jobs rename to tasks",
        "ALTER TABLE jobs RENAME COLUMN a TO b",
        "ALTER TABLE jobs ADD COLUMN a TEXT NOT NULL",
        "ALTER TABLE jobs ADD COLUMN a BIGINT DEFAULT 1 CHECK (a > 0)",
        "ALTER TABLE jobs ALTER COLUMN a SET NOT NULL",
        "ALTER TABLE jobs ALTER COLUMN a TYPE TEXT",
        "ALTER TABLE jobs ADD CONSTRAINT c CHECK (a > 0)",
        "CREATE UNIQUE INDEX i ON jobs (a)",
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON jobs (a)",
        "ALTER TABLE jobs DROP a",
        "ALTER TABLE jobs DROP IF EXISTS a",
        "ALTER TABLE IF EXISTS ONLY jobs DROP a",
        "ALTER TABLE jobs DROP CONSTRAINT c",
        "ALTER TABLE jobs RENAME a TO b",
        "ALTER TABLE jobs ADD a BIGINT NOT NULL",
        "ALTER TABLE jobs ADD a BIGINT NOT NULL DEFAULT NULL",
        "ALTER TABLE jobs ADD a BIGINT REFERENCES apps",
        "ALTER TABLE jobs ADD UNIQUE (a)",
        "ALTER TABLE jobs ADD CHECK (a > 0)",
        "ALTER TABLE jobs ADD PRIMARY KEY (a)",
        "ALTER TABLE jobs ADD FOREIGN KEY (a) REFERENCES apps (id)",
        "ALTER TABLE jobs ADD EXCLUDE USING gist (a WITH =)",
        "ALTER TABLE jobs ADD a BIGINT DEFAULT 1, DROP b",
        "ALTER TABLE jobs ADD a BIGINT NOT NULL, ADD b BIGINT DEFAULT 1",
        "ALTER TABLE jobs ALTER a SET NOT NULL",
        "ALTER TABLE jobs ALTER a TYPE TEXT",
        "ALTER TABLE jobs ALTER COLUMN a DROP DEFAULT",
        "ALTER TABLE jobs ALTER a DROP DEFAULT",
        "ALTER TABLE jobs ENABLE ROW LEVEL SECURITY",
        "ALTER INDEX i RENAME TO j",
        "DROP VIEW v",
        "DROP SEQUENCE s",
    ],
)
def test_what_drops_renames_or_demands_contracts(sql: str) -> None:
    assert contracts("", [sql])


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE jobs ADD COLUMN a TEXT",
        "ALTER TABLE jobs ADD COLUMN a TEXT NOT NULL DEFAULT ''",
        "CREATE TABLE new (a TEXT NOT NULL UNIQUE)",
        "CREATE INDEX i ON jobs (a)",
        "DROP INDEX i",
        "ALTER TABLE jobs ADD a TEXT",
        "ALTER TABLE jobs ADD a NUMERIC(10, 2) DEFAULT 0 NOT NULL, ADD b TEXT DEFAULT 'UNIQUE, DROP'",
        "ALTER TABLE jobs ADD COLUMN IF NOT EXISTS a TEXT -- not UNIQUE",
        "ALTER TABLE jobs ALTER a SET DEFAULT 1, ALTER COLUMN b DROP NOT NULL",
    ],
)
def test_what_adds_expands(sql: str) -> None:
    assert not contracts("", [sql])


def test_a_table_that_is_new_takes_nothing_from_the_program_before() -> None:
    sql = ["CREATE TABLE new (a TEXT)", "CREATE UNIQUE INDEX i ON new (a)", "DROP TABLE new"]

    assert not contracts("", sql)
    assert contracts("-- contracts: `a` is in seconds now\n", sql)


async def test_the_older_program_works_on_the_expanded_schema_and_starts_on_it(
    open_again: Open, database_url: str, later: Path
) -> None:
    database = await open_again()
    await opened(database_url, later)

    await SqlPulse(database).beat(HERE)
    store = sql_credentials(database, HERE.name)
    await store.register(registration(TOKEN), now=NOW)
    claimed = await store.claim(now=NOW, limit=5, lease=LEASE)
    with capture_logs() as log:
        await opened(database_url, MIGRATIONS)

    assert len(claimed) == 1
    assert [(it["event"], it["schema"], it["known"]) for it in log] == [
        ("storage.schema_newer", 9001, newest())
    ]


async def test_a_command_of_the_older_program_keeps_off_the_expanded_schema(
    database_url: str, later: Path
) -> None:
    await opened(database_url, later)

    with pytest.raises(StateError, match=r"version 9001 .* install the newer"):
        await opened(database_url, MIGRATIONS, expanded=False)


async def test_the_older_program_does_not_start_once_something_was_taken(
    open_again: Open, database_url: str, later: Path
) -> None:
    database = await open_again()
    (later / "9002_contract.sql").write_text(CONTRACTS)
    await opened(database_url, later)

    with pytest.raises(StateError, match=r"version 9002 .* install the newer"):
        await opened(database_url, MIGRATIONS)

    assert await oldest_schema(database) == 9002


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_nothing_is_taken_while_a_daemon_lives_that_needs_it(
    open_again: Open, database_url: str, later: Path
) -> None:
    database = await open_again()
    (later / "9002_contract.sql").write_text(CONTRACTS)
    now = await time_of(database)
    assert now is not None
    pulse = SqlPulse(database)
    await pulse.beat(replace(HERE, seen_at=now))
    await pulse.beat(replace(HERE, name="died", seen_at=now - SILENT_AFTER))

    with pytest.raises(StateError, match=rf"stop {HERE.name} on one \(1\.0\) first"):
        await opened(database_url, later)

    await pulse.leave(HERE.name)
    await opened(database_url, later)


async def test_the_indexes_that_were_built_before_an_upgrade_are_kept(
    postgres: PostgresServer, later: Path
) -> None:
    built = ADVICE.findall((ROOT / "docs/operations.md").read_text("utf-8"))
    for migration in load(later):
        if migration.version > RELEASED:
            (later / migration.file.name).unlink()
    async with postgres.fresh_database() as url:
        await opened(url, later)
        connection = await asyncpg.connect(url)
        for sql in built:
            await connection.execute(sql)
        before = set(await connection.fetch(INDEXES))
        await opened(url, MIGRATIONS)

        after = set(await connection.fetch(INDEXES))
        await connection.close()

    names = {sql.split()[3] for sql in built}
    assert len(names) == len(built) > 0
    assert names <= {name for name, _ in before & after}
