"""SQLite in memory: the real statements, without a file and without a thread."""

import weakref
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import TypeVar

from tests.stores.reused_memory import ReusedConnections, new_connection
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.database import Row, Script
from wechat_scheduler.storage.migrate import MIGRATIONS, migrated
from wechat_scheduler.storage.sqlite.connection import SqliteConnection, drive, positional
from wechat_scheduler.storage.sqlite.database import SQLITE

T = TypeVar("T")


class MemoryDatabase:
    """A `Database` that answers at once. While it is `down`, every method raises StorageError."""

    dialect = SQLITE

    def __init__(self, *, reused: ReusedConnections | None = None) -> None:
        self._connection = connection = reused.take() if reused else new_connection()
        self.down = False
        self._versions: Counter[str] = Counter()
        done = partial(reused.give_back, connection) if reused else connection.close
        self._done = weakref.finalize(self, done)

    async def write(self, script: Callable[[], Script[T]]) -> T:
        return self.run(script())

    async def read(self, sql: str, *params: object) -> Sequence[Row]:
        self._reach()
        rows: list[Row] = self._connection.execute(*positional(sql, params)).fetchall()
        return rows

    def version(self, *tables: str) -> int:
        return sum(map(self._versions.__getitem__, tables))

    def on_signal(self, listener: Callable[[str], None]) -> None:
        """No other process can write here."""

    async def close(self) -> None:
        self._connection = _closed()
        self._done()

    def run(self, script: Script[T]) -> T:
        """As `write`, for a test that prepares what the store holds."""
        self._reach()
        self._connection.execute("BEGIN")
        changed: set[str] = set()
        try:
            result = drive(self._connection, script, changed)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        self._versions.update(changed)
        return result

    def copy(self) -> "MemoryDatabase":
        other = MemoryDatabase()
        self.pour_into(other)
        return other

    def pour_into(self, other: "MemoryDatabase") -> None:
        self._connection.backup(other._connection)

    @property
    def total_changes(self) -> int:
        """The rows that were changed so far."""
        return self._connection.total_changes

    def _reach(self) -> None:
        if self.down:
            raise StorageError("the database is down")


class MeasuredDatabase(MemoryDatabase):
    """Counts the rows that each transaction changes."""

    def __init__(self) -> None:
        super().__init__()
        _template().pour_into(self)
        self.changes: list[int] = []

    async def write(self, script: Callable[[], Script[T]]) -> T:
        before = self.total_changes
        try:
            return await super().write(script)
        finally:
            self.changes.append(self.total_changes - before)


def memory_database() -> MemoryDatabase:
    """An empty one, with the real tables."""
    return MemoryDatabase(reused=_reused())


@cache
def _reused() -> ReusedConnections:
    return ReusedConnections(_template()._connection)


@cache
def _closed() -> SqliteConnection:
    connection = new_connection()
    connection.close()
    return connection


@cache
def _template() -> MemoryDatabase:
    preparing = migrated(MemoryDatabase(), MIGRATIONS)
    try:
        preparing.send(None)
    except StopIteration as done:
        database: MemoryDatabase = done.value
        return database
    raise AssertionError("a database in memory waits for nothing")
