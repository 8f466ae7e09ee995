"""`audience.ports.HandledEvents` on a database."""

from datetime import datetime, timedelta

from wechat_scheduler.storage.database import Database, Statement, rows_of
from wechat_scheduler.storage.rows import micros

# WeChat repeats an event for a few minutes only.
KEPT = timedelta(days=1)

FIND = "SELECT 1 FROM heard WHERE event = $1"
PUT = """
    INSERT INTO heard (event, at) VALUES ($1, $2) ON CONFLICT (event) DO NOTHING RETURNING event
"""


class SqlHandledEvents:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def is_new(self, event: str) -> bool:
        return not await self._database.read(FIND, event)

    async def add(self, event: str, *, now: datetime) -> None:
        put = Statement(PUT, (event, micros(now)))
        await self._database.write(lambda: rows_of(put))
