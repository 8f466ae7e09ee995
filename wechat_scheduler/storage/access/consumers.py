"""`gateway.model.ConsumerStore` on a database."""

from collections.abc import Callable, Sequence
from datetime import datetime
from ipaddress import ip_network
from typing import Literal

from wechat_scheduler.access.once import Once
from wechat_scheduler.errors import ConflictError
from wechat_scheduler.gateway.model import Consumer
from wechat_scheduler.gateway.paths import PathRules
from wechat_scheduler.reasons import Reason
from wechat_scheduler.storage.access.shown_instants import shown_only
from wechat_scheduler.storage.database import Database, Row, Script, Statement, call_on
from wechat_scheduler.storage.rows import Vault, micros, record, stored
from wechat_scheduler.storage.stored_responses import put_response
from wechat_scheduler.storage.unreadable import only, readable

COLUMNS = """
    name, hash, generation, appids, networks, per_minute, per_day, stand_in, allow_paths, deny_paths,
    created_at, revoked_at, last_used_at
"""
ALL = f"SELECT {COLUMNS} FROM consumers ORDER BY name"  # noqa: S608 - our own names
ONE = f"SELECT {COLUMNS} FROM consumers WHERE name = $1"  # noqa: S608 - our own names
# The generation continues, so that a stand-in of a revoked namesake does not become valid.
PUT = """
    INSERT INTO consumers (name, appids, networks, per_minute, per_day, stand_in, allow_paths, deny_paths,
        hash, generation, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10)
    ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, generation = consumers.generation + 1,
        appids = excluded.appids, networks = excluded.networks, per_minute = excluded.per_minute,
        per_day = excluded.per_day, stand_in = excluded.stand_in,
        allow_paths = excluded.allow_paths, deny_paths = excluded.deny_paths, created_at = excluded.created_at,
        revoked_at = NULL, last_used_at = NULL
    WHERE consumers.revoked_at IS NOT NULL RETURNING name
"""
# Changes nothing, but locks the row: changes of one consumer are made one after the other.
LOCK = f"""
    UPDATE consumers SET name = name WHERE name = $1 AND revoked_at IS NULL RETURNING {COLUMNS}
"""  # noqa: S608 - our own names
CHANGE = """
    UPDATE consumers SET appids = $2, networks = $3, per_minute = $4, per_day = $5, stand_in = $6,
        allow_paths = $7, deny_paths = $8
    WHERE name = $1
"""
ROTATE = """
    UPDATE consumers SET hash = $2, generation = generation + 1
    WHERE name = $1 AND revoked_at IS NULL RETURNING name
"""
REVOKE = """
    UPDATE consumers SET revoked_at = $2, generation = generation + 1
    WHERE name = $1 AND revoked_at IS NULL RETURNING name
"""
# The signal to other processes.
CHANGED = "consumers"

HAS = "SELECT name FROM consumers WHERE hash = $1 AND revoked_at IS NULL"


class SqlConsumers:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def all_consumers(self) -> Sequence[Consumer]:
        """All readable rows. Unreadable ones are skipped, so they grant no access."""
        return readable(await self._database.read(ALL), _consumer, table="consumers", key="name")

    async def consumer(self, name: str) -> Consumer | None:
        """Raises DamagedRowError."""
        rows = await self._database.read(ONE, name)
        return only(rows, _consumer, table="consumers", key="name")

    async def has_consumer(self, digest: str) -> bool:
        return bool(await self._database.read(HAS, digest))

    async def add(self, consumer: Consumer, *, once: Once | None = None) -> None:
        await self._database.write(lambda: self._added(consumer, once))

    async def change(self, name: str, edit: Callable[[Consumer], Consumer]) -> Consumer | None:
        return await self._database.write(lambda: self._edited(name, edit)) or None

    async def rotate(
        self, name: str, *, digest: str, now: datetime, once: Once | None = None
    ) -> bool:
        return await self._change(Statement(ROTATE, (name, digest)), once, now)

    async def revoke(self, name: str, *, now: datetime) -> bool:
        return await self._change(Statement(REVOKE, (name, micros(now))), None, now)

    def on_change(self, listener: Callable[[], object]) -> None:
        """Calls `listener` also after a gap in which signals may have been lost."""
        call_on(self._database, CHANGED, listener)

    def _added(self, consumer: Consumer, once: Once | None) -> Script[None]:
        """A repeat is known before its namesake is: the one that it made."""
        yield from put_response(self._vault, once, consumer.created_at)
        values = (*_settings(consumer), consumer.hash, micros(consumer.created_at))
        if not (yield Statement(PUT, values)):
            raise ConflictError(
                f"there is a consumer {consumer.name}: rotate its secret, or revoke it first",
                reason=Reason.CONSUMER_EXISTS,
            )
        yield from self._database.dialect.signal(CHANGED)

    def _edited(
        self, name: str, edit: Callable[[Consumer], Consumer]
    ) -> Script[Consumer | Literal[False]]:
        """False, of which the audit says nothing, without an active one. Raises DamagedRowError."""
        found = only((yield Statement(LOCK, (name,))), _consumer, table="consumers", key="name")
        if found is None:
            return False
        changed = edit(found)
        yield Statement(CHANGE, _settings(changed))
        yield from self._database.dialect.signal(CHANGED)
        return changed

    async def _change(self, statement: Statement, once: Once | None, now: datetime) -> bool:
        def script() -> Script[bool]:
            rows = yield statement
            if rows:  # a repeat takes it back
                yield from put_response(self._vault, once, now)
            yield from self._database.dialect.signal(CHANGED)
            return bool(rows)

        return await self._database.write(script)


def _settings(consumer: Consumer) -> tuple[object, ...]:
    """The name, and what can be changed, in the order of the statements."""
    return (
        consumer.name,
        " ".join(sorted(consumer.appids)),
        " ".join(map(str, consumer.networks)),
        consumer.per_minute,
        consumer.per_day,
        int(consumer.stand_in),
        *stored(consumer, ("allow_paths", "deny_paths")),
    )


def _consumer(row: Row) -> Consumer:
    """Raises an error of UNREADABLE, also for rules that are none: less would be denied without them."""
    found = record(
        Consumer,
        row,
        appids=frozenset(row["appids"].split()),
        networks=tuple(map(ip_network, row["networks"].split())),
        stand_in=bool(row["stand_in"]),
        **shown_only(row),
    )
    PathRules(found.allow_paths, found.deny_paths)
    return found
