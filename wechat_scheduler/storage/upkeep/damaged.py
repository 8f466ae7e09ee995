"""Finds stored rows that cannot be read: values of a wrong type, instants beyond the calendar, and secrets
that do not open. PostgreSQL keeps the types of its columns, SQLite does not.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Final, NamedTuple

from wechat_scheduler.delivery.model import DeliveryState, Priority
from wechat_scheduler.reminders.model import ReminderState
from wechat_scheduler.storage.checks import COUNTS, LATEST, MOST_COUNTED
from wechat_scheduler.storage.credentials.notifications import NO_APP
from wechat_scheduler.storage.database import Database, Row
from wechat_scheduler.storage.rows import Vault
from wechat_scheduler.storage.sqlite import schema
from wechat_scheduler.storage.unreadable import UNREADABLE
from wechat_scheduler.storage.upkeep.sealed import COLUMNS, SealedColumn

_TYPES: Final = {"TEXT": "text", "BIGINT": "integer", "INTEGER": "integer", "BLOB": "blob"}
_INSTANTS: Final = ("_at", "_until", "since")
# The least and the greatest number that a column of this name has. No claim finds another priority or app.
_BOUNDS: Final = dict.fromkeys(COUNTS, (0, MOST_COUNTED)) | {
    "priority": (min(Priority).value, max(Priority).value),
    "app_id": (NO_APP, MOST_COUNTED),
}
# The words that a column may have. Nothing looks for a row in another state.
_WORDS: Final = {
    ("deliveries", "state"): frozenset(DeliveryState),
    ("reminders", "state"): frozenset(ReminderState),
}
# Secrets of one column that one examination opens.
OPENED: Final = 20_000
_MORE: Final = "SELECT 1 FROM {table} WHERE {column} <> '' LIMIT 1 OFFSET $1"


class DamagedRows(NamedTuple):
    """The damaged rows of one table: their number, and the key and the damaged column of the first."""

    table: str
    number: int
    first: str
    column: str


async def damaged_rows(database: Database, vault: Vault) -> AsyncIterator[DamagedRows]:
    """At most one for each table. Raises StorageError."""
    found: dict[str, DamagedRows] = {}
    if database.dialect.name == "sqlite":
        for row in await database.read(schema.TABLES):
            if damage := await _of_wrong_type(database, row["name"]):
                found[damage.table] = damage
    for sealed in COLUMNS:
        async for damage in _unopened(database, vault, sealed):
            known = found.get(damage.table, damage._replace(number=0))
            found[damage.table] = known._replace(number=known.number + damage.number)
    for damage in found.values():
        yield damage


async def opened_in_part(database: Database) -> Sequence[str]:
    """The columns with more secrets than `damaged_rows` opens. Raises StorageError."""
    return [
        str(each)
        for each in COLUMNS
        if await database.read(_MORE.format(table=each.table, column=each.column), OPENED)
    ]


async def _of_wrong_type(database: Database, table: str) -> DamagedRows | None:
    columns = await database.read(schema.COLUMNS, table)
    wrong = dict(_conditions(table, columns))
    keys = [row["name"] for row in columns if row["pk"]]
    which = " ".join(f"WHEN {condition} THEN '{name}'" for name, condition in wrong.items())
    rows = await database.read(f"""
        SELECT {", ".join(keys)}, CASE {which} END AS damaged_column, count(*) OVER () AS damaged_rows
        FROM {table} WHERE {" OR ".join(wrong.values())} LIMIT 1
    """)  # noqa: S608 - the names of our own schema
    return next((_damage(table, row, keys) for row in rows), None)


def _conditions(table: str, columns: Sequence[Row]) -> Iterator[tuple[str, str]]:
    for row in columns:
        name, kind = row["name"], _TYPES[row["type"]]
        allowed = f"'{kind}'" if row["needed"] or row["pk"] else f"'{kind}', 'null'"
        is_instant = kind == "integer" and name.endswith(_INSTANTS)
        beyond = f" OR abs({name} / 2) > {LATEST // 2}" if is_instant else ""
        if name in _BOUNDS:
            least, most = _BOUNDS[name]
            beyond = f" OR {name} NOT BETWEEN {least} AND {most}"
        if words := _WORDS.get((table, name)):
            listed = ", ".join(f"'{word}'" for word in sorted(words))
            beyond = f" OR {name} NOT IN ({listed})"
        yield name, f"(typeof({name}) NOT IN ({allowed}){beyond})"


def _damage(table: str, row: Row, keys: Sequence[str]) -> DamagedRows:
    return DamagedRows(table, row["damaged_rows"], _name(row, keys), row["damaged_column"])


async def _unopened(
    database: Database, vault: Vault, sealed: SealedColumn
) -> AsyncIterator[DamagedRows]:
    names = dict.fromkeys((*sealed.key, *sealed.beside, sealed.column))
    rows = await database.read(
        f"SELECT {', '.join(names)} FROM {sealed.table} WHERE {sealed.column} <> '' LIMIT $1",  # noqa: S608 - our own names
        OPENED,
    )
    for row in rows:
        text = row[sealed.column]
        try:
            if isinstance(text, str):
                vault.open(text, sealed.place(row))
        except UNREADABLE:
            yield DamagedRows(sealed.table, 1, _name(row, sealed.key), sealed.column)


def _name(row: Row, keys: Sequence[str]) -> str:
    return "/".join(str(row[key]) for key in keys)
