"""The nodes on a database: their heartbeats, and the rows that each holds."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from wechat_scheduler.engine.nodes import KEPT, Node, NodeView
from wechat_scheduler.storage.database import Database, Statement
from wechat_scheduler.storage.rows import instant, micros, record, stored
from wechat_scheduler.storage.unreadable import readable

COLUMNS: Final = (
    "name",
    "host",
    "version",
    "started_at",
    "seen_at",
    "ahead",
    "answer",
    "schema_version",
)
SEEN: Final = """
    INSERT INTO nodes (name, host, version, started_at, seen_at, ahead, answer, schema_version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (name) DO UPDATE
    SET seen_at = excluded.seen_at, ahead = excluded.ahead, answer = excluded.answer
"""
FORGET: Final = "DELETE FROM nodes WHERE seen_at < $1"
LEAVE: Final = "DELETE FROM nodes WHERE name = $1"
ALL: Final = """
    SELECT name, host, version, started_at, seen_at, ahead, answer, schema_version FROM nodes
    ORDER BY seen_at DESC, name LIMIT 1000
"""
NAME_LENGTH: Final = 8
TABLES: Final = {
    "credential": "jobs", "reminder": "reminders", "delivery": "deliveries", "event": "events",
}  # fmt: skip
HOLDS: Final = " UNION ALL ".join(
    f"""
    SELECT '{queue}' AS queue, substr(claimed_by, 1, {NAME_LENGTH}) AS name, count(*) AS held
    FROM {table} WHERE claimed_by IS NOT NULL GROUP BY substr(claimed_by, 1, {NAME_LENGTH})
    """  # noqa: S608 - our own text
    for queue, table in TABLES.items()
)

# PostgreSQL only. LEAST passes over NULL: most users and databases have no limit of their own.
CONNECTIONS: Final = """
    SELECT LEAST(
        current_setting('max_connections')::int
            - current_setting('superuser_reserved_connections')::int
            - COALESCE(current_setting('reserved_connections', true)::int, 0),
        (SELECT NULLIF(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user),
        (SELECT NULLIF(datconnlimit, -1) FROM pg_database WHERE datname = current_database())
    ) AS connections
"""


def new_name() -> str:
    """A name for this process, unlike that of any other."""
    return secrets.token_hex(NAME_LENGTH // 2)


def seen(node: Node) -> Iterator[Statement]:
    """Store the node's heartbeat, and forget nodes that died long ago."""
    yield Statement(SEEN, stored(node, COLUMNS))
    yield Statement(FORGET, (micros(node.seen_at - KEPT),))


def left(name: str) -> Statement:
    """Delete the node's row."""
    return Statement(LEAVE, (name,))


async def all_nodes(database: Database) -> Sequence[NodeView]:
    """Every node, the last seen first. Raises StorageError."""
    held: dict[str, dict[str, int]] = {}
    for row in await database.read(HOLDS):
        held.setdefault(row["name"], dict.fromkeys(TABLES, 0))[row["queue"]] = row["held"]
    rows = await database.read(ALL)
    nodes = readable(rows, lambda row: record(Node, row), table="nodes", key="name")
    none = dict.fromkeys(TABLES, 0)
    return [NodeView(node=node, holds=held.get(node.name, none)) for node in nodes]


async def time_of(database: Database) -> datetime | None:
    """The database's clock; None where it is this machine's. Raises StorageError."""
    if not database.dialect.time:
        return None
    (row,) = await database.read(database.dialect.time)
    return instant(row["time"])


async def connections_of(database: Database) -> int | None:
    """The connections that the database gives to all daemons together; None where one process owns it.
    Raises StorageError."""
    if not database.dialect.others:
        return None
    (row,) = await database.read(CONNECTIONS)
    return int(row["connections"])
