"""The one door to SQL, the same for SQLite and PostgreSQL.

A unit of work is a *script*: a generator that yields statements and is sent their rows. It says what
happens and in which order, logic between the statements included, and leaves to the driver whether
that is done in a writer's thread (SQLite) or awaited (PostgreSQL):

    def rename(key: str, name: str) -> Script[bool]:
        rows = yield Statement("UPDATE app SET name = $2 WHERE id = $1 RETURNING id", (key, name))
        return bool(rows)

    renamed = await database.write(lambda: rename("a", "b"))
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

T = TypeVar("T")


class Row(Protocol):
    """One row of an answer: `row["column"]`, or its values in order."""

    def __getitem__(self, column: str, /) -> Any: ...

    def __iter__(self) -> Iterator[Any]: ...


class Statement(NamedTuple):
    """SQL with `$1 … $n`, and their values in that order. A value never stands in the text."""

    sql: str
    params: tuple[object, ...] = ()


# Rows in one INSERT, and ids in one query: one parse, one round trip.
CHUNK = 64
# The places of CHUNK ids: of one size, so that a query with ids is prepared once.
IDS = ", ".join(f"${number + 1}" for number in range(CHUNK))

Script: TypeAlias = Generator[Statement, Sequence[Row], T]


def rows_of(statement: Statement) -> Script[Sequence[Row]]:
    """A whole script: one statement, and its rows."""
    return (yield statement)


def each(statements: Iterable[Statement]) -> Script[None]:
    """For `yield from` in a script: run the statements one after the other, rows unseen."""
    for statement in statements:  # noqa: UP028 - a plain iterator cannot be sent the rows
        yield statement


def with_ids(sql: str, ids: Sequence[object]) -> Iterator[Statement]:
    """`sql`, which has IDS in it, as often as the ids need it. The first id of a chunk fills it."""
    for start in range(0, len(ids), CHUNK):
        chunk = tuple(ids[start : start + CHUNK])
        yield Statement(sql, (*chunk, *chunk[:1] * (CHUNK - len(chunk))))


def inserts(head: str, rows: Sequence[tuple[object, ...]], tail: str) -> Iterator[Statement]:
    """`head VALUES (…), (…) tail`, as few statements as it takes."""
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        values = _values(len(chunk), len(chunk[0]))
        yield Statement(f"{head} VALUES {values} {tail}", tuple(v for row in chunk for v in row))


@lru_cache(maxsize=256)
def _values(rows: int, width: int) -> str:
    return ", ".join(
        "(" + ", ".join(f"${row * width + column + 1}" for column in range(width)) + ")"
        for row in range(rows)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The few things that the two databases spell differently.

    `skip_locked` ends a SELECT that claims rows. `types` are the `{placeholders}` of migrations.
    `alone` are the statements that keep other processes out until the unit of work ends. `notice`
    is the SQL that carries its `$1` to other processes, and `others` the one that finds those of
    ours that have the database open; both are empty where there can be none.
    """

    name: str
    skip_locked: str
    types: Mapping[str, str]
    alone: tuple[Statement, ...]
    notice: str
    others: str

    def notify(self, payload: str) -> Script[None]:
        """For `yield from` in a script: others hear `payload` when, and only when, it commits."""
        if self.notice:
            yield Statement(self.notice, (payload,))


class Database(Protocol):
    """Durable rows. Every method raises StorageError when the database does not answer."""

    @property
    def dialect(self) -> Dialect: ...

    async def write(self, script: Callable[[], Script[T]]) -> T:
        """Run a script as one atomic unit and return its value once that is durable.

        `script` makes a fresh generator each time it is called, and may be called more than once
        (a deadlock, a batch that has to be repeated): only what its last run did remains. A script
        that raises changes nothing, and what it raised comes out here. A statement that fails ends
        its script: it cannot be caught in there, since PostgreSQL would not go on. If the statement
        is to blame (a constraint, a misspelling), the driver's own error comes out: a bug of ours.
        Cancelling the caller leaves the unit done whole or not at all.

        A broken connection in the middle of COMMIT is the one case where StorageError cannot say
        whether the unit was done; rows whose keys the caller chose make the repeat harmless.
        """
        ...

    async def read(self, sql: str, *params: object) -> Sequence[Row]:
        """The rows of one query, as of the newest commit. Waits for no writer and hinders none."""
        ...

    def on_notice(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the payload of each notice that any process commits, this one too.

        After a gap in which notices may have been missed it gets the empty string: look again. On
        SQLite, which belongs to one process, it is never called.
        """
        ...

    async def close(self) -> None:
        """Finish what was begun, then let go of the database. A second call does nothing."""
        ...
