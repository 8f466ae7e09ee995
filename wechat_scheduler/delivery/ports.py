"""What delivering asks of the world."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from wechat_scheduler.delivery.model import Delivery, Outcome


class Channel(Protocol):
    """One way to reach a receiver."""

    name: str

    async def send(self, delivery: Delivery) -> int:
        """Hand the delivery over, repeating its id so that a receiver can recognise a repeat.

        Returns the version of what was sent (0 where content has no versions), or a negative
        number when there is nothing to deliver any more. Raises CallError, free of secrets, when
        the receiver did not take it.
        """
        ...


class Observer(Protocol):
    """Hears what became of each attempt, once that is stored. Must neither block nor raise."""

    def sent(self, outcome: Outcome) -> None: ...


class Outbox(Protocol):
    """Where deliveries wait. Every method is atomic; all may raise StorageError."""

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[Delivery]:
        """Take due deliveries for `lease`, the longest due first."""
        ...

    async def settle(self, outcome: Outcome, *, now: datetime) -> None:
        """Write an outcome back. A delivery that was superseded meanwhile is let go of instead."""
        ...

    async def next_due(self) -> datetime | None:
        """When the earliest delivery falls due; a claimed one does when its claim runs out."""
        ...
