"""Writes entries of the feed as server-sent events."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from wechat_scheduler.credentials.cells import Cell
from wechat_scheduler.credentials.manager import Manager
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.engine.clock import Clock, rfc3339
from wechat_scheduler.errors import ConflictError, NotFoundError
from wechat_scheduler.feed.model import OF_CREDENTIALS, FeedEntry, FeedKind
from wechat_scheduler.web.kit.kinds import KindTable

HEARTBEAT: Final = b": heartbeat\n\n"
# Scripts of pages do not see comments.
PAGE_HEARTBEAT: Final = b"event: heartbeat\ndata: {}\n\n"
# Milliseconds after which a consumer comes back; the others wait for it at a restart.
RETRY: Final = b"retry: 1000\n\n"

_encode = msgspec.json.Encoder().encode


class EventText:
    """An event for those who may read the value, and for the others; nothing if there is nothing to tell."""

    __slots__ = ("plain", "valued")

    def __init__(self, plain: bytes = b"", valued: bytes = b"") -> None:
        self.plain = plain
        self.valued = valued or plain


class EventTexts:
    """The value of a credential is the one that is current when the event is written."""

    def __init__(self, manager: Manager, kinds: KindTable, clock: Clock) -> None:
        self._manager = manager
        self._kinds = kinds
        self._clock = clock

    async def text(self, entry: FeedEntry) -> EventText:
        """Raises StorageError."""
        if entry.what not in OF_CREDENTIALS:
            return EventText(
                event(entry.what, entry.sequence, {"appid": entry.appid, **entry.data})
            )
        key = JobKey(entry.appid, entry.kind, entry.subject)
        names = {
            "appid": key.appid,
            "type": self._kinds.number_of(key.kind),
            "kind": key.kind,
            "subject": key.subject,
        }
        if entry.what is FeedKind.REMOVED:
            return EventText(event(entry.what, entry.sequence, names))
        cell = await self._cell(key, int(entry.data.get("version", 0)))
        if cell is None:  # it was removed since, and that is told
            return EventText()
        told = names | self._state(cell)
        if entry.what is FeedKind.FAILED:
            return EventText(event(entry.what, entry.sequence, told | _fault(cell)))
        credential = cell.valid(self._clock.boottime())
        if credential is None or entry.what is FeedKind.RECOVERED:
            return EventText(event(entry.what, entry.sequence, told))
        valued = told | {"value": credential.value}
        return EventText(
            event(entry.what, entry.sequence, told), event(entry.what, entry.sequence, valued)
        )

    async def _cell(self, key: JobKey, version: int) -> Cell | None:
        """The job, no older than that version: another process may have stored it just now."""
        try:
            cell = await self._manager.look(key)
            if cell.credential is None or cell.credential.version < version:
                await self._manager.reload(cell.key)
        except (NotFoundError, ConflictError):
            return None
        return None if cell.removed else cell

    def _state(self, cell: Cell) -> dict[str, Any]:
        credential = cell.credential
        left = (
            max(0.0, cell.expires_boot - self._clock.boottime())
            if credential and not cell.is_dead
            else 0.0
        )
        return {
            "version": credential.version if credential else 0,
            "expires_at": rfc3339(credential.expires_at) if credential else None,
            "expires_in": int(left),
        }


def event(what: str, sequence: int, data: Mapping[str, Any]) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (sequence, what.encode(), _encode(data))


def _fault(cell: Cell) -> dict[str, Any]:
    """Empty once the job has recovered."""
    fault = cell.snapshot.fault if cell.snapshot else None
    return {
        "errcode": fault.errcode if fault else None,
        "error": fault.message if fault else "",
        "advice": fault.advice if fault else "",
    }
