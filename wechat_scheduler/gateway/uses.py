"""The calls that passed, as they are stored and found."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from wechat_scheduler.engine.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayUse:
    """The calls of a path that `caller` made for an account in the day that begins `at`, midnight in Shanghai;
    `errors` are those that WeChat refused or did not answer. `refused` are calls that did not pass, and are not among them.
    """

    at: datetime
    caller: str
    appid: str
    path: str
    calls: int
    errors: int
    refused: int = 0


class UseFilter(NamedTuple):
    """Selects the uses of one day, at most `limit`; a field that is empty selects all."""

    at: datetime
    caller: str = ""
    appid: str = ""
    path: str = ""
    limit: int = 100


class UsageStore(Protocol):
    """Stores uses. Every method is atomic and may raise StorageError."""

    async def add(self, uses: Sequence[GatewayUse]) -> None:
        """Add the numbers to those of the same caller, account, path and day."""

    async def find(self, wanted: UseFilter) -> Sequence[GatewayUse]:
        """The matching uses, the largest first."""

    async def calls(self, at: datetime) -> Mapping[str, int]:
        """The calls of that day by caller."""
