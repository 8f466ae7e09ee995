"""`statistics.model.StatisticsStore` and `EgressStore` on a database."""

from collections.abc import Sequence
from typing import Final

from wechat_scheduler.statistics.model import EgressAddress, StatisticsCount, StatisticsFilter
from wechat_scheduler.storage.checks import MOST_COUNTED
from wechat_scheduler.storage.database import (
    CHUNK,
    IDS,
    Database,
    Row,
    Statement,
    each,
    insert_many,
    with_ids,
)
from wechat_scheduler.storage.rows import micros, record, stored
from wechat_scheduler.storage.unreadable import readable

COLUMNS: Final = ("appid", "span", "at", "what", "errcode", "number")
HEAD: Final = f"INSERT INTO statistics ({', '.join(COLUMNS)})"
# A number that is none counts for nothing: added up, it would exceed its column.
ADDED: Final = f"""
    ON CONFLICT (appid, span, at, what, errcode) DO UPDATE SET number = excluded.number
        + CASE WHEN statistics.number BETWEEN 0 AND {MOST_COUNTED} THEN statistics.number ELSE 0 END
"""
FIND: Final = f"""
    SELECT appid, span, at, what, errcode, number FROM statistics
    WHERE appid IN ({IDS}) AND span = ${CHUNK + 1} AND at >= ${CHUNK + 2}
"""  # noqa: S608 - our own text

PUT_EGRESS: Final = """
    INSERT INTO egress (host, address, seen_at) VALUES ($1, $2, $3)
    ON CONFLICT (host) DO UPDATE SET address = excluded.address, seen_at = excluded.seen_at
"""
# More machines than share a database.
EGRESS: Final = "SELECT host, address, seen_at FROM egress ORDER BY seen_at DESC, host LIMIT 1000"


class SqlStatistics:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, counts: Sequence[StatisticsCount]) -> None:
        if not counts:
            return
        # Sorted, so that two processes do not deadlock.
        rows = sorted((stored(count, COLUMNS) for count in counts), key=str)
        await self._database.write(lambda: each([insert_many(HEAD, rows, ADDED)]))

    async def find(self, wanted: StatisticsFilter) -> Sequence[StatisticsCount]:
        found: list[Row] = []
        span, since = wanted.span.value, micros(wanted.since)
        for sql, values in with_ids(FIND, sorted(set(wanted.appids)), span, since):
            found += await self._database.read(sql, *values)
        return readable(found, _count, table="statistics", key="what")


class SqlEgress:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, seen: EgressAddress) -> None:
        values = stored(seen, ("host", "address", "seen_at"))
        await self._database.write(lambda: each([Statement(PUT_EGRESS, values)]))

    async def find(self) -> Sequence[EgressAddress]:
        rows = await self._database.read(EGRESS)
        return readable(rows, _egress, table="egress", key="host")


def _count(row: Row) -> StatisticsCount:
    """Raises ValueError for a number that is no count."""
    count = record(StatisticsCount, row)
    if count.number < 0:
        raise ValueError(f"number is {count.number}, which is not a count")
    return count


def _egress(row: Row) -> EgressAddress:
    return record(EgressAddress, row)
