"""`gateway.model.ConsumerStore` on a database."""

from collections.abc import Callable, Sequence
from datetime import datetime
from ipaddress import ip_network

from wechat_scheduler.gateway.model import Consumer
from wechat_scheduler.gateway.paths import PathRules
from wechat_scheduler.storage.database import Database, Row, Script, Statement, call_on
from wechat_scheduler.storage.rows import micros, record, stored
from wechat_scheduler.storage.unreadable import readable

ALL = """
    SELECT name, hash, generation, appids, networks, per_minute, per_day, stand_in, allow_paths,
        deny_paths, created_at, revoked_at, last_used_at
    FROM consumers ORDER BY name
"""
# The generation goes on, so that no stand-in of a revoked namesake comes to life.
PUT = """
    INSERT INTO consumers (name, hash, generation, appids, networks, per_minute, per_day, stand_in,
        created_at, allow_paths, deny_paths)
    VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, generation = consumers.generation + 1,
        appids = excluded.appids, networks = excluded.networks, per_minute = excluded.per_minute,
        per_day = excluded.per_day, stand_in = excluded.stand_in,
        allow_paths = excluded.allow_paths, deny_paths = excluded.deny_paths, created_at = excluded.created_at,
        revoked_at = NULL, last_used_at = NULL
    WHERE consumers.revoked_at IS NOT NULL RETURNING name
"""
ROTATE = """
    UPDATE consumers SET hash = $2, generation = generation + 1
    WHERE name = $1 AND revoked_at IS NULL RETURNING name
"""
REVOKE = """
    UPDATE consumers SET revoked_at = coalesce(revoked_at, $2),
        generation = generation + CASE WHEN revoked_at IS NULL THEN 1 ELSE 0 END
    WHERE name = $1 RETURNING name
"""
# The signal to other processes.
CHANGED = "consumers"

HAS = "SELECT name FROM consumers WHERE hash = $1 AND revoked_at IS NULL"


class SqlConsumers:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all_consumers(self) -> Sequence[Consumer]:
        """Without those that cannot be read: they open nothing."""
        return readable(await self._database.read(ALL), _consumer, table="consumers", key="name")

    async def has_consumer(self, digest: str) -> bool:
        return bool(await self._database.read(HAS, digest))

    async def add(self, consumer: Consumer) -> bool:
        limits = (consumer.per_minute, consumer.per_day, int(consumer.stand_in))
        reach = (
            " ".join(sorted(consumer.appids)),
            " ".join(map(str, consumer.networks)),
        )
        paths = stored(consumer, ("allow_paths", "deny_paths"))
        values = (
            consumer.name,
            consumer.hash,
            *reach,
            *limits,
            micros(consumer.created_at),
            *paths,
        )
        return await self._change(Statement(PUT, values))

    async def rotate(self, name: str, *, digest: str) -> bool:
        return await self._change(Statement(ROTATE, (name, digest)))

    async def revoke(self, name: str, *, now: datetime) -> bool:
        return await self._change(Statement(REVOKE, (name, micros(now))))

    def on_change(self, listener: Callable[[], object]) -> None:
        """Calls `listener` also after a gap in which signals may have been lost."""
        call_on(self._database, CHANGED, listener)

    async def _change(self, statement: Statement) -> bool:
        def script() -> Script[bool]:
            rows = yield statement
            yield from self._database.dialect.signal(CHANGED)
            return bool(rows)

        return await self._database.write(script)


def _consumer(row: Row) -> Consumer:
    """Raises an error of UNREADABLE, also for rules that are none: less would be denied without them."""
    found = record(
        Consumer,
        row,
        appids=frozenset(row["appids"].split()),
        networks=tuple(map(ip_network, row["networks"].split())),
        stand_in=bool(row["stand_in"]),
    )
    PathRules(found.allow_paths, found.deny_paths)
    return found
