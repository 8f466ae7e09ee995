"""`audience.ports.HandledEvents` on a database."""

from datetime import datetime, timedelta

from wechat_scheduler.audience.ports import ToldAct
from wechat_scheduler.feed.model import FeedEntry, FeedKind
from wechat_scheduler.storage.database import Database, Script, Statement
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.rows import micros

# WeChat repeats an event for a few minutes only.
KEPT = timedelta(days=1)

FIND = "SELECT 1 FROM heard WHERE event = $1"
PUT = """
    INSERT INTO heard (event, at) VALUES ($1, $2) ON CONFLICT (event) DO NOTHING RETURNING event
"""


class SqlHandledEvents:
    def __init__(self, database: Database, *, feed: SqlFeed) -> None:
        self._database = database
        self._feed = feed

    async def is_new(self, event: str) -> bool:
        return not await self._database.read(FIND, event)

    async def add(self, event: str, *, now: datetime, told: ToldAct | None = None) -> None:
        await self._database.write(lambda: self._add(event, now, told))

    def _add(self, event: str, now: datetime, told: ToldAct | None) -> Script[None]:
        is_new = yield Statement(PUT, (event, micros(now)))
        if is_new and told is not None:
            data = {"openid": told.openid, "act": told.kind}
            entry = FeedEntry(at=now, what=FeedKind.ACTED, appid=told.appid, data=data)
            yield from self._feed.often([entry])
