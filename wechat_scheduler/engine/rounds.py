"""Runs chores periodically."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeAlias

import structlog

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import StorageError

log = structlog.get_logger(__name__)

EVERY: Final = timedelta(minutes=1)

Chore: TypeAlias = Callable[[], Awaitable[object]]


class Rounds:
    """Runs its chores one after the other, once in `every`. A chore that fails runs again in the
    next round, and does not delay the other chores."""

    def __init__(self, *chores: Chore, every: timedelta = EVERY, clock: Clock) -> None:
        self._chores = chores
        self._every = every
        self._clock = clock
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """`run` returns after the round in progress."""
        self._stopped.set()

    async def run(self) -> None:
        while not await self._clock.wait(self._stopped, self._every):
            await self.run_once()

    async def run_once(self) -> None:
        """One round."""
        for chore in self._chores:
            try:
                await chore()
            except StorageError as error:
                log.error("rounds.store_unavailable", chore=chore.__qualname__, error=str(error))
            except Exception:
                log.exception("rounds.chore_crashed", chore=chore.__qualname__)
