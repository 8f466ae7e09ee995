"""The slots of a loop: how many attempts it may have under way at once, and how many it has."""

import asyncio
from datetime import timedelta

from wechat_scheduler.engine.clock import Clock


class Slots:
    """`number` may be changed at any time."""

    def __init__(self, number: int, clock: Clock) -> None:
        self.number = number
        self._clock = clock
        self._taken = 0
        self._roomy = asyncio.Event()

    @property
    def free(self) -> int:
        return max(0, self.number - self._taken)

    @property
    def is_crowded(self) -> bool:
        """Whether more than three quarters are taken."""
        return self._taken > self.number * 3 // 4

    async def room(self, patience: timedelta) -> None:
        """Return once they are not crowded, or after `patience`."""
        if self.is_crowded:
            self._roomy.clear()
            await self._clock.wait(self._roomy, patience)

    def take(self, number: int) -> None:
        self._taken += number

    def give_back(self, number: int) -> None:
        self._taken -= number
        if not self.is_crowded:
            self.hurry()

    def hurry(self) -> None:
        """Let those who wait for room go on."""
        self._roomy.set()
