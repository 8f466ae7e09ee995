"""Keeps the last refused push of each account for the operator. The sender learns nothing of it."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from wechat_scheduler.pushes.model import PushRefusal

log = structlog.get_logger(__name__)

# Strangers may send many pushes, and must not fill the log.
LOG_PAUSE = timedelta(minutes=1)


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

    def forget(self, appid: str) -> None:
        self._last.pop(appid, None)
        self._logged.pop(appid, None)
