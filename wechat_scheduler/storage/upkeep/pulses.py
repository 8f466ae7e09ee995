"""`daemon.pulse.PulseStore` on a database: proves that the store is writable, and remembers when."""

from datetime import datetime

from wechat_scheduler.engine.nodes import Node
from wechat_scheduler.storage.database import Database, Script, Statement, each, rows_of
from wechat_scheduler.storage.lost_commits import after_lost_commits
from wechat_scheduler.storage.nodes import left, seen, time_of
from wechat_scheduler.storage.rows import instant, micros
from wechat_scheduler.storage.unreadable import UNREADABLE, report
from wechat_scheduler.storage.upkeep.clock_set_back import bring_back

NEWEST = "SELECT value FROM meta WHERE name = 'pulse'"
PUT = """
    INSERT INTO meta (name, value) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""
DROP = "DELETE FROM meta WHERE name = $1"
# Three pages of SQLite's. A row that changes in its place needs no room on the disk, and would be
# written where no new row can be.
NEEDS_ROOM = "." * 12_000


class SqlPulse:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self) -> datetime | None:
        return _instant(rows[0]["value"]) if (rows := await self._database.read(NEWEST)) else None

    async def time(self) -> datetime | None:
        return await time_of(self._database)

    async def beat(self, node: Node) -> datetime | None:
        return await self._database.write(lambda: self._beat(node))

    async def leave(self, name: str) -> None:
        await self._database.write(lambda: rows_of(left(name)))

    async def bring_back(self, now: datetime) -> None:
        await bring_back(self._database, now)

    async def doubt(self, now: datetime) -> None:
        await self._database.write(lambda: each(after_lost_commits(micros(now))))

    def _beat(self, node: Node) -> Script[datetime | None]:
        before = yield Statement(NEWEST)
        if not self._database.dialect.others:
            yield Statement(PUT, ("room", NEEDS_ROOM))
            yield Statement(DROP, ("room",))
        yield Statement(PUT, ("pulse", str(micros(node.seen_at))))
        yield from each(seen(node))
        return _instant(before[0]["value"]) if before else None


def _instant(value: str) -> datetime | None:
    """None, as before the first beat, if it is damaged: this beat replaces it."""
    try:
        return instant(int(value))
    except UNREADABLE as error:
        report("meta", "pulse", error)
        return None
