"""`access.audit.AuditStore` on a database, and the database that stores a change with its entries."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from wechat_scheduler.access.audit import AuditEntry, AuditFilter, Reader, entries_to_store, noted
from wechat_scheduler.gateway.model import CONSUMER
from wechat_scheduler.storage.checks import MOST_COUNTED
from wechat_scheduler.storage.database import Database, Dialect, Row, Script, Statement, T, each
from wechat_scheduler.storage.rows import micros, micros_or_none, record, stored
from wechat_scheduler.storage.unreadable import readable

# Of one credential, in one answer.
MOST_READERS = 100

ENTRY = ("at", "key", "address", "action", "object", "count")
COLUMNS = ("at", "key_id", "address", "action", "object", "count")
ADD = """
    INSERT INTO audit (at, key_id, address, action, object, count) VALUES ($1, $2, $3, $4, $5, $6)
"""
# SQLite has no number left after an entry with the largest one, as damage may leave it.
BEYOND = f"""
    DELETE FROM audit WHERE id > {MOST_COUNTED}
    RETURNING at, key_id, address, action, object, count
"""  # noqa: S608 - our own number
# A count that is none counts for nothing: added up, it would exceed its column, and no reads would be stored.
COUNT = f"""{ADD}
    ON CONFLICT (at, key_id, object) WHERE action = 'credential.read'
    DO UPDATE SET count = excluded.count +
        CASE WHEN audit.count BETWEEN 0 AND {MOST_COUNTED} THEN audit.count ELSE 0 END
"""
USED = """
    UPDATE api_keys SET last_used_at = $2
    WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)
"""
CONSUMER_USED = """
    UPDATE consumers SET last_used_at = $2
    WHERE name = $1 AND (last_used_at IS NULL OR last_used_at < $2)
"""
FIND = """
    SELECT id, at, key_id AS key, address, action, object, count FROM audit
    WHERE (CAST($1 AS BIGINT) = 0 OR id < $1) AND (CAST($2 AS TEXT) = '' OR key_id = $2)
        AND (CAST($3 AS TEXT) = '' OR action = $3)
        AND (CAST($4 AS TEXT) = '' OR object = $4
            OR substr(object, 1, length($4) + 1) = $4 || '/')
        AND (CAST($6 AS BIGINT) IS NULL OR at >= $6) AND (CAST($7 AS BIGINT) IS NULL OR at < $7)
    ORDER BY id DESC LIMIT $5
"""


READERS = f"""
    SELECT key_id AS key, max(at) AS last,
        sum(CASE WHEN count BETWEEN 0 AND {MOST_COUNTED} THEN count ELSE 0 END) AS reads
    FROM audit WHERE action = 'credential.read' AND object = $1 AND at >= $2
    GROUP BY key_id ORDER BY 3 DESC, 1 LIMIT {MOST_READERS}
"""  # noqa: S608 - our own numbers


class SqlAudit:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, entry: AuditEntry) -> None:
        await self._database.write(lambda: put_entries([entry]))

    async def count(self, reads: Sequence[AuditEntry]) -> None:
        # Sorted, so that two processes do not deadlock.
        rows = sorted((stored(entry, ENTRY) for entry in reads), key=str)
        await self._database.write(lambda: _put([Statement(COUNT, row) for row in rows]))

    async def used(self, keys: Mapping[str, datetime]) -> None:
        statements = [_use(key, micros(at)) for key, at in sorted(keys.items())]
        await self._database.write(lambda: each(statements))

    async def find(self, wanted: AuditFilter) -> Sequence[AuditEntry]:
        rows = await self._database.read(
            FIND,
            wanted.before,
            wanted.key,
            wanted.action,
            wanted.object,
            wanted.limit,
            micros_or_none(wanted.since),
            micros_or_none(wanted.until),
        )
        return readable(rows, lambda row: record(AuditEntry, row), table="audit")

    async def readers(self, name: str, *, since: datetime) -> Sequence[Reader]:
        rows = await self._database.read(READERS, name, micros(since))
        return readable(rows, _reader, table="audit")


def _reader(row: Row) -> Reader:
    return record(Reader, row, reads=int(row["reads"]))


def _use(key: str, at: int) -> Statement:
    is_consumer = key.startswith(CONSUMER)
    return Statement(CONSUMER_USED if is_consumer else USED, (key.removeprefix(CONSUMER), at))


class AuditedDatabase:
    """A `Database` whose units of work store the entries of `Auditor.noting` with their changes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def dialect(self) -> Dialect:
        return self._database.dialect

    async def write(self, script: Callable[[], Script[T]]) -> T:
        entries = entries_to_store()  # here: a script may run in another thread
        if entries is None:
            return await self._database.write(script)

        def audited() -> Script[T]:
            result = yield from script()
            if result is not False:  # which says that nothing was changed
                yield from put_entries(entries(result))
            return result

        result = await self._database.write(audited)
        noted()
        return result

    async def read(self, sql: str, *params: object) -> Sequence[Row]:
        return await self._database.read(sql, *params)

    def version(self, *tables: str) -> int | None:
        return self._database.version(*tables)

    def on_signal(self, listener: Callable[[str], None]) -> None:
        self._database.on_signal(listener)

    async def close(self) -> None:
        await self._database.close()


def put_entries(entries: Iterable[AuditEntry]) -> Script[None]:
    """For `yield from` in the script that makes the change."""
    yield from _put([Statement(ADD, stored(entry, ENTRY)) for entry in entries])


def _put(statements: Sequence[Statement]) -> Script[None]:
    for row in (yield Statement(BEYOND)):
        yield Statement(ADD, tuple(row[name] for name in COLUMNS))
    yield from each(statements)
