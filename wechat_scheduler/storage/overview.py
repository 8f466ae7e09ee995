"""`statistics.overview.OverviewStore` on a database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from wechat_scheduler.statistics.overview import LOOKED_AT, MOST_ROWS, RowCount, WorkCounts
from wechat_scheduler.storage.conditions import SqlConditions
from wechat_scheduler.storage.corrected import NOT_CORRECTED
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.rows import micros

# A LIMIT, so that a million rows cost no more than so many.
COUNT: Final = f"""
    SELECT count(*) AS number FROM (SELECT 1 FROM {{table}} WHERE {{where}} LIMIT {MOST_ROWS + 1}) AS found
"""  # noqa: S608 - our own text
# Notifications of credentials belong to no app.
WAITING: Final = "state = 'pending' AND app_id >= 0"
DEAD: Final = f"state = 'dead' AND settled_at > {{}} AND {NOT_CORRECTED}"
DUE: Final = "state = 'active' AND due_at <= {}"


class SqlOverview:
    def __init__(self, database: Database) -> None:
        self._database = database
        self.kind = database.dialect.name

    async def work(self, *, apps: Sequence[int] | None, now: datetime) -> WorkCounts:
        return WorkCounts(
            waiting=await self._count("deliveries", WAITING, (), apps),
            dead=await self._count("deliveries", DEAD, (micros(now - LOOKED_AT),), apps),
            reminders=await self._count("reminders", DUE, (micros(now + LOOKED_AT),), apps),
        )

    async def size(self) -> int:
        (row,) = await self._database.read(self._database.dialect.size)
        return int(row["size"])

    async def _count(
        self, table: str, which: str, values: tuple[object, ...], apps: Sequence[int] | None
    ) -> RowCount:
        where = SqlConditions()
        where.add(which, *values)
        if apps is not None:
            where.add_any("app_id", apps)
        sql = COUNT.format(table=table, where=where)
        (row,) = await self._database.read(sql, *where.values)
        return RowCount(min(row["number"], MOST_ROWS), more=row["number"] > MOST_ROWS)
