"""PostgreSQL databases that tests use one after the other. They are emptied on a connection that stays open, in a
loop that no test ends: to connect and to plan anew for each test takes three times as long."""

import asyncio
from collections.abc import AsyncIterator, Collection, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any, TypeVar

import asyncpg

from tests.postgres import PostgresServer
from tests.template import postgres_template

T = TypeVar("T")

# What a change of the schema changes, and the size of the tables in bytes.
STATE = """
    SELECT sum(objects), max(changed), (
        SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND oid >= 16384
    ) FROM (
        SELECT count(*), max(xmin::text::bigint) FROM pg_class
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_attribute WHERE attrelid >= 16384
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_attrdef
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_constraint
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_trigger
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_proc WHERE oid >= 16384
    ) AS kinds (objects, changed)
"""
# Deleted rows stay in the files, and what a query costs should not depend on the tests before.
LARGEST = 1 << 20
END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL ($1::int[])
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'meta'"
META = "SELECT * FROM meta"
FIRST_IDS = "SELECT setval(seqrelid, 1, false) FROM pg_sequence"
# Foreign keys ask for no order. To say so in each transaction would make PostgreSQL forget the plans of all queries.
UNORDERED = {"session_replication_role": "replica"}
LOST = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedDatabase:
    """A database that a test is done with, and what it had when it was new."""

    url: str
    connection: asyncpg.Connection
    shape: tuple[int, int]
    tables: tuple[str, ...]
    meta: list[asyncpg.Record]

    async def empty(self, but: Collection[int] = ()) -> bool:
        """Delete what a test has left; False if it changed the schema or left much. Ends all other connections
        `but` those of these processes."""
        *shape, size = await self.connection.fetchrow(STATE)
        if tuple(shape) != self.shape or size > LARGEST:
            return False
        await self.connection.fetch(END_OTHERS, list(but))
        async with self.connection.transaction():
            await self.connection.execute(self._lock())
            for row in await self.connection.fetch(self._full()):
                await self.connection.execute(f"DELETE FROM {row[0]}")
            if await self.connection.fetch(META) != self.meta:
                await self.connection.execute("DELETE FROM meta")
                await self.connection.copy_records_to_table("meta", records=self.meta)
            await self.connection.fetch(FIRST_IDS)
        return True

    def _lock(self) -> str:
        """Waits for what the connections that were ended had begun."""
        return f"""
            LOCK TABLE meta, {", ".join(self.tables)} IN ACCESS EXCLUSIVE MODE
        """

    def _full(self) -> str:
        """Names the tables with rows. To truncate all takes a hundred times as long."""
        return " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in self.tables
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BareDatabase:
    """A database that a test with tables of its own is done with."""

    url: str
    connection: asyncpg.Connection

    async def empty(self) -> bool:
        """Drop what a test has made."""
        await self.connection.fetch(END_OTHERS, [])
        await self.connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        return True


class _Attendants:
    """Run what empties the databases, in a thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None

    async def do(self, work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._started()))

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = Thread(target=self._loop.run_forever, daemon=True)
            self._thread.start()
        return self._loop

    def end(self) -> None:
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self._loop = self._thread = None


attendants = _Attendants()
_used: dict[PostgresServer, UsedDatabase] = {}
_bare: dict[PostgresServer, BareDatabase] = {}


@asynccontextmanager
async def postgres_database(server: PostgresServer) -> AsyncIterator[str]:
    """The URL of an empty database with the product's schema: that of the test before, unless it
    changed the schema or left much. A copy of the template takes ten times as long."""
    used = _used.pop(server, None)
    if used is None or not await attendants.do(_emptied(used)):
        used = await attendants.do(new_database(server))
    yield used.url
    _used[server] = used


@asynccontextmanager
async def bare_database(server: PostgresServer) -> AsyncIterator[str]:
    """The URL of a database without tables: that of the test before. A copy takes three times as long."""
    used = _bare.pop(server, None)
    if used is None or not await attendants.do(_emptied(used)):
        used = await attendants.do(_new_bare(server))
    yield used.url
    _bare[server] = used


async def _emptied(used: UsedDatabase | BareDatabase) -> bool:
    """Whether it is empty, and as it was when it was new."""
    try:
        if await used.empty():
            return True
    except LOST:  # with the server, or by a test
        pass
    used.connection.terminate()
    return False


async def _new_bare(server: PostgresServer) -> BareDatabase:
    url = await server.lasting_database()
    return BareDatabase(url=url, connection=await asyncpg.connect(url))


async def new_database(server: PostgresServer) -> UsedDatabase:
    """A copy of the template, with a connection of the running loop."""
    url = await server.lasting_database(await postgres_template(server))
    connection = await asyncpg.connect(url, server_settings=UNORDERED)
    objects, changed, _ = await connection.fetchrow(STATE)
    return UsedDatabase(
        url=url,
        connection=connection,
        shape=(objects, changed),
        tables=tuple(row[0] for row in await connection.fetch(TABLES)),
        meta=await connection.fetch(META),
    )
