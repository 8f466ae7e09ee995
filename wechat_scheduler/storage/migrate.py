"""Brings a database's schema up to date with numbered files, each applied once, in one unit of work.

`0007_topics.sql` is migration 7. A file holds plain statements, each ended by `;`, and
`{placeholders}` for the types that the dialects spell differently. There is no downgrade. A program keeps running,
and a daemon starts, on a schema that is newer than its files, as long as the later migrations only expand it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache, partial
from importlib.resources.abc import Traversable
from operator import attrgetter
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import structlog

from wechat_scheduler.engine.nodes import SILENT_AFTER
from wechat_scheduler.errors import StateError, StorageError
from wechat_scheduler.storage.contracting import contracts
from wechat_scheduler.storage.database import Database, Dialect, Script, Statement, each

log = structlog.get_logger(__name__)

DatabaseT = TypeVar("DatabaseT", bound=Database)

MIGRATIONS: Final[Traversable] = Path(__file__).parent / "migrations"

_META = "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)"
_VERSION = "SELECT value FROM meta WHERE name = 'schema_version'"
# The oldest schema whose programs may use this one: the newest migration that contracts.
_OLDEST = "SELECT value FROM meta WHERE name = 'schema_oldest'"
_SAVE = (
    "INSERT INTO meta (name, value) VALUES ('schema_version', $1), ('schema_oldest', $2) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
# From this schema on, a node tells its own.
_NODES_SINCE = 26
_OLDER_NODES = """
    SELECT name, host, version FROM nodes WHERE seen_at > $1 AND schema_version < $2 ORDER BY name
"""
_UPGRADE = "the database was expanded by a newer wechat-scheduler: upgrade this one too"
_FILE = re.compile(r"(\d+)_\w+\.sql")
_ANY_TYPES = dict.fromkeys(("identity", "json", "bytes"), "TEXT")
_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
# Text, names and comments, which may contain semicolons; a semicolon that ends a statement; the rest.
_PART = re.compile(r"""'[^']*'|"[^"]*"|--[^\n]*|;|[^'"\-;]+|-""")


class Migration(NamedTuple):
    """The number of a file, and the file."""

    version: int
    file: Traversable

    @property
    def sql(self) -> str:
        return self.file.read_text("utf-8")

    @property
    def contracts(self) -> bool:
        """Whether the version before it can no longer run."""
        sql = self.sql
        return contracts(sql, (one.sql for one in statements(sql, _ANY_TYPES)))


async def migrated(
    database: DatabaseT, folder: Traversable, *, emptied: str = "", expanded: bool = False
) -> DatabaseT:
    """Apply the migrations of `folder` that `database` lacks, and return `database`.

    Closes `database` and raises StateError if its schema is newer than `folder` (unless it was only
    `expanded`, and that is allowed), daemons use it that the new schema would break, it cannot be written, or another program's tables are in the way; and with the sentence `emptied`, if there is one,
    if it has no tables of ours. Several processes may do this at once: one does the work, the others find it done.
    """
    try:
        await database.write(partial(_bring_up, database.dialect, load(folder), emptied, expanded))
    except BaseException as error:
        await database.close()
        if isinstance(error, StateError) or not isinstance(error, Exception):
            raise
        # Each driver has its own error for a table that exists.
        raise StateError(f"the database cannot be prepared: {error}") from error
    return database


def load(folder: Traversable) -> list[Migration]:
    """The migrations in `folder`, oldest first. Raises StateError if a number occurs twice."""
    named = ((_FILE.fullmatch(entry.name), entry) for entry in folder.iterdir())
    found = [Migration(int(match[1]), entry) for match, entry in named if match]
    found.sort(key=attrgetter("version"))
    versions = [migration.version for migration in found]
    if len(set(versions)) < len(versions):
        raise StateError(f"two migrations have the same number, of {versions}")
    return found


@cache
def newest() -> int:
    """The newest schema that this program knows."""
    return load(MIGRATIONS)[-1].version


async def oldest_schema(database: Database) -> int:
    """The oldest schema whose programs may use the database. Raises StorageError."""
    rows = await database.read(_OLDEST) or await database.read(_VERSION)
    return _number(rows[0]["value"])


async def schema_version(database: Database) -> int:
    """Raises StorageError if the database was never migrated."""
    try:
        return int((await database.read(_VERSION))[0]["value"])
    except StorageError:
        raise
    except Exception as error:  # no such table: each driver has its own error
        raise StorageError("this is not a database of wechat-scheduler") from error


def statements(sql: str, types: Mapping[str, str]) -> Iterator[Statement]:
    """The statements of a migration, without comments, with `types` for the placeholders."""
    text = _PLACEHOLDER.sub(lambda found: types[found[1]], sql)
    pending = ""
    for part in _PART.findall(f"{text};"):
        if part == ";":
            if pending.strip():
                yield Statement(pending.strip())
            pending = ""
        elif not part.startswith("--"):
            pending += part


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError as error:
        raise StateError(
            f"the schema_version in the table meta is damaged: it is {value!r}, which is not a number; "
            "restore a backup"
        ) from error


def _bring_up(
    dialect: Dialect, migrations: list[Migration], emptied: str, expanded: bool
) -> Script[None]:
    yield from each(dialect.alone)
    yield Statement(_META)
    rows = yield Statement(_VERSION)
    if emptied and not rows:
        raise StateError(emptied)
    current = _number(rows[0]["value"]) if rows else 0
    known = migrations[-1].version if migrations else 0
    if current > known:
        rows = (yield Statement(_OLDEST)) if expanded else ()
        if not rows or _number(rows[0]["value"]) > known:
            raise StateError(
                f"the database has schema version {current} and this program knows {known}: "
                "install the newer wechat-scheduler again"
            )
        log.warning("storage.schema_newer", schema=current, known=known, advice=_UPGRADE)
    if current < known:
        oldest = max((one.version for one in migrations if one.contracts), default=0)
        if current < oldest:
            yield from _refuse_older_nodes(dialect, current, oldest)
        for migration in migrations:
            if migration.version > current:
                yield from each(statements(migration.sql, dialect.types))
        yield Statement(_SAVE, (str(known), str(oldest)))


def _refuse_older_nodes(dialect: Dialect, current: int, oldest: int) -> Script[None]:
    """Daemons that the new schema would break have to end first."""
    if not dialect.time or current < _NODES_SINCE:
        return
    ((now,),) = yield Statement(dialect.time)
    since = now - SILENT_AFTER // timedelta(microseconds=1)
    if older := (yield Statement(_OLDER_NODES, (since, oldest))):
        names = ", ".join(f"{row['name']} on {row['host']} ({row['version']})" for row in older)
        raise StateError(
            f"some running daemons cannot use schema version {oldest}: stop {names} first"
        )
