"""Keeps the last refused push of each account for the operator. The sender learns nothing of it."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import StorageError
from wechat_scheduler.pushes.history import Fate
from wechat_scheduler.pushes.model import Push, PushRefusal
from wechat_scheduler.pushes.ports import PushHistory

log = structlog.get_logger(__name__)

# Strangers may send many pushes, and must fill neither the log nor the store.
LOG_PAUSE = timedelta(minutes=1)
STORE_PAUSE = timedelta(minutes=1)

# One request of a stranger is no alert. Where the Token is wrong, WeChat's pushes of later acts are refused too.
APART = timedelta(minutes=5)
WITHIN = timedelta(days=1)

_ELEMENTS = (b"<ToUserName>", b"<Encrypt>", b'"ToUserName"', b'"Encrypt"')


class Refusals:
    """Counts refused pushes of the accounts that have a push URL, so that it stays small."""

    def __init__(self) -> None:
        self._last: dict[str, PushRefusal] = {}
        self._logged: dict[str, PushRefusal] = {}
        self._likely: dict[str, PushRefusal] = {}
        self._signed: dict[str, PushRefusal] = {}

    def note(
        self, appid: str, reason: str, now: datetime, *, likely: bool, signed: bool = False
    ) -> None:
        """`likely` means that it has the form of WeChat's pushes, and `signed` that its sender knows the Token."""
        for series, counts in ((self._likely, likely), (self._signed, likely and signed)):
            if counts:
                series[appid] = _continued(series.get(appid), reason, now)
        before = self._last.get(appid)
        count = before.count + 1 if before else 1
        self._last[appid] = refusal = PushRefusal(count=count, at=now, reason=reason)
        logged = self._logged.get(appid)
        if logged is None or logged.reason != reason or now - logged.at >= LOG_PAUSE:
            self._logged[appid] = refusal
            log.warning("push.refused", appid=appid, reason=reason, count=count)

    def overcome(self, appid: str) -> None:
        """A push was accepted, or WeChat verified the URL."""
        self._end(appid)
        if (last := self._last.get(appid)) and not last.overcome:
            self._last[appid] = replace(last, overcome=True)

    def last(self, appid: str) -> PushRefusal | None:
        return self._last.get(appid)

    def lasting(self) -> dict[str, PushRefusal]:
        """The last refusals of accounts where pushes of WeChat's form were refused at least APART, and nothing passed in
        between or since. Where that holds of signed ones, they are told."""
        signed = {name: replace(last, signed=True) for name, last in self._signed.items()}
        both = [*self._likely.items(), *signed.items()]
        return {name: last for name, last in both if last.since and last.at - last.since >= APART}

    def forget(self, appid: str) -> None:
        self._end(appid)
        self._last.pop(appid, None)
        self._logged.pop(appid, None)

    def _end(self, appid: str) -> None:
        self._likely.pop(appid, None)
        self._signed.pop(appid, None)


def _continued(before: PushRefusal | None, reason: str, now: datetime) -> PushRefusal:
    if before is None or now - before.at > WITHIN:
        return PushRefusal(count=1, at=now, reason=reason, since=now)
    return replace(before, count=before.count + 1, at=now, reason=reason)


def is_likely(push: Push) -> bool:
    """Whether it has the form of a push by WeChat. Its signature is not checked. A verification, which has no body, is not likely."""
    is_signed = bool(push.timestamp and push.nonce and (push.signature or push.msg_signature))
    return is_signed and any(element in push.body for element in _ELEMENTS)


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
