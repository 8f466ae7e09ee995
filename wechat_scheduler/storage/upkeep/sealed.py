"""The list of all sealed columns, and the script that seals them with a new key.

The migrations say "sealed" beside such a column, and a test compares them with this list.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import SealingError
from wechat_scheduler.storage.access.link_secrets import link_place
from wechat_scheduler.storage.audience.apps import app_place
from wechat_scheduler.storage.credentials import refresh_tokens
from wechat_scheduler.storage.database import Database, Row, Script, Statement
from wechat_scheduler.storage.delivery.messages import secret_place
from wechat_scheduler.storage.pushes.events import code_place
from wechat_scheduler.storage.pushes.pushes import secrets_place
from wechat_scheduler.storage.rows import key_of, registration_place
from wechat_scheduler.storage.sealing import Sealer
from wechat_scheduler.storage.stored_responses import response_place

# Rows in one transaction: few, so that other writers do not wait for long.
BATCH = 200


class SealedColumn(NamedTuple):
    """`key` is the table's primary key; `place` gives the context that a row's text is sealed
    with, from `key` and the columns in `beside`."""

    table: str
    column: str
    key: tuple[str, ...]
    place: Callable[[Row], str]
    beside: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


JOB = ("appid", "kind", "subject")

COLUMNS = (
    SealedColumn("accounts", "secret", ("appid",), lambda row: f"account:{row['appid']}"),
    SealedColumn("jobs", "params", JOB, lambda row: f"params:{key_of(row)}"),
    SealedColumn("jobs", "credential", JOB, lambda row: f"job:{key_of(row)}"),
    SealedColumn("registrations", "notify", (*JOB, "owner"), lambda row: _registration(row)),
    SealedColumn("registrations", "params", (*JOB, "owner"), lambda row: _registration(row)),
    SealedColumn(
        "pushes",
        "value",
        ("appid", "name", "received_at"),
        lambda row: f"push:{row['appid']}/{row['name']}",
    ),
    SealedColumn(
        "refresh_tokens",
        "value",
        (*JOB, "replaced_at"),
        lambda row: refresh_tokens.place(key_of(row)),
    ),
    SealedColumn("callbacks", "secrets", ("appid",), lambda row: secrets_place(row["appid"])),
    SealedColumn("events", "code", ("id",), lambda row: code_place(row["id"])),
    SealedColumn(
        "api_keys", "signing_secret", ("hash",), lambda row: f"api_key:{row['id']}", ("id",)
    ),
    SealedColumn("apps", "callback", ("id",), lambda row: app_place(row["id"], "callback")),
    SealedColumn("apps", "app_key", ("id",), lambda row: app_place(row["id"], "app_key")),
    SealedColumn(
        "apps", "signing_secret", ("id",), lambda row: app_place(row["id"], "signing_secret")
    ),
    SealedColumn(
        "answers", "answer", ("scope", "key"), lambda row: response_place(row["scope"], row["key"])
    ),
    SealedColumn(
        "message_secrets", "secret", ("message_id",), lambda row: secret_place(row["message_id"])
    ),
    SealedColumn("link_secrets", "value", ("name",), lambda row: link_place(row["name"])),
)


def _registration(row: Row) -> str:
    return registration_place(key_of(row), row["owner"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Resealed:
    """The number of texts that were sealed with the new key, and the places of those that could not be
    opened, which stay as they are."""

    texts: int
    unreadable: tuple[str, ...]


async def has_older(database: Database, sealer: Sealer) -> bool:
    """Whether any text is sealed with an older key."""
    newest = f"{sealer.prefix}%"
    for column in COLUMNS:
        if await database.read(_OLDER.format(column=column.column, table=column.table), newest):
            return True
    return False


async def reseal(
    database: Database, sealer: Sealer, columns: Iterable[SealedColumn] = COLUMNS
) -> Resealed:
    """Seal all texts with the newest key, a few rows at a time. It may be stopped at any time; the next
    call does the rest."""
    texts = 0
    unreadable: list[str] = []
    for column in columns:
        page: _ResealedPage | None = None
        after: tuple[object, ...] | None = None
        while page is None or (page.rows and page.rows[-1] != after):
            after = page.rows[-1] if page else None
            page = await database.write(partial(_reseal_page, column, sealer, after))
            texts += page.resealed
            unreadable += page.unreadable
    return Resealed(texts=texts, unreadable=tuple(dict.fromkeys(unreadable)))


_OLDER = "SELECT 1 FROM {table} WHERE {column} <> '' AND {column} NOT LIKE $1 LIMIT 1"


class _ResealedPage(NamedTuple):
    rows: Sequence[tuple[object, ...]]
    resealed: int
    unreadable: list[str]


def _reseal_page(
    column: SealedColumn, sealer: Sealer, after: tuple[object, ...] | None
) -> Script[_ResealedPage]:
    """The rows that follow `after` in the order of the primary key."""
    rows = yield Statement(_select(column, first=after is None), (*(after or ()), BATCH))
    resealed, unreadable = 0, []
    for row in rows:
        sealed = row["sealed"]
        if not sealed or sealer.is_newest(sealed):
            continue
        try:
            resealed_text = sealer.reseal(sealed, context=column.place(row))
        except SealingError:
            unreadable.append(f"{column} of {'/'.join(map(str, _key(column, row)))}")
            continue
        resealed += len(
            (yield Statement(_update(column), (*_key(column, row), sealed, resealed_text)))
        )
    return _ResealedPage([_key(column, row) for row in rows], resealed, unreadable)


def _key(column: SealedColumn, row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in column.key)


def _select(column: SealedColumn, *, first: bool) -> str:
    key, size = ", ".join(column.key), len(column.key)
    values = ", ".join(f"${number + 1}" for number in range(size))
    return (
        f"SELECT {', '.join((*column.key, *column.beside))}, {column.column} AS sealed "  # noqa: S608 - our own names
        f"FROM {column.table} {'' if first else f'WHERE ({key}) > ({values})'} "
        f"ORDER BY {key} LIMIT ${1 if first else size + 1}"
    )


def _update(column: SealedColumn) -> str:
    """Changes only a text that is still as it was read: a daemon may have written a newer one."""
    size = len(column.key)
    same = " AND ".join(f"{name} = ${number + 1}" for number, name in enumerate(column.key))
    return (
        f"UPDATE {column.table} SET {column.column} = ${size + 2} "  # noqa: S608 - our own names
        f"WHERE {same} AND {column.column} = ${size + 1} RETURNING 1"
    )
