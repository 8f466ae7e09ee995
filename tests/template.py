"""Migrated databases to copy: the migrations take several times as long as the copy."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg

from tests.clock import FakeClock
from tests.postgres import PostgresServer, connected
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.storage.migrate import MIGRATIONS
from wechat_scheduler.storage.opening import open_database

_made: list[bytes] = []
TEMPLATE = "template_migrated"

# What a change of the schema changes, and the size of the tables in bytes.
SHAPE = """
    SELECT sum(objects), max(changed) FROM (
        SELECT count(*), max(xmin::text::bigint) FROM pg_class
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_attribute WHERE attrelid >= 16384
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_attrdef
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_constraint
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_trigger
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_proc WHERE oid >= 16384
    ) AS kinds (objects, changed)
"""
SIZE = "SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND oid >= 16384"
# Deleted rows stay in the files, and what a query costs should not depend on the tests before.
LARGEST = 1 << 20
END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
TABLES = "SELECT string_agg(tablename, ', ') FROM pg_tables WHERE schemaname = 'public'"


async def lay_database(path: Path) -> None:
    """Put an empty database with the product's schema at `path`, unless a file is there."""
    if not _made:
        _made.append(await _migrated())
    _copy(_made[0], path)


def _copy(data: bytes, path: Path) -> None:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(data)


async def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "template.db"
        await _migrate(f"sqlite://{file}")
        return file.read_bytes()


async def postgres_template(server: PostgresServer) -> str:
    """The name of an empty database with the product's schema, for `server.fresh_database`."""
    async with server.connected() as connection:
        found = await connection.fetch("SELECT FROM pg_database WHERE datname = $1", TEMPLATE)
        if not found:
            await connection.execute(f"CREATE DATABASE {TEMPLATE}")
            await _migrate(server.url(TEMPLATE))
    return TEMPLATE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Used:
    """A database that a test is done with, and what it had when it was new."""

    url: str
    shape: asyncpg.Record
    tables: str
    meta: list[asyncpg.Record]


_used: dict[PostgresServer, _Used] = {}


@asynccontextmanager
async def postgres_database(server: PostgresServer) -> AsyncIterator[str]:
    """The URL of an empty database with the product's schema: that of the test before, unless it
    changed the schema or left much. A copy of the template takes five times as long."""
    used = _used.pop(server, None)
    if used is None or not await _emptied(used):
        used = await _copied(server)
    yield used.url
    _used[server] = used


async def _copied(server: PostgresServer) -> _Used:
    url = await server.lasting_database(await postgres_template(server))
    async with connected(url) as connection:
        return _Used(
            url=url,
            shape=await connection.fetchrow(SHAPE),
            tables=await connection.fetchval(TABLES),
            meta=await connection.fetch("SELECT * FROM meta"),
        )


async def _emptied(used: _Used) -> bool:
    async with connected(used.url) as connection:
        await connection.execute(END_OTHERS)
        is_same = await connection.fetchrow(SHAPE) == used.shape
        if not is_same or await connection.fetchval(SIZE) > LARGEST:
            return False
        async with connection.transaction():
            await connection.execute(_emptying(used.tables))
            await connection.copy_records_to_table("meta", records=used.meta)
        return True


def _emptying(tables: str) -> str:
    """To truncate the tables takes a hundred times as long. The lock waits for what the connections
    that were ended had begun."""
    return f"""
        SET LOCAL session_replication_role = replica; -- foreign keys ask for no order
        LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE;
        {"".join(f"DELETE FROM {name};" for name in tables.split(", "))}
        SELECT setval(seqrelid, 1, false) FROM pg_sequence
    """


async def _migrate(url: str) -> None:
    opened = partial(open_database, url, migrations=MIGRATIONS)
    async with Supervisor() as supervisor:
        await (await opened(clock=FakeClock(), supervisor=supervisor)).close()
