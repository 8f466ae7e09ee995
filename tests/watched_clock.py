"""A clock that only moves when a test moves it, and knows who is waiting for that."""

import asyncio
from datetime import timedelta

from tests.clock import FakeClock
from wechat_scheduler.engine.clock import SystemClock

# So many turns of the event loop without anybody beginning to wait mean that nobody will.
CALM = 10


class WatchedClock(FakeClock):
    """`waits` counts how often somebody began to wait for time to pass."""

    def __init__(self) -> None:
        super().__init__()
        self.waits = 0

    async def sleep_seconds(self, seconds: float) -> None:
        self.waits += 1
        await super().sleep_seconds(seconds)

    async def waited(self, times: int = 1) -> None:
        """Return when somebody waits, or has waited so many times."""
        async with asyncio.timeout(60):
            while self.waits < times:
                await turn()

    async def calm(self) -> None:
        """Let everybody do what there is to do now."""
        turns = 0
        while turns < CALM:
            before = self.waits
            await turn()
            turns = turns + 1 if self.waits == before else 0


async def turn() -> None:
    """Let whatever is ready run once."""
    await SystemClock().sleep(timedelta(0))
