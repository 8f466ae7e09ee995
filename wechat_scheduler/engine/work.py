"""The protocols of a loop over due rows: its work, and the call that wakes it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

RowT = TypeVar("RowT")
OutcomeT = TypeVar("OutcomeT")


class Work(Protocol[RowT, OutcomeT]):
    """The work on one table of rows that fall due."""

    name: str

    async def claim(self, limit: int) -> Sequence[RowT]:
        """Claim up to `limit` due rows for this process, the longest due first; those that cannot be read are set
        aside. A claim expires, so that other processes take over the rows of a process that died."""

    async def attempt(self, row: RowT) -> OutcomeT:
        """Do the work of one row, under timeouts of its own; expected failures are outcomes."""

    async def finish(self, outcome: OutcomeT) -> None:
        """Store the outcome and release the row. Called again after a StorageError."""

    async def crashed(self, row: RowT, error: Exception) -> None:
        """Store that `attempt` or `finish` raised an error that it does not expect: the row is due again
        later, or set aside. Called again after a StorageError."""

    async def next_due(self) -> datetime | None:
        """The time at which the next unclaimed row falls due; None if there is none."""


class Wake(Protocol):
    """Wakes a clockwork, as `Clockwork.wake`."""

    def __call__(self, at: datetime | None = None) -> None: ...
