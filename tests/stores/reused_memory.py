"""SQLite connections in memory that tests use one after the other. A new one reads the schema and prepares each
statement again, which takes half of the time of a short test."""

import atexit
import sqlite3
from typing import Final

from wechat_scheduler.storage.sqlite.connection import SqliteConnection

MOST: Final = 4
# Deleted rows leave their pages.
LARGEST: Final = 1000
STATE: Final = ("schema_version", "foreign_keys", "query_only", "ignore_check_constraints")
TABLES: Final = "SELECT name FROM sqlite_master WHERE type = 'table'"


class ReusedConnections:
    """Copies of a database that has the product's tables, and in `meta` alone rows."""

    def __init__(self, template: sqlite3.Connection) -> None:
        self._template = template
        # Of each copy: SQLite counts the copy as a change of the schema.
        self._states: dict[SqliteConnection, list[int]] = {}
        self._meta = _meta(template)
        names = [row[0] for row in template.execute(TABLES) if row[0] != "meta"]
        self._filled = " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names
        )
        self._idle: list[SqliteConnection] = []
        self._room = MOST
        atexit.register(self._end)

    def take(self) -> SqliteConnection:
        """One that a test is done with, unless that changed the schema or left much."""
        while self._idle:
            connection = self._idle.pop()
            if self._emptied(connection):
                return connection
            self._close(connection)
        connection = new_connection()
        self._template.backup(connection)
        self._states[connection] = _state(connection)
        return connection

    def give_back(self, connection: SqliteConnection) -> None:
        if len(self._idle) < self._room:
            self._idle.append(connection)
        else:
            self._close(connection)

    def _end(self) -> None:
        """Newer versions of Python complain about connections that nothing has closed."""
        self._room = 0
        while self._idle:
            self._close(self._idle.pop())

    def _close(self, connection: SqliteConnection) -> None:
        del self._states[connection]
        connection.close()

    def _emptied(self, connection: SqliteConnection) -> bool:
        try:
            if connection.in_transaction or _size(connection) > LARGEST:
                return False
            self._empty(connection)
            return _state(connection) == self._states[connection]
        except sqlite3.Error:  # a statement is not at its end, or the file is damaged
            return False

    def _empty(self, connection: SqliteConnection) -> None:
        for row in connection.execute(self._filled).fetchall():
            connection.execute(f"DELETE FROM {row[0]}")
        if _meta(connection) != self._meta:
            connection.execute("DELETE FROM meta")
            connection.executemany("INSERT INTO meta VALUES (?, ?)", self._meta)


def new_connection() -> SqliteConnection:
    # The garbage collector may close it in another thread.
    return SqliteConnection(":memory:", check_same_thread=False)


def _state(connection: sqlite3.Connection) -> list[int]:
    return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in STATE]


def _size(connection: sqlite3.Connection) -> int:
    pages: int = connection.execute("PRAGMA page_count").fetchone()[0]
    return pages


def _meta(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute("SELECT * FROM meta ORDER BY 1")]
