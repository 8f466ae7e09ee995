"""SQLite: one file, one process, one writing connection, and readers that do not wait for it."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, unquote, urlsplit

import aiosqlite

from wechat_scheduler.errors import StateError, StorageError
from wechat_scheduler.storage.database import Dialect, Row, Script
from wechat_scheduler.storage.migrate import migrated
from wechat_scheduler.storage.sqlite.connection import (
    ReadingConnection,
    open_for_writing,
    positional,
    stay_in_memory,
    trouble,
)
from wechat_scheduler.storage.sqlite.files import DatabaseFiles, has_content
from wechat_scheduler.storage.sqlite.group_commit import Writer

T = TypeVar("T")

# Two, so that one long query does not block the others.
READERS = 2

SQLITE = Dialect(
    name="sqlite",
    skip_locked="",
    # AUTOINCREMENT: as in PostgreSQL, no number is used twice.
    types={"identity": "INTEGER PRIMARY KEY AUTOINCREMENT", "json": "TEXT", "bytes": "BLOB"},
    alone=(),
    signal_sql="",
    others="",
    time="",
    size="SELECT page_count * page_size AS size FROM pragma_page_count(), pragma_page_size()",
)


async def open_sqlite(
    url: str, *, migrations: Traversable, emptied: str = "", expanded: bool = False
) -> "SqliteDatabase":
    """Open or create the file of `sqlite:///absolute/path`. Raises StateError."""
    path = path_of(url)
    if emptied and not has_content(path):  # SQLite would make a file in the place of a restore's
        raise StateError(emptied)
    database = SqliteDatabase(path)
    await migrated(database, migrations, emptied=emptied, expanded=expanded)
    database.opened()
    return database


def path_of(url: str) -> Path:
    """The path in `sqlite:///absolute/path`. Raises StateError if there is none."""
    parts = urlsplit(url)
    if parts.netloc or not parts.path.strip("/"):
        raise StateError("a SQLite URL has three slashes and an absolute path: sqlite:///path")
    return Path("/" + unquote(parts.path).lstrip("/"))


class SqliteDatabase:
    """A `Database` in one file. Raises StateError if the file cannot be opened."""

    dialect = SQLITE

    def __init__(self, path: Path) -> None:
        self._connection = open_for_writing(path)
        self._writer = Writer(
            self._connection, asyncio.get_running_loop(), DatabaseFiles(path).check
        )
        self._readers = _Readers(path)

    def opened(self) -> None:
        """Call this once the migrations are done: an index that one of them makes may be larger than the memory."""
        stay_in_memory(self._connection)

    async def write(self, script: Callable[[], Script[T]]) -> T:
        return await self._writer.write(script)

    async def read(self, sql: str, *params: object) -> Sequence[Row]:
        return await self._readers.fetch(*positional(sql, params))

    def version(self, *tables: str) -> int:
        return sum(map(self._writer.versions.__getitem__, tables))

    def on_signal(self, listener: Callable[[str], None]) -> None:
        """Does nothing: no other process writes here."""

    async def close(self) -> None:
        # The writer closes last: the last connection writes the log back into the file.
        await self._readers.close()
        await self._writer.close()


class SqliteView:
    """A `Database` for reading only. Other processes may have the file open and write."""

    dialect = SQLITE

    def __init__(self, path: Path) -> None:
        """Raises StateError if there is no such file: SQLite would create it."""
        if not path.is_file():
            raise StateError(f"there is no database at {path}")
        self._readers = _Readers(path)

    async def write(self, script: Callable[[], Script[T]]) -> T:
        raise StorageError("the database was opened for reading only")

    async def read(self, sql: str, *params: object) -> Sequence[Row]:
        return await self._readers.fetch(*positional(sql, params))

    def version(self, *tables: str) -> None:
        """None: other processes may write."""

    def on_signal(self, listener: Callable[[str], None]) -> None:
        """Does nothing."""

    async def close(self) -> None:
        await self._readers.close()


class _Readers:
    """A few connections that cannot write. One is opened when all others are busy."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = asyncio.Semaphore(READERS)
        self._idle: list[aiosqlite.Connection] = []
        self._closed = False

    async def fetch(self, sql: str, params: Sequence[object]) -> Sequence[Row]:
        async with self._turn:
            if self._closed:
                raise StorageError("the database is closed")
            try:
                return await self._fetch(sql, params)
            except sqlite3.Error as error:
                if reason := trouble(error):
                    raise reason from error
                raise

    async def _fetch(self, sql: str, params: Sequence[object]) -> Sequence[Row]:
        connection = self._idle.pop() if self._idle else await self._connect()
        try:
            return list(await connection.execute_fetchall(sql, params))
        finally:
            self._idle.append(connection)

    async def _connect(self) -> aiosqlite.Connection:
        # Without `mode`, SQLite would make a new file in the place of one that was deleted.
        uri = f"file:{quote(str(self._path))}?mode=rw"
        return await aiosqlite.connect(uri, uri=True, factory=ReadingConnection)

    async def close(self) -> None:
        self._closed = True
        async with AsyncExitStack() as every_turn:
            for _ in range(READERS):
                await every_turn.enter_async_context(self._turn)
            while self._idle:
                await self._idle.pop().close()
