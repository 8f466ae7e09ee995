"""`engine.housekeeping.Forget` for each kind of stored rows that ends.

Nothing is deleted where requests are answered: two that delete the same rows would wait for one another.
"""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from wechat_scheduler.engine.housekeeping import Forget
from wechat_scheduler.storage.audience import joined
from wechat_scheduler.storage.database import (
    CHUNK,
    IDS,
    Database,
    Script,
    Statement,
    with_ids,
)
from wechat_scheduler.storage.rows import micros


class EndedRows(NamedTuple):
    """Rows of a table that end by themselves: `since` is when, and the partial index by it has `where`."""

    table: str
    key: str
    since: str
    where: str = ""

    def sql(self, skip_locked: str) -> str:
        """Deletes at most `$2` rows that ended before `$1`."""
        where = self.where and f"{self.where} AND "
        return f"""
            DELETE FROM {self.table} WHERE ({self.key}) IN (
                SELECT {self.key} FROM {self.table} WHERE {where}{self.since} < $1
                ORDER BY {self.since} LIMIT $2 {skip_locked}
            ) RETURNING 1 AS gone
        """  # noqa: S608 - our own names

    def forget(self, skip_locked: str, before: int, limit: int) -> Script[int]:
        return len((yield Statement(self.sql(skip_locked), (before, limit))))


AUDIT = EndedRows("audit", "id", "at")
RESPONSES = EndedRows("answers", "scope, key", "created_at")
RECEIPTS = EndedRows("receipts", "appid, msgid", "at")
HANDLED = EndedRows("heard", "event", "at")
REFUSED_PUSHES = EndedRows("refused_pushes", "appid, fate, hour", "at")
SESSIONS = EndedRows("sessions", "hash", "expires_at")
REFRESH_DIGESTS = EndedRows("refresh_digests", "digest", "seen_at")
GATEWAY_USES = EndedRows("gateway_uses", "at, caller, appid, path", "at")
ALERTS = EndedRows("alerts", "id", "cleared_at", "cleared_at IS NOT NULL")
STATISTICS_OF_HOURS = EndedRows(
    "statistics", "appid, span, at, what, errcode", "at", "span = 'hour'"
)
STATISTICS_OF_DAYS = EndedRows("statistics", "appid, span, at, what, errcode", "at", "span = 'day'")
EGRESS = EndedRows("egress", "host", "seen_at")
CONVERSATIONS = EndedRows("conversations", "uid", "changed_at")
SCENES = EndedRows("scenes", "id", "expires_at", "expires_at IS NOT NULL")
EVENTS = EndedRows("events", "id", "received_at", "state <> 'pending'")
# Notifications of jobs that are no longer registered.
NOTIFICATIONS = EndedRows(
    "deliveries",
    "id",
    "created_at",
    "message_id IS NULL AND state = 'cancelled' AND claimed_by IS NULL",
)

# Messages whose deliveries one query looks at.
PAGE: Final = 32
OLD = """
    SELECT m.id FROM messages m WHERE m.created_at < $1 AND NOT EXISTS (
        SELECT 1 FROM deliveries d
        WHERE d.message_id = m.id AND (d.state = 'pending' OR d.settled_at >= $1)
    ) ORDER BY m.created_at LIMIT $2
"""
# One that was replayed meanwhile is pending.
DELIVERIES = """
    SELECT id FROM deliveries WHERE message_id = $1 AND state <> 'pending' LIMIT $2
"""
FORGET_ATTEMPTS = f"DELETE FROM attempts WHERE delivery_id IN ({IDS}) RETURNING 1 AS gone"  # noqa: S608 - our own text
FORGET_DELIVERIES = f"DELETE FROM deliveries WHERE id IN ({IDS})"  # noqa: S608 - our own text
FORGET_MESSAGE = """
    DELETE FROM messages
    WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message_id = $1)
    RETURNING id
"""
FORGET_SECRET = "DELETE FROM message_secrets WHERE message_id = $1"  # noqa: S105 - SQL

ENDED_REMINDERS = """
    SELECT id, app_id FROM reminders WHERE ended_at < $1 ORDER BY ended_at LIMIT $2
"""
# It may have been changed meanwhile, and is active again.
FORGET_REMINDER = "DELETE FROM reminders WHERE id = $1 AND ended_at < $2 RETURNING id"
FORGET_CODES = "DELETE FROM scenes WHERE app_id = $1 AND purpose = 'reminder' AND target = $2"


def forgetting(database: Database, script: Callable[[int, int], Script[int]]) -> Forget:
    """Each call is one transaction."""

    async def forget(before: datetime, limit: int) -> int:
        return await database.write(lambda: script(micros(before), limit))

    return forget


def ended(database: Database, rows: EndedRows) -> Forget:
    return forgetting(database, partial(rows.forget, database.dialect.skip_locked))


class OldMessages:
    """Messages without a delivery that is pending or was settled lately, with their deliveries and
    attempts. Each message's deliveries are looked at once, outside of the transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._found: deque[int] = deque()

    async def forget(self, before: datetime, limit: int) -> int:
        """Deletes about `limit` rows. Raises StorageError."""
        gone = 0
        while gone < limit and await self._find(before):
            ids = list(self._found)
            some, done = await self._database.write(lambda: _forget_some(ids, limit - gone))  # noqa: B023 - run at once
            gone += some
            for _ in range(done):
                self._found.popleft()
            if not some and done:  # none of these can be deleted: they are damaged
                break
        return gone

    async def _find(self, before: datetime) -> bool:
        if not self._found:
            rows = await self._database.read(OLD, micros(before), PAGE)
            self._found.extend(row["id"] for row in rows)
        return bool(self._found)


def _forget_some(ids: Sequence[int], limit: int) -> Script[tuple[int, int]]:
    """Returns the number of rows that were deleted, and of the messages that are dealt with."""
    gone = 0
    for done, message_id in enumerate(ids):
        gone += yield from _forget_deliveries(message_id, limit - gone)
        if gone >= limit:
            return gone, done
        if (yield Statement(FORGET_MESSAGE, (message_id,))):
            yield Statement(FORGET_SECRET, (message_id,))
            gone += 1
    return gone, len(ids)


def _forget_deliveries(message_id: int, limit: int) -> Script[int]:
    gone = 0
    while gone < limit:
        rows = yield Statement(DELIVERIES, (message_id, min(CHUNK, limit - gone)))
        ids = [row["id"] for row in rows]
        for statement in with_ids(FORGET_ATTEMPTS, ids):
            gone += len((yield statement))
        for statement in with_ids(FORGET_DELIVERIES, ids):
            yield statement
        gone += len(ids)
        if len(ids) < CHUNK:
            break
    return gone


def ended_reminders(before: int, limit: int) -> Script[int]:
    """Reminders that are done, missed or cancelled, with their QR codes. Those who joined are forgotten
    as those of deleted reminders are."""
    rows = yield Statement(ENDED_REMINDERS, (before, limit))
    for row in rows:
        yield Statement(joined.ONE_REMOVED, (row["id"], before))
        yield Statement(FORGET_CODES, (row["app_id"], row["id"]))
        yield Statement(FORGET_REMINDER, (row["id"], before))
    return len(rows)
