"""`audience.ports.HandledEvents` on a database."""

from datetime import datetime, timedelta

from wechat_scheduler.audience.user_acts import HandledAct
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
# What was counted of uses has its row already.
PUT_ACT = """
    INSERT INTO heard (event, at, appid, openid, kind, name, effect)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (event) DO UPDATE
    SET appid = excluded.appid, openid = excluded.openid, kind = excluded.kind,
        name = excluded.name, effect = excluded.effect
    WHERE heard.appid IS NULL RETURNING event
"""


class SqlHandledEvents:
    def __init__(self, database: Database, *, feed: SqlFeed) -> None:
        self._database = database
        self._feed = feed

    async def is_new(self, event: str) -> bool:
        return not await self._database.read(FIND, event)

    async def add(self, event: str, *, now: datetime, act: HandledAct | None = None) -> None:
        await self._database.write(lambda: self._add(event, now, act))

    def _add(self, event: str, now: datetime, act: HandledAct | None) -> Script[None]:
        if act is None:
            yield Statement(PUT, (event, micros(now)))
            return
        values = (str(one) for one in act[:5])
        is_new = yield Statement(PUT_ACT, (event, micros(now), *values))
        if is_new and act.is_told:
            data = {"openid": act.openid, "act": act.kind}
            entry = FeedEntry(at=now, what=FeedKind.ACTED, appid=act.appid, data=data)
            yield from self._feed.often([entry])
