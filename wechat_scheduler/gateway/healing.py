"""The values with which calls pass, and their successors when WeChat refuses one."""

from datetime import timedelta
from typing import Final

from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.cells import Cell
from wechat_scheduler.credentials.manager import Manager
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.refused_fetches import comes_later
from wechat_scheduler.credentials.reports import ReportOutcome
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import RequestError, StorageError, UnavailableError
from wechat_scheduler.gateway.refused_accounts import UNHEALED, AccountRefusedError
from wechat_scheduler.gateway.refused_paths import RefusedPaths
from wechat_scheduler.reasons import Reaction

# A caller waits this long for the successor of a refused token; SDKs give a call up after five to ten
# seconds.
PATIENCE: Final = timedelta(seconds=3)

# WeChat refuses the token, the last one that of a platform, so it has done nothing: the call may be repeated.
REFUSALS: Final = frozenset((40001, 40014, 42001, 42006))

_OF_PEOPLE: Final = (Reaction.OPERATOR, Reaction.WAIT_UNTIL, Reaction.NEEDS_INPUT)


class Healing:
    """Reports a refused value by compare-and-swap, so that however many calls meet it, there is one refresh."""

    def __init__(self, manager: Manager, *, clock: Clock) -> None:
        self._manager = manager
        self._clock = clock
        self.paths = RefusedPaths(clock)

    async def value(self, key: JobKey) -> str:
        """The value of a job that is valid now. Raises AccountRefusedError, another RequestError, whose
        sentence says what to do, and StorageError."""
        try:
            cell = await self.current(key)
        except AccountRefusedError as error:
            if error.errcode not in REFUSALS:  # these mean its own token to the caller
                raise
            cell = await self._manager.fetch(key)
        if cell.credential is None:
            raise self._manager.unavailable(cell)
        return cell.credential.value

    async def current(self, key: JobKey) -> Cell:
        """The cell with a value, if there is one soon. Raises AccountRefusedError, UnavailableError,
        NotFoundError, StorageError."""
        try:
            return await self._manager.fetch(key)
        except UnavailableError as error:
            snapshot = (await self._manager.look(key)).snapshot
            fault = snapshot.fault if snapshot else None
            if fault is not None and fault.errcode and fault.reaction in _OF_PEOPLE:
                raise AccountRefusedError(
                    fault.errcode, f"{fault.message}; {fault.advice}"
                ) from error
            raise

    async def explain(self, key: JobKey, errcode: int, *, stand_in: bool) -> None:
        """WeChat refused the current value with this errcode. Raises RequestError, StorageError if there is more to
        say than that: the account is refused, too, or the caller has a stand-in, which is valid."""
        await self.value(key)
        if stand_in:
            raise AccountRefusedError(-1, UNHEALED.format(errcode=errcode))

    async def at(self, key: JobKey, path: str, refused: str) -> str:
        """Like `successor`, for a call of that path; where fresh values are refused, too, it reports none
        and waits for none."""
        if self.paths.believes(key, path):
            return await self.successor(key, refused)
        try:
            value = await self.value(key)
        except (RequestError, StorageError):
            return ""
        return "" if value == refused else value

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
            left = timedelta(seconds=deadline - self._clock.boottime())
            if cell.credential is not None and not cell.holds(refused):
                return cell.credential.value
            if outcome is ReportOutcome.OUTDATED or self._comes_later(cell, left):
                return ""
            await self._clock.wait(cell.changed, left)

    def _comes_later(self, cell: Cell, left: timedelta) -> bool:
        """Whether nothing changes within PATIENCE: reports of this value take effect later, or the refresh
        failed and is retried later."""
        now = self._clock.now()
        if left <= timedelta(0) or cell.credential is None or cell.snapshot is None:
            return True
        believed_at = policy.believe_at(
            now=now, issued_at=cell.credential.issued_at, longest=cell.snapshot.longest
        )
        return believed_at - now > left or comes_later(cell, now, left)
