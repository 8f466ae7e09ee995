"""A database whose rows another program damages."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from tests.sending.town import Town
from wechat_scheduler.delivery.model import Content

OTHER: Final = "wx5555555555555555"
# Of another type than the column; then values of its type that mean nothing.
WRONG: Final = {"TEXT": "x'ff00fe'", "BIGINT": "'word'", "INTEGER": "'word'"}
ODD: Final = {"TEXT": "CAST(x'5bff' AS TEXT)", "BIGINT": str(2**62), "INTEGER": str(2**62)}
PLAIN: Final = {"TEXT": "''", "BIGINT": "1", "INTEGER": "1"}
"""Values of a row in a table that is empty otherwise."""


class Column(NamedTuple):
    """A column of a table, and its place there."""

    table: str
    name: str
    kind: str
    number: int


class Cellar:
    """The daemon's database, seen from another program that damages it."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self.database.execute("PRAGMA foreign_keys = OFF")
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        self.tables = {
            name: self.database.execute(f"PRAGMA table_info({name})").fetchall()
            for (name,) in self.database.execute(names).fetchall()
        }
        for name, columns in self.tables.items():
            if not self.database.execute(f"SELECT 1 FROM {name}").fetchall():
                values = ", ".join(PLAIN[column[2]] for column in columns)
                self.database.execute(f"INSERT INTO {name} VALUES ({values})")
        self._whole = {
            name: self.database.execute(f"SELECT * FROM {name}").fetchall() for name in self.tables
        }

    @classmethod
    def of_file(cls, file: Path) -> Self:
        return cls(sqlite3.connect(file, isolation_level=None))

    def columns(self) -> Iterator[Column]:
        """All but numbers of their own, whose type SQLite keeps."""
        for table, columns in self.tables.items():
            for number, name, kind, *_ in columns:
                if kind != "INTEGER":
                    yield Column(table, name, kind, number)

    @contextmanager
    def damaged(self, values: Mapping[Column, str], *, alone: bool = False) -> Iterator[None]:
        """The last row of each table has the values; afterwards everything is as it was. `alone` says that nothing
        changes other tables meanwhile."""
        changed = {column.table for column in values} if alone else self._whole.keys()
        for column, value in values.items():
            self.database.execute(
                f"UPDATE {column.table} SET {column.name} = {value} "
                f"WHERE rowid = (SELECT max(rowid) FROM {column.table})"
            )
        try:
            yield
        finally:
            self.database.execute("BEGIN IMMEDIATE")
            for name in changed:
                self.database.execute(f"DELETE FROM {name}")
                insert = f"INSERT INTO {name} VALUES ({', '.join('?' * len(self.tables[name]))})"
                self.database.executemany(insert, self._whole[name])
            self.database.execute("COMMIT")

    def copies(self, values: Mapping[str, str]) -> int:
        """For each column of each table one more row, as the last one but for its key and a damaged value of
        that column; `values` are by type. Returns the number of rows."""
        before = self.database.total_changes
        for name, columns in self.tables.items():
            keys = [column[1] for column in sorted(columns, key=lambda it: it[5]) if column[5]]
            for number, column, kind, *_ in columns:
                if kind == "INTEGER":
                    continue
                shown = [
                    values[kind] if each[1] == column else _copied(each, keys[-1], number)
                    for each in columns
                ]
                self.database.execute(
                    f"INSERT OR IGNORE INTO {name} SELECT {', '.join(shown)} FROM {name} "
                    f"WHERE rowid = (SELECT max(rowid) FROM {name})"
                )
        return self.database.total_changes - before


def _copied(column: Sequence[Any], key: str, number: int) -> str:
    """SQL for the value of a column: another one in the last column of the key."""
    name, kind = column[1], column[2]
    if name != key:
        return str(name)
    return {"TEXT": f"{name} || 'x{number}'", "INTEGER": "NULL"}.get(kind, f"{name} + {number + 1}")


async def filled(place: Town) -> None:
    await place.caller.register(
        {"type": 0}, {"type": 1, "notify": "http://127.0.0.1:9/n"}, appid=OTHER
    )
    await place.settle()
    amy, bob = await place.follow("o_amy"), await place.follow("o_bob")
    for name in (amy, bob):
        order = await place.sending.prepare(place.app, Content(title="hello"), names=[name])
        await place.sending.put(order)
    body = {"app": place.app.id, "to": [amy], "title": "water", "time": "2026-12-18T10:00:00+08:00"}
    answer = await place.call("POST", "/v1/reminders", body=body)
    assert answer.status == 200, answer.json
    await place.call("POST", "/v1/keys", body={"name": "shop", "scopes": ["read"]})
    await place.call("POST", "/v1/consumers", body={"name": "shop", "appids": [OTHER]})
    await place.call(
        "PUT", f"/v1/jssdk/{OTHER}/origins", body={"origins": ["https://shop.example.com"]}
    )
