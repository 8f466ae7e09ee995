"""The rows that were set aside, for operators: what could not be read, or crashed again and again."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from wechat_scheduler.storage.database import Database

EACH = """
    SELECT 'delivery' AS queue, CAST(id AS TEXT) AS name, set_aside FROM deliveries
    WHERE set_aside <> ''
    UNION ALL
    SELECT 'reminder' AS queue, id AS name, set_aside FROM reminders WHERE set_aside <> ''
    UNION ALL
    SELECT 'event' AS queue, id AS name, set_aside FROM events WHERE set_aside <> ''
"""
ROWS = f"{EACH} LIMIT $1"
COUNTS = f"SELECT queue, count(*) AS size FROM ({EACH}) each GROUP BY queue"  # noqa: S608 - our own text
QUEUES = ("delivery", "reminder", "event")


class AsideRow(NamedTuple):
    """A row of a queue, by its id, and why it was set aside."""

    queue: str
    name: str
    reason: str


async def rows_set_aside(database: Database, *, limit: int) -> Sequence[AsideRow]:
    """At most `limit` of them. Raises StorageError."""
    return [AsideRow(*row) for row in await database.read(ROWS, limit)]


async def count_set_aside(database: Database) -> Mapping[str, int]:
    """Their number in each queue. Raises StorageError."""
    counts = {row["queue"]: row["size"] for row in await database.read(COUNTS)}
    return {queue: counts.get(queue, 0) for queue in QUEUES}
