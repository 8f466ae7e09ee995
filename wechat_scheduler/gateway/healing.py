"""The values with which calls pass, and their successors when WeChat refuses one."""

from datetime import timedelta
from typing import Final

from wechat_scheduler.credentials.manager import Manager
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.reports import ReportOutcome
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import RequestError, StorageError

# A caller waits this long for the successor of a refused token; SDKs give a call up after five to ten
# seconds.
PATIENCE: Final = timedelta(seconds=3)

# WeChat refuses the token, so it has done nothing: the call may be repeated.
REFUSALS: Final = frozenset((40001, 40014, 42001))


class Healing:
    """Reports a refused value by compare-and-swap, so that however many calls meet it, there is one refresh."""

    def __init__(self, manager: Manager, *, clock: Clock) -> None:
        self._manager = manager
        self._clock = clock

    async def value(self, key: JobKey) -> str:
        """The value of a job that is valid now. Raises RequestError, whose sentence says what to do, and
        StorageError."""
        cell = await self._manager.fetch(key)
        if cell.credential is None:
            raise self._manager.unavailable(cell)
        return cell.credential.value

    async def successor(self, key: JobKey, refused: str) -> str:
        """The value after `refused`; empty if there is none within PATIENCE, or WeChat issues none yet."""
        try:
            return await self._successor(key, refused)
        except (RequestError, StorageError):
            return ""

    async def _successor(self, key: JobKey, refused: str) -> str:
        deadline = self._clock.boottime() + PATIENCE.total_seconds()
        outcome = await self._manager.report(key, refused)
        while True:
            cell = await self._manager.fetch(key)
            credential, left = cell.credential, deadline - self._clock.boottime()
            if credential is not None and credential.value != refused:
                return credential.value
            due_at = cell.snapshot.due_at if cell.snapshot else self._clock.now()
            waits = due_at - self._clock.now() > timedelta(seconds=left)
            if left <= 0 or waits or outcome is ReportOutcome.OUTDATED:
                return ""
            await self._clock.wait(cell.changed, timedelta(seconds=left))
