"""What is refused, for the operator: strangers are told nothing."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from wechat_scheduler.pushes.model import PushRefusal

log = structlog.get_logger(__name__)

# A stranger may send as much as they like, and fills no log.
LOG_PAUSE = timedelta(minutes=1)


class Refusals:
    """Counted for accounts whose pushes are expected, so that it stays small."""

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
        """Something was accepted."""
        if (last := self._last.get(appid)) and not last.overcome:
            self._last[appid] = replace(last, overcome=True)

    def last(self, appid: str) -> PushRefusal | None:
        return self._last.get(appid)

    def forget(self, appid: str) -> None:
        self._last.pop(appid, None)
        self._logged.pop(appid, None)
