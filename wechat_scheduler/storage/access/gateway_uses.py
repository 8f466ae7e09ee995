"""`gateway.usage.UsageStore` on a database."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from wechat_scheduler.gateway.uses import GatewayUse, UseFilter
from wechat_scheduler.storage.database import Database, Statement, each
from wechat_scheduler.storage.rows import micros, record, stored
from wechat_scheduler.storage.unreadable import readable

USE = ("at", "caller", "appid", "path", "calls", "errors", "refused")
# A number that is none counts for nothing: added up, it would exceed its column, and no calls would be stored.
_CALLS, _ERRORS, _REFUSED = (
    f"CASE WHEN gateway_uses.{name} BETWEEN 0 AND 1000000000 THEN gateway_uses.{name} ELSE 0 END"
    for name in ("calls", "errors", "refused")
)
ADD = f"""
    INSERT INTO gateway_uses (at, caller, appid, path, calls, errors, refused)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (at, caller, appid, path) DO UPDATE
    SET calls = {_CALLS} + excluded.calls, errors = {_ERRORS} + excluded.errors, refused = {_REFUSED} + excluded.refused
"""  # noqa: S608 - our own text
FIND = """
    SELECT at, caller, appid, path, calls, errors, refused FROM gateway_uses
    WHERE at = $1 AND (CAST($2 AS TEXT) = '' OR caller = $2)
        AND (CAST($3 AS TEXT) = '' OR appid = $3) AND (CAST($4 AS TEXT) = '' OR path = $4)
    ORDER BY calls DESC, refused DESC, caller, appid, path LIMIT $5
"""
CALLS = f"""
    SELECT caller, CAST(SUM({_CALLS}) AS BIGINT) AS calls
    FROM gateway_uses WHERE at = $1 GROUP BY caller
"""  # noqa: S608 - our own text


class SqlUsage:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, uses: Sequence[GatewayUse]) -> None:
        # Sorted, so that two processes do not deadlock.
        rows = sorted((stored(use, USE) for use in uses), key=str)
        await self._database.write(lambda: each([Statement(ADD, row) for row in rows]))

    async def find(self, wanted: UseFilter) -> Sequence[GatewayUse]:
        at, *others = wanted
        rows = await self._database.read(FIND, micros(at), *others)
        return readable(rows, lambda row: record(GatewayUse, row), table="gateway_uses", key="path")

    async def calls(self, at: datetime) -> Mapping[str, int]:
        return {row["caller"]: row["calls"] for row in await self._database.read(CALLS, micros(at))}
