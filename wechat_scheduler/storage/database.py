"""The port to SQL, the same for SQLite and PostgreSQL.

A unit of work is a *script*: a generator that yields statements and is sent their rows. It has the
statements and the logic between them; the driver runs it in the writer's thread (SQLite) or awaits
each statement (PostgreSQL):

    def rename(key: str, name: str) -> Script[bool]:
        rows = yield Statement("UPDATE app SET name = $2 WHERE id = $1 RETURNING id", (key, name))
        return bool(rows)

    renamed = await database.write(lambda: rename("a", "b"))
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

from wechat_scheduler.engine.records import dataclass

T = TypeVar("T")

# What helps where a table is missing.
LACKING = "stop the daemon, and restore a backup"


class Row(Protocol):
    """One row of a result: `row["column"]`, or its values in order."""

    def __getitem__(self, column: str, /) -> Any: ...

    def __iter__(self) -> Iterator[Any]: ...


class Statement(NamedTuple):
    """SQL with `$1 … $n`, and their values in that order. The text never contains a value."""

    sql: str
    params: tuple[object, ...] = ()


class BulkStatement(NamedTuple):
    """SQL that is run for each of the rows, in their order. It returns none."""

    sql: str
    rows: Sequence[tuple[object, ...]]


# Connections of a command to PostgreSQL; a daemon has a setting.
CONNECTIONS = 10
# Rows in one INSERT, and ids in one query: one parse, one round trip.
CHUNK = 64
# Placeholders for CHUNK ids. Every query with ids has this size, so that it is prepared once.
IDS = ", ".join(f"${number + 1}" for number in range(CHUNK))

Script: TypeAlias = Generator[Statement | BulkStatement, Sequence[Row], T]


def rows_of(statement: Statement) -> Script[Sequence[Row]]:
    """A script of one statement that returns its rows."""
    return (yield statement)


def each(statements: Iterable[Statement | BulkStatement]) -> Script[None]:
    """For `yield from` in a script: run the statements in order and ignore their rows."""
    for statement in statements:  # noqa: UP028 - a plain iterator cannot be sent the rows
        yield statement


def with_ids(sql: str, ids: Sequence[object], *more: object) -> Iterator[Statement]:
    """`sql`, which contains IDS, for each chunk of the ids, and `more` values after them. A short chunk
    repeats its first id."""
    for start in range(0, len(ids), CHUNK):
        chunk = tuple(ids[start : start + CHUNK])
        yield Statement(sql, (*chunk, *chunk[:1] * (CHUNK - len(chunk)), *more))


def inserts(head: str, rows: Sequence[tuple[object, ...]], tail: str) -> Iterator[Statement]:
    """`head VALUES (…), (…) tail`, for each chunk of the rows."""
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        values = _values(len(chunk), len(chunk[0]))
        yield Statement(f"{head} VALUES {values} {tail}", tuple(chain.from_iterable(chunk)))


def insert_many(head: str, rows: Sequence[tuple[object, ...]], tail: str = "") -> BulkStatement:
    """`head VALUES (…) tail` for each of the rows, of which there is one at least. Cheaper than `inserts`,
    and tells nothing of the rows."""
    return BulkStatement(f"{head} VALUES {_values(1, len(rows[0]))} {tail}", rows)


@lru_cache(maxsize=256)
def _values(rows: int, width: int) -> str:
    return ", ".join(
        "(" + ", ".join(f"${row * width + column + 1}" for column in range(width)) + ")"
        for row in range(rows)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRows:
    """A statement over rows that the caller gives as the table `given`: with its columns and their SQL
    types. It must do no more for a row that is given twice than for one."""

    columns: Mapping[str, str]
    sql: str

    def statements(self, rows: Sequence[tuple[object, ...]]) -> Iterator[Statement]:
        """The statement for each chunk of the rows. A chunk repeats its first row up to a power of two,
        so that few texts are prepared."""
        for start in range(0, len(rows), CHUNK):
            chunk = list(rows[start : start + CHUNK])
            chunk += chunk[:1] * ((1 << (len(chunk) - 1).bit_length()) - len(chunk))
            yield Statement(self.text(len(chunk)), tuple(chain.from_iterable(chunk)))

    def text(self, rows: int) -> str:
        """The SQL for that many rows."""
        return _given(self.sql, tuple(self.columns), tuple(self.columns.values()), rows)


@lru_cache(maxsize=256)
def _given(sql: str, names: tuple[str, ...], types: tuple[str, ...], rows: int) -> str:
    """The first row tells PostgreSQL the types of all."""
    first = ", ".join(f"CAST(${n} AS {kind})" for n, kind in enumerate(types, start=1))
    values = _values(rows, len(types)).partition(")")[2]
    return f"WITH given ({', '.join(names)}) AS (VALUES ({first}){values}) {sql}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The few things that the two databases spell differently.

    `skip_locked` ends a SELECT that claims rows. `types` are the `{placeholders}` of migrations.
    `alone` are the statements that keep other processes out until the unit of work ends.
    `signal_sql` sends its `$1` to other processes; `others` finds the other processes of ours that
    have the database open; `time` asks for the database's clock, in microseconds since 1970. These are
    empty where one process owns the database. `size` asks for its size in bytes.
    """

    name: str
    skip_locked: str
    types: Mapping[str, str]
    alone: tuple[Statement, ...]
    signal_sql: str
    others: str
    time: str
    size: str

    def signal(self, payload: str) -> Script[None]:
        """For `yield from` in a script: other processes get `payload` if and when it commits."""
        if self.signal_sql:
            yield Statement(self.signal_sql, (payload,))


class Database(Protocol):
    """Durable rows. Every method raises StorageError if the database does not answer."""

    @property
    def dialect(self) -> Dialect: ...

    async def write(self, script: Callable[[], Script[T]]) -> T:
        """Run a script as one atomic unit and return its value once it is durable.

        `script` makes a fresh generator each time it is called, and may be called more than once
        (a deadlock, a repeated batch): only the changes of its last run remain. A script that
        raises changes nothing, and its error is raised here. A statement that fails ends its script,
        which cannot catch the error: PostgreSQL would not continue. If the statement is at fault (a
        constraint, a typo), the driver's own error is raised: a bug of ours. If the caller is
        cancelled, the unit is done as a whole or not at all.

        Only if a connection breaks during COMMIT, StorageError does not say whether the unit was
        done; a repeat is harmless for rows whose keys the caller chose.
        """

    async def read(self, sql: str, *params: object) -> Sequence[Row]:
        """The rows of one query, as of the newest commit. Neither waits for writers nor blocks them."""

    def version(self, *tables: str) -> int | None:
        """Grows with each commit that may have changed one of these tables, before its writer knows of it.
        None where other processes write too."""

    def on_signal(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the payload of each signal that any process commits, this one too.

        After a gap in which signals may have been lost it gets the empty string. On SQLite, which
        one process owns, it is never called.
        """

    async def close(self) -> None:
        """Finish the running units, then close the database. A second call does nothing."""


def call_on(database: Database, signal: str, listener: Callable[[], object]) -> None:
    """Call `listener` for each `signal`, and after a gap in which signals may have been lost."""

    def heard(payload: str) -> None:
        if payload in ("", signal):
            listener()

    database.on_signal(heard)


def by_id(sql: str, ids: Sequence[int], key: str) -> Script[dict[int, Row]]:
    """The rows of a statement with `IDS`, each under its `key`."""
    found: dict[int, Row] = {}
    for statement in with_ids(sql, ids):
        for row in (yield statement):
            found[row[key]] = row
    return found
