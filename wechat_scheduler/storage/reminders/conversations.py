"""`reminders.ports.Conversations` on a database."""

from datetime import datetime, timedelta

import msgspec

from wechat_scheduler.reminders.conversation import Conversation
from wechat_scheduler.storage.database import Database, Statement, rows_of
from wechat_scheduler.storage.rows import micros
from wechat_scheduler.storage.unreadable import readable_or

# Longer than anything in it is asked for.
KEPT = timedelta(days=2)

FIND = "SELECT said FROM conversations WHERE uid = $1"
PUT = """
    INSERT INTO conversations (uid, said, changed_at) VALUES ($1, $2, $3)
    ON CONFLICT (uid) DO UPDATE SET said = excluded.said, changed_at = excluded.changed_at
"""

_decode = msgspec.json.Decoder(Conversation).decode


class SqlConversations:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, uid: str) -> Conversation:
        """What another release wrote, and this one cannot read, is forgotten."""
        rows = await self._database.read(FIND, uid)
        return readable_or(_decode, rows[0]["said"], Conversation()) if rows else Conversation()

    async def write(self, uid: str, conversation: Conversation, *, now: datetime) -> None:
        said = msgspec.json.encode(conversation).decode()
        put = Statement(PUT, (uid, said, micros(now)))
        await self._database.write(lambda: rows_of(put))
