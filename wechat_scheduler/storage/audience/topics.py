"""`audience.ports.Topics` on a database."""

from collections.abc import Sequence
from datetime import datetime

from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.model import Topic
from wechat_scheduler.storage.audience.removals import topic_removed
from wechat_scheduler.storage.database import Database, Script, Statement
from wechat_scheduler.storage.rows import Vault, record, stored
from wechat_scheduler.storage.stored_responses import put_response
from wechat_scheduler.storage.unreadable import only, readable

COLUMNS = ("id", "app_id", "name", "description", "created_at")
ONE = "SELECT * FROM topics WHERE id = $1"
OF_APP = "SELECT * FROM topics WHERE app_id = $1 ORDER BY created_at, id"
NAMED = "SELECT * FROM topics WHERE app_id = $1 AND name = $2 ORDER BY created_at, id LIMIT 10"
PUT = f"INSERT INTO topics ({', '.join(COLUMNS)}) VALUES ($1, $2, $3, $4, $5)"  # noqa: S608 - our own names
REMOVE = "DELETE FROM topics WHERE app_id = $1 AND id = $2 RETURNING id"


class SqlTopics:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def add(self, topic: Topic, *, once: Once | None) -> None:
        await self._database.write(lambda: _add(self._vault, topic, once))

    async def get(self, topic_id: int) -> Topic | None:
        rows = await self._database.read(ONE, topic_id)
        return only(rows, lambda row: record(Topic, row), table="topics")

    async def of_app(self, app_id: int, name: str = "") -> Sequence[Topic]:
        if name:
            rows = await self._database.read(NAMED, app_id, name)
        else:
            rows = await self._database.read(OF_APP, app_id)
        return readable(rows, lambda row: record(Topic, row), table="topics")

    async def remove(self, app_id: int, topic_id: int, *, now: datetime) -> bool:
        return await self._database.write(lambda: _remove(app_id, topic_id, now))


def _add(vault: Vault, topic: Topic, once: Once | None) -> Script[None]:
    yield from put_response(vault, once, topic.created_at)
    yield Statement(PUT, stored(topic, COLUMNS))


def _remove(app_id: int, topic_id: int, now: datetime) -> Script[bool]:
    if not (yield Statement(REMOVE, (app_id, topic_id))):
        return False
    yield from topic_removed(app_id, topic_id, now)
    return True
