"""Keeps the last refused push of each account for the operator. The sender learns nothing of it."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import StorageError
from wechat_scheduler.pushes.history import Fate
from wechat_scheduler.pushes.model import PushRefusal
from wechat_scheduler.pushes.ports import PushHistory

log = structlog.get_logger(__name__)

# Strangers may send many pushes, and must fill neither the log nor the store.
LOG_PAUSE = timedelta(minutes=1)
STORE_PAUSE = timedelta(minutes=1)


class Refusals:
    """Counts refused pushes of the accounts that have a push URL, so that it stays small."""

    def __init__(self) -> None:
        self._last: dict[str, PushRefusal] = {}
        self._logged: dict[str, PushRefusal] = {}

    def note(self, appid: str, reason: str, now: datetime) -> None:
        before = self._last.get(appid)
        count = before.count + 1 if before else 1
        self._last[appid] = refusal = PushRefusal(count=count, at=now, reason=reason)
        logged = self._logged.get(appid)
        if logged is None or logged.reason != reason or now - logged.at >= LOG_PAUSE:
            self._logged[appid] = refusal
            log.warning("push.refused", appid=appid, reason=reason, count=count)

    def overcome(self, appid: str) -> None:
        """A push was accepted."""
        if (last := self._last.get(appid)) and not last.overcome:
            self._last[appid] = replace(last, overcome=True)

    def last(self, appid: str) -> PushRefusal | None:
        return self._last.get(appid)

    def lasting(self) -> dict[str, PushRefusal]:
        """The last refusals of accounts for which no push was accepted since."""
        return {appid: last for appid, last in self._last.items() if not last.overcome}

    def forget(self, appid: str) -> None:
        self._last.pop(appid, None)
        self._logged.pop(appid, None)


@dataclass(slots=True, kw_only=True)
class _Unstored:
    """Those since the last that were stored."""

    stored_at: datetime
    count: int


class NotedPushes:
    """Stores how many pushes were refused or passed over: at once, then once in STORE_PAUSE for each
    account. The last ones before a stop may be missing."""

    def __init__(self, history: PushHistory) -> None:
        self._history = history
        self._unstored: dict[tuple[str, Fate], _Unstored] = {}

    async def note(self, appid: str, fate: Fate, reason: str, now: datetime) -> None:
        """A store that does not respond changes nothing for the push."""
        unstored = self._unstored.get((appid, fate))
        if unstored is None:
            unstored = _Unstored(stored_at=now - STORE_PAUSE, count=0)
            self._unstored[appid, fate] = unstored
        unstored.count += 1
        if now - unstored.stored_at < STORE_PAUSE:
            return
        count, unstored.count, unstored.stored_at = unstored.count, 0, now
        with suppress(StorageError):
            await self._history.note(appid, fate, reason, count=count, now=now)
