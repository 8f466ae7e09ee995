"""Moves everything from one database to another, between SQLite and PostgreSQL.

Nothing else may use either. Rows go in the order of their keys, a few in one transaction, which also stores
the key of the last: an interrupted move continues after it. Each row is then compared with its copy.
Until all are equal the copy is marked as incomplete, and afterwards the original as moved: no daemon starts
on either, so nothing is sent from both.
"""

from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import StateError, StorageError
from wechat_scheduler.storage.database import CHUNK, Database, Script, Statement, each, inserts
from wechat_scheduler.storage.sqlite import schema

# Rows in one transaction, and in one page of the comparison.
BATCH: Final = 256
# A node is a process, and the version of the schema belongs to the database.
LEFT_OUT: Final = ("nodes",)
MOVING, MOVED = "moving", "moved"
SCHEMA: Final = ("schema_version", "schema_oldest")
OWN: Final = (MOVING, MOVED, *SCHEMA)

MARK: Final = "SELECT value FROM meta WHERE name = $1"
PUT_MARK: Final = """
    INSERT INTO meta (name, value) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""
DROP_MARK: Final = "DELETE FROM meta WHERE name = $1"

Values: TypeAlias = tuple[Any, ...]
Key: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`key` are the columns of the primary key; `counts` is whether the database numbers its rows."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    counts: bool

    def page(self, after: Sequence[object] | None) -> Statement:
        """The next rows in the order of their keys."""
        keys = ", ".join(self.key)
        places = ", ".join(f"${number + 1}" for number in range(len(self.key)))
        where = "" if after is None else f"WHERE ({keys}) > ({places})"
        sql = f"SELECT {', '.join(self.columns)} FROM {self.name} {where} ORDER BY {keys} LIMIT {BATCH}"  # noqa: S608 - names of our own schema
        return Statement(sql, tuple(after or ()))

    def of_keys(self, keys: Sequence[Key]) -> Iterator[Statement]:
        """The rows of these keys. A short chunk repeats its first up to a power of two, so that few queries are
        prepared."""
        for start in range(0, len(keys), CHUNK):
            chunk = list(keys[start : start + CHUNK])
            chunk += chunk[:1] * ((1 << (len(chunk) - 1).bit_length()) - len(chunk))
            yield Statement(self._of(len(chunk)), tuple(value for key in chunk for value in key))

    def _of(self, keys: int) -> str:
        """The SQL for that many keys."""
        width = len(self.key)
        which = " OR ".join(
            "(" + " AND ".join(f"{name} = ${row * width + place + 1}" for place, name in enumerate(self.key)) + ")"
            for row in range(keys)
        )  # fmt: skip
        return f"SELECT {', '.join(self.columns)} FROM {self.name} WHERE {which}"  # noqa: S608 - as above

    def key_of(self, row: Values) -> Key:
        return tuple(row[self.columns.index(name)] for name in self.key)


class Progress(msgspec.Struct, array_like=True):
    """How far a move has come: the table, and the key of its last row."""

    source: str
    table: str = ""
    after: Key = ()


class MovedTable(NamedTuple):
    """A table whose rows are all there and equal, and their number."""

    name: str
    rows: int


REFUSALS: Final = {
    MOVED: "the content of this database was moved to {}: name that in state.database or state.database_file",
    MOVING: "this database is an incomplete copy: run wechat-scheduler migrate-store again",
}


async def refuse(database: Database, *marks: str) -> None:
    """Raise StateError if the content went elsewhere (MOVED), or has not come whole (MOVING)."""
    for mark in marks:
        for row in await database.read(MARK, mark):
            raise StateError(REFUSALS[mark].format(row["value"]))


async def move(
    source: Database, target: Database, *, name: str
) -> AsyncGenerator[MovedTable, None]:
    """Copy and compare every row of `source`, which is called `name`. Raises StateError, StorageError; what
    was copied until then stays, and the next move continues after it."""
    tables = await _tables(source if source.dialect.name == "sqlite" else target)
    progress = await _begin(tables, target, name)
    names = [table.name for table in tables]
    for table in tables[names.index(progress.table) if progress.table else 0 :]:
        await _copy(table, source, target, progress)
    for table in tables:
        yield MovedTable(table.name, await _compare(table, source, target))


async def end_move(source: Database, target: Database, *, where: str) -> None:
    """Mark the content of `source` as moved to `where`, then let daemons start on `target`."""
    await source.write(lambda: each([Statement(PUT_MARK, (MOVED, where))]))
    await target.write(lambda: each([Statement(DROP_MARK, (MOVING,))]))


async def _tables(sqlite: Database) -> Sequence[Table]:
    """Every table, those that others refer to first."""
    found: dict[str, Table] = {}

    async def add(name: str) -> None:
        for row in await sqlite.read(schema.REFERENCES, name):
            if row["name"] not in found:
                await add(row["name"])
        columns = await sqlite.read(schema.COLUMNS, name)
        keys = sorted((row["pk"], row["name"]) for row in columns if row["pk"])
        found[name] = Table(
            name=name,
            columns=tuple(row["name"] for row in columns),
            key=tuple(key for _, key in keys),
            counts=any(row["pk"] and row["type"] == "INTEGER" for row in columns),
        )

    for row in await sqlite.read(schema.TABLES):
        if row["name"] not in (*found, *LEFT_OUT):
            await add(row["name"])
    return list(found.values())


async def _begin(tables: Sequence[Table], target: Database, name: str) -> Progress:
    """How far a former move from there came. Raises StateError if the target holds something else."""
    for row in await target.read(MARK, MOVING):
        progress = msgspec.json.decode(row["value"], type=Progress)
        if progress.source == name:
            return progress
        raise StateError(
            f"the target holds an incomplete copy of {progress.source}: use an empty one"
        )
    for table in tables:
        rows = await _read(target, table.page(None))
        if any(table.name != "meta" or row[0] not in SCHEMA for row in rows):
            raise StateError(
                f"the target is not empty, its table {table.name} has rows: make a new database, or "
                "move the old file away"
            )
    progress = Progress(name)
    await target.write(lambda: each([_put(progress)]))
    return progress


async def _copy(table: Table, source: Database, target: Database, progress: Progress) -> None:
    start = progress.after if progress.table == table.name else None
    async for rows in _pages(table, source, start):
        last = table.key_of(rows[-1])
        progress = Progress(progress.source, table.name, last)
        try:
            await target.write(lambda: _insert(table, rows, progress))  # noqa: B023 - awaited here
        except (StorageError, StateError):
            raise
        except Exception as error:  # each driver has its own for a value that it does not take
            first, why = table.key_of(rows[0]), str(error).partition("\n")[0]
            raise StateError(
                f"the target rejects a row of the table {table.name}, from {first} to {last}: "
                f"{why}; wechat-scheduler doctor names rows that are damaged"
            ) from error


def _insert(table: Table, rows: Sequence[Values], progress: Progress) -> Script[None]:
    head = f"INSERT INTO {table.name} ({', '.join(table.columns)})"
    yield from each(inserts(head, _kept(table, rows), "ON CONFLICT DO NOTHING"))
    yield _put(progress)


async def _compare(table: Table, source: Database, target: Database) -> int:
    """The number of rows, all equal. Raises StateError."""
    number = 0
    async for page in _pages(table, source, None):
        rows = _kept(table, page)
        copies: set[Values] = set()
        for statement in table.of_keys([table.key_of(row) for row in rows]):
            copies.update(await _read(target, statement))
        for row in rows:
            if row not in copies:
                raise StateError(
                    f"the row {table.key_of(row)} of the table {table.name} differs from its copy: "
                    "use an empty target, and run this once more"
                )
        number += len(rows)
    await _check_number(table, target, number)
    return number


async def _check_number(table: Table, target: Database, number: int) -> None:
    """Raises StateError if the target has further rows; sets the counter of the next one."""
    own = f" WHERE name NOT IN {OWN}" if table.name == "meta" else ""
    (row,) = await target.read(f"SELECT count(*) AS number FROM {table.name}{own}")  # noqa: S608 - as above
    if row["number"] != number:
        raise StateError(
            f"the table {table.name} of the target has {row['number']} rows instead of {number}: "
            "use an empty target, and stop what writes into it"
        )
    if table.counts and number and target.dialect.name == "postgresql":
        (key,) = table.key
        sql = f"SELECT setval(pg_get_serial_sequence('{table.name}', '{key}'), max({key})) FROM {table.name}"  # noqa: S608 - as above
        await target.write(lambda: each([Statement(sql)]))


async def _pages(
    table: Table, source: Database, after: Key | None
) -> AsyncGenerator[list[Values], None]:
    """The rows behind that key, in batches; no further query once one is not full."""
    rows = await _read(source, table.page(after))
    while rows:
        yield rows
        is_last = len(rows) < BATCH
        rows = [] if is_last else await _read(source, table.page(table.key_of(rows[-1])))


def _kept(table: Table, rows: Sequence[Values]) -> list[Values]:
    """Without the rows of `meta` that each database has of its own."""
    return [row for row in rows if table.name != "meta" or row[0] not in OWN]


async def _read(database: Database, statement: Statement) -> list[Values]:
    return [tuple(row) for row in await database.read(statement.sql, *statement.params)]


def _put(progress: Progress) -> Statement:
    return Statement(PUT_MARK, (MOVING, msgspec.json.encode(progress).decode()))
