"""SQLite connections: set-up, parameters, and the meaning of errors."""

import os
import re
import sqlite3
from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final, TypeVar

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.errors import StateError, StorageError
from wechat_scheduler.storage.database import LACKING, BulkStatement, Row, Script, Statement

T = TypeVar("T")

# Seconds to wait for another program (a backup, a shell) that locks the file.
PATIENCE = 5.0
CACHED_STATEMENTS = 256
# Bytes of pages that the writer keeps. SQLite's 2 MB are too few for the indexes of 100,000 deliveries: each outcome
# read pages again.
CACHE: Final = 8 * 1024 * 1024

# Bytes that the files beside the database take when it is opened.
ROOM: Final = 64 * 1024

_REASONS = {
    sqlite3.SQLITE_BUSY: "another program holds a lock on the database",
    sqlite3.SQLITE_LOCKED: "another connection holds a lock on the database",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the database is read-only",
    sqlite3.SQLITE_PERM: "access to the database file is not permitted",
    sqlite3.SQLITE_CANTOPEN: "the database file or its folder cannot be opened",
    sqlite3.SQLITE_IOERR: "the disk failed to read or write",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged: restore it from a backup",
    sqlite3.SQLITE_NOTADB: "the file is not a SQLite database",
    sqlite3.SQLITE_NOMEM: "there is not enough memory",
}
# Without meta the database is not ours.
_MISSING = pattern(r"no such table: (?!meta\b)(?:main\.)?(\S+)")
_CHANGED = pattern(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(\w+)")
_PARAMETER = pattern(r"'[^']*'|\$(\d+)")


class SqliteConnection(sqlite3.Connection):
    """Begins and ends transactions only where our SQL says so."""

    def __init__(self, path: str, **options: Any) -> None:
        super().__init__(
            path,
            timeout=PATIENCE,
            isolation_level=None,
            cached_statements=CACHED_STATEMENTS,
            **options,
        )
        self.row_factory = sqlite3.Row
        # One damaged text fails alone, if at all, and not the whole list that it is in.
        self.text_factory = partial(str, encoding="utf-8", errors="replace")


class ReadingConnection(SqliteConnection):
    """Opens for reading only. Each query sees the newest commit."""

    def __init__(self, path: str, **options: Any) -> None:
        super().__init__(path, **options)
        self.execute("PRAGMA query_only = ON")


def open_for_writing(path: Path) -> sqlite3.Connection:
    """The writing connection, for one thread at a time. Raises StateError."""
    try:
        _make_private(path)
        connection = SqliteConnection(str(path), check_same_thread=False)
        try:
            _set_up(connection)
        except BaseException:
            connection.close()
            raise
    except (OSError, sqlite3.Error) as error:
        raise StateError(f"cannot open the database {path}: {_why_not(error, path)}") from error
    return connection


def _why_not(error: OSError | sqlite3.Error, path: Path) -> object:
    """Without room for its log, which is created at each start, SQLite says that the disk failed."""
    if not _has_room(path.parent):
        return "the disk is full: free some space"
    return error.strerror if isinstance(error, OSError) else trouble(error) or error


def _has_room(folder: Path) -> bool:
    try:
        disk = os.statvfs(folder)
    except OSError:  # what failed says why
        return True
    return disk.f_bavail * disk.f_frsize >= ROOM


def stay_in_memory(connection: sqlite3.Connection) -> None:
    """For one that is in no transaction. A statement that may fail keeps what its pages were before: else in a temporary
    file, once it has changed 16 of them."""
    connection.execute("PRAGMA temp_store = MEMORY")


def positional(sql: str, params: Sequence[object]) -> tuple[str, Sequence[object]]:
    """`$1 … $n` as plain `?`, which SQLite's driver binds fastest, with values in the order of use."""
    text, order = _translated(sql)
    return text, params if order is None else [params[index] for index in order]


def drive(connection: sqlite3.Connection, script: Script[T], changed: set[str] | None = None) -> T:
    """Run the script's statements and return its value. Begins and ends no transaction. `changed` gets the
    names of the tables that may have changed."""
    try:
        statement = next(script)
        while True:
            if changed is not None:
                changed |= _tables_changed(statement.sql)
            statement = script.send(_run(connection, statement))
    except StopIteration as done:
        value: T = done.value
        return value
    finally:
        script.close()


def _run(connection: sqlite3.Connection, statement: Statement | BulkStatement) -> Sequence[Row]:
    if isinstance(statement, Statement):
        return connection.execute(*positional(*statement)).fetchall()
    text, order = _translated(statement.sql)
    if order is not None:
        raise ValueError("the values of many rows come in the order of their use")
    connection.executemany(text, statement.rows)
    return ()


def trouble(error: BaseException, otherwise: str = "") -> StorageError | None:
    """The StorageError for an error of the file, or with `otherwise` as its sentence.

    None means that the statement is wrong or the script raised: the error itself is for the caller.
    """
    if isinstance(error, StorageError):
        return error
    missing = _MISSING.match(str(error)) if isinstance(error, sqlite3.OperationalError) else None
    if missing is not None:
        otherwise = f"the database lacks the table {missing[1]}: {LACKING}"
    reason = _REASONS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, otherwise)
    if not reason:
        return None
    failure = StorageError(reason)
    failure.__cause__ = error
    return failure


def _make_private(path: Path) -> None:
    """SQLite would create a file that all users can read. Its log gets the mode of the file."""
    os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


def _set_up(connection: sqlite3.Connection) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise StateError("the database is on a file system without write-ahead logging")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE // 1024}")


@lru_cache(maxsize=1024)
def _translated(sql: str) -> tuple[str, tuple[int, ...] | None]:
    """The text with `?`, and the index of each value; None if the order is 1, 2, 3 …"""
    order: list[int] = []

    def replace(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        order.append(int(found[1]) - 1)
        return "?"

    text = _PARAMETER.sub(replace, sql)
    return text, None if order == list(range(len(order))) else tuple(order)


@lru_cache(maxsize=1024)
def _tables_changed(sql: str) -> frozenset[str]:
    return frozenset(_CHANGED.findall(sql))
