"""`access.sessions.SessionStore` on a database."""

from collections.abc import Callable, Sequence

from wechat_scheduler.access.sessions import Session
from wechat_scheduler.storage.database import Database, Script, Statement, call_on
from wechat_scheduler.storage.rows import record, stored
from wechat_scheduler.storage.unreadable import readable

COLUMNS = (
    "hash", "id", "key_id", "key_hash", "address", "user_agent", "created_at", "expires_at",
)  # fmt: skip
ALL = """
    SELECT hash, id, key_id, key_hash, address, user_agent, created_at, expires_at
    FROM sessions ORDER BY created_at, hash
"""
HAS = "SELECT id FROM sessions WHERE hash = $1"
PUT = """
    INSERT INTO sessions (hash, id, key_id, key_hash, address, user_agent, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
REMOVE_OLDEST = """
    DELETE FROM sessions WHERE key_hash = $1 AND hash NOT IN (
        SELECT hash FROM sessions WHERE key_hash = $1 ORDER BY created_at DESC, hash LIMIT $2
    )
"""
REMOVE = "DELETE FROM sessions WHERE id = $1 RETURNING hash"
# The signal to other processes.
CHANGED = "sessions"


class SqlSessions:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all_sessions(self) -> Sequence[Session]:
        """A row that cannot be read is no session."""
        rows = await self._database.read(ALL)
        return readable(rows, lambda row: record(Session, row), table="sessions")

    async def has_session(self, digest: str) -> bool:
        return bool(await self._database.read(HAS, digest))

    async def add(self, session: Session, *, most: int) -> None:
        await self._database.write(lambda: self._add(session, most))

    async def remove(self, session_id: str) -> bool:
        return await self._database.write(lambda: self._remove(session_id))

    def on_change(self, listener: Callable[[], object]) -> None:
        """Calls `listener` also after a gap in which signals may have been lost."""
        call_on(self._database, CHANGED, listener)

    def _add(self, session: Session, most: int) -> Script[None]:
        yield Statement(PUT, stored(session, COLUMNS))
        yield Statement(REMOVE_OLDEST, (session.key_hash, most))
        yield from self._database.dialect.signal(CHANGED)

    def _remove(self, session_id: str) -> Script[bool]:
        removed = yield Statement(REMOVE, (session_id,))
        yield from self._database.dialect.signal(CHANGED)
        return bool(removed)
