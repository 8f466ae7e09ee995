"""`audience.ports.Scenes` on a database."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.filters import ScenePlace
from wechat_scheduler.audience.model import Scene
from wechat_scheduler.storage.database import Database, Script, Statement, rows_of
from wechat_scheduler.storage.rows import Vault, micros, record, stored
from wechat_scheduler.storage.stored_responses import put_response
from wechat_scheduler.storage.unreadable import only, readable

# The app may still ask who scanned a code that has ended.
KEPT = timedelta(days=7)

ONE = "SELECT * FROM scenes WHERE id = $1"
LASTING = """
    SELECT * FROM scenes
    WHERE app_id = $1 AND purpose = $2 AND target = $3 AND expires_at IS NULL AND extra = ''
    ORDER BY created_at, id LIMIT 1
"""
OF_APP = """
    SELECT * FROM scenes WHERE app_id = $1 AND (created_at, id) < ($2, $3)
    ORDER BY created_at DESC, id DESC LIMIT $4
"""
COLUMNS = (
    "id", "app_id", "purpose", "target", "extra", "ticket", "url", "ticket_until", "expires_at",
    "created_at",
)  # fmt: skip
PUT = f"""
    INSERT INTO scenes ({", ".join(COLUMNS)}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""  # noqa: S608 - our own names
SCANNED = "UPDATE scenes SET last_uid = $2 WHERE id = $1"
KEEP_TICKET = "UPDATE scenes SET ticket = $2, url = $3, ticket_until = $4 WHERE id = $1"


class SqlScenes:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def add(self, scene: Scene, *, once: Once | None) -> None:
        await self._database.write(lambda: _add(self._vault, scene, once))

    async def get(self, scene_id: str) -> Scene | None:
        return await self._one(ONE, scene_id)

    async def lasting(self, app_id: int, purpose: str, target: str) -> Scene | None:
        return await self._one(LASTING, app_id, purpose, target)

    async def of_app(self, app_id: int, *, after: ScenePlace, limit: int) -> Sequence[Scene]:
        place = (micros(after.at), after.beginning)
        rows = await self._database.read(OF_APP, app_id, *place, limit)
        return readable(rows, lambda row: record(Scene, row), table="scenes")

    async def scanned(self, scene_id: str, uid: str) -> None:
        await self._change(SCANNED, scene_id, uid)

    async def keep_ticket(self, scene_id: str, ticket: str, *, url: str, until: datetime) -> None:
        await self._change(KEEP_TICKET, scene_id, ticket, url, micros(until))

    async def _one(self, sql: str, *params: object) -> Scene | None:
        rows = await self._database.read(sql, *params)
        return only(rows, lambda row: record(Scene, row), table="scenes")

    async def _change(self, sql: str, *params: object) -> None:
        await self._database.write(lambda: rows_of(Statement(sql, params)))


def _add(vault: Vault, scene: Scene, once: Once | None) -> Script[None]:
    yield from put_response(vault, once, scene.created_at)
    yield Statement(PUT, stored(scene, COLUMNS))
