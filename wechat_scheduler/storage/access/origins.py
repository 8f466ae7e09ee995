"""`access.origins.OriginStore` on a database."""

from collections.abc import Callable, Sequence

import msgspec

from wechat_scheduler.access.origins import AllowedOrigins
from wechat_scheduler.storage.database import Database, Row, Script, Statement, call_on
from wechat_scheduler.storage.unreadable import readable

ALL = "SELECT appid, origins FROM page_origins"
OF_ONE = "SELECT appid, origins FROM page_origins WHERE appid = $1"
PUT = """
    INSERT INTO page_origins (appid, origins) VALUES ($1, $2)
    ON CONFLICT (appid) DO UPDATE SET origins = excluded.origins
    WHERE page_origins.origins <> excluded.origins RETURNING appid
"""
REMOVE = "DELETE FROM page_origins WHERE appid = $1 RETURNING appid"
# The signal to other processes.
CHANGED = "origins"

_json = msgspec.json.Encoder()
_origins_json = msgspec.json.Decoder(tuple[str, ...])


class SqlPageOrigins:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all_origins(self) -> AllowedOrigins:
        """A row that cannot be read allows nothing."""
        return _allowed(await self._database.read(ALL))

    async def allows(self, appid: str, origin: str) -> bool:
        found = _allowed(await self._database.read(OF_ONE, appid))
        return origin in found.get(appid, ())

    async def put(self, appid: str, origins: Sequence[str]) -> None:
        await self._database.write(lambda: self._put(appid, origins))

    def on_change(self, listener: Callable[[], object]) -> None:
        """Calls `listener` also after a gap in which signals may have been lost."""
        call_on(self._database, CHANGED, listener)

    def _put(self, appid: str, origins: Sequence[str]) -> Script[bool]:
        """Whether that changes anything."""
        if origins:
            changed = yield Statement(PUT, (appid, _json.encode(list(origins)).decode()))
        else:
            changed = yield Statement(REMOVE, (appid,))
        yield from self._database.dialect.signal(CHANGED)
        return bool(changed)


def _allowed(rows: Sequence[Row]) -> AllowedOrigins:
    def read(row: Row) -> tuple[str, Sequence[str]]:
        return row["appid"], _origins_json.decode(row["origins"])

    return dict(readable(rows, read, table="page_origins", key="appid"))
