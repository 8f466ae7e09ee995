"""Databases that stay open while tests use them one after the other: what opening them costs, and what the first
queries of a new connection cost, is paid once. They belong to the loop of the session.

A test that asks for `open_databases`, or for a fixture that does, runs in that loop; its asynchronous fixtures
need `loop_scope="session"`.
"""

import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from tests.clock import FakeClock
from tests.fastest import fastest
from tests.postgres import PostgresServer
from tests.reused import LOST, UsedDatabase, new_database
from tests.template import lay_database
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.database import CONNECTIONS, Database, Row, Script, Statement
from wechat_scheduler.storage.migrate import MIGRATIONS
from wechat_scheduler.storage.postgres.change_listener import ChangeListener
from wechat_scheduler.storage.postgres.connections import listening, pooled
from wechat_scheduler.storage.postgres.connector import Connector
from wechat_scheduler.storage.postgres.database import PostgresDatabase
from wechat_scheduler.storage.sqlite.database import SqliteDatabase, open_sqlite

FIXTURE = "open_databases"

TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('meta', 'sqlite_sequence')"
# It grows with each change of the schema.
SHAPE = "PRAGMA schema_version"
META = "SELECT name, value FROM meta ORDER BY name"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sqlite:
    """An open file, and what it had when it was new."""

    database: SqliteDatabase
    tables: tuple[str, ...]
    shape: int
    meta: list[tuple[str, str]]

    async def empty(self) -> bool:
        """Delete what a test has left; False if it changed the schema, or closed the database."""
        try:
            return await self.database.write(self._emptied)
        except (StorageError, sqlite3.Error):
            return False

    def _emptied(self) -> Script[bool]:
        if _only((yield Statement(SHAPE))) != self.shape:
            return False
        yield Statement("PRAGMA defer_foreign_keys = ON")
        found = yield Statement(
            " UNION ALL ".join(
                f"SELECT '{one}' WHERE EXISTS (SELECT 1 FROM {one})" for one in self.tables
            )
        )
        for row in found:
            yield Statement(f"DELETE FROM {_only([row])}")
        yield Statement("DELETE FROM sqlite_sequence")
        if list(map(tuple, (yield Statement(META)))) != self.meta:
            yield Statement("DELETE FROM meta")
            for name, value in self.meta:
                yield Statement("INSERT INTO meta (name, value) VALUES ($1, $2)", (name, value))
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Postgres:
    """A pool, the processes of its connections, and the connection that empties the database."""

    pool: asyncpg.Pool
    pids: set[int]
    used: UsedDatabase

    async def empty(self) -> bool:
        """Delete what a test has left; False if it changed the schema, left much, or keeps a connection."""
        if self.pool.is_closing() or self.pool.get_idle_size() != self.pool.get_size():
            return False
        try:
            return await self.used.empty(but=self.pids)
        except LOST:  # with the server, or by a test
            return False

    def end(self) -> None:
        self.pool.terminate()
        self.used.connection.terminate()


class OpenDatabases:
    """One of each kind at most: a test that uses two of a kind opens the second itself."""

    def __init__(self) -> None:
        self._sqlite: _Sqlite | None = None
        self._postgres: _Postgres | None = None
        self._folders = AsyncExitStack()

    @asynccontextmanager
    async def sqlite(self) -> AsyncIterator[Database]:
        """An empty one with the product's schema."""
        used, self._sqlite = self._sqlite, None
        if used is None or not await used.empty():
            if used is not None:
                await used.database.close()
            used = await self._new_file()
        yield used.database
        self._sqlite = used

    async def _new_file(self) -> _Sqlite:
        folder = self._folders.enter_context(TemporaryDirectory(dir=fastest()))
        file = Path(folder) / "state.db"
        await lay_database(file)
        database = await open_sqlite(f"sqlite://{file}", migrations=MIGRATIONS)
        return _Sqlite(
            database=database,
            tables=tuple(map(_only, ([row] for row in await database.read(TABLES)))),
            shape=_only(await database.read(SHAPE)),
            meta=list(map(tuple, await database.read(META))),
        )

    @asynccontextmanager
    async def postgresql(self, server: PostgresServer) -> AsyncIterator[Database]:
        """An empty one with the product's schema."""
        used, self._postgres = self._postgres, None
        if used is None or not await used.empty():
            if used is not None:
                used.end()
            used = await _new_pool(server)
        clock, rng = FakeClock(), random.Random(5)
        async with Supervisor() as supervisor:
            database = PostgresDatabase(used.pool, clock)
            connect = listening(used.used.url, "", asyncpg.connect)
            database.listener = ChangeListener(connect, database.signal, clock, supervisor, rng)
            yield database
            await database.listener.close()
        self._postgres = used

    async def close(self) -> None:
        if self._sqlite is not None:
            await self._sqlite.database.close()
        if self._postgres is not None:
            self._postgres.end()
        await self._folders.aclose()


async def _new_pool(server: PostgresServer) -> _Postgres:
    used, pids = await new_database(server), set[int]()

    async def connect(*args: Any, **options: Any) -> asyncpg.Connection:
        connection = await asyncpg.connect(*args, **options)
        pid = connection.get_server_pid()
        pids.add(pid)
        connection.add_termination_listener(lambda _: pids.discard(pid))
        return connection

    connector = Connector(connect, SystemClock(), random.Random(5))
    return _Postgres(pool=await pooled(used.url, CONNECTIONS, connector), pids=pids, used=used)


def _only(rows: list[Row]) -> Any:
    ((value,),) = rows
    return value


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def open_databases() -> AsyncIterator[OpenDatabases]:
    databases = OpenDatabases()
    yield databases
    await databases.close()


@pytest_asyncio.fixture(loop_scope="session", params=["sqlite", "postgresql"])
async def database(
    request: pytest.FixtureRequest, open_databases: OpenDatabases
) -> AsyncIterator[Database]:
    """An empty database of each kind in turn, open, with the product's schema."""
    if request.param == "sqlite":
        async with open_databases.sqlite() as database:
            yield database
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        async with open_databases.postgresql(server) as database:
            yield database
