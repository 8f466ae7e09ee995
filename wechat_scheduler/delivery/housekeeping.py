"""What nobody looks up any more is dropped, a little at a time."""

from datetime import timedelta

from wechat_scheduler.delivery.ports import Messages
from wechat_scheduler.engine.clock import Clock

# Messages in one transaction, and transactions in one round.
BATCH = 100
ROUNDS = 50


class Housekeeping:
    """`retention` may be changed at any time."""

    def __init__(self, messages: Messages, *, clock: Clock, retention: timedelta) -> None:
        self._messages = messages
        self._clock = clock
        self.retention = retention

    async def forget(self) -> None:
        """Drop messages that are older and done with. Raises StorageError."""
        before = self._clock.now() - self.retention
        for _ in range(ROUNDS):
            if await self._messages.forget(before=before, limit=BATCH) < BATCH:
                return
