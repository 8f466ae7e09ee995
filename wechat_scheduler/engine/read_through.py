"""Looks up in the store what memory lacks: another process may have stored it a moment ago."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import StorageError

# At most this many look-ups in a second, so that unknown keys cannot overload the database. Other
# processes announce what they store within milliseconds.
QUESTIONS: Final = 50
PERIOD: Final = timedelta(seconds=1)
# For one look-up: a caller with a wrong key waits no longer for a silent database.
PATIENCE: Final = timedelta(seconds=1)


class ReadThrough:
    """`load` brings what the store has into memory."""

    def __init__(self, load: Callable[[], Awaitable[None]], clock: Clock) -> None:
        self._load = load
        self._clock = clock
        self._ends = 0.0
        self._asked: dict[object, asyncio.Event] = {}

    async def ask(self, key: object, has: Callable[[], Awaitable[bool]]) -> None:
        """Load if the store has `key`, once in a second for each. May raise StorageError."""
        if (now := self._clock.boottime()) >= self._ends:
            self._asked, self._ends = {}, now + PERIOD.total_seconds()
        if (answered := self._asked.get(key)) is not None:
            await answered.wait()
        elif len(self._asked) < QUESTIONS:
            answered = self._asked[key] = asyncio.Event()
            try:
                if await self._answer(has):
                    await self._load()
            finally:
                answered.set()

    async def _answer(self, has: Callable[[], Awaitable[bool]]) -> bool:
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                return await has()
        except TimeoutError as error:
            raise StorageError("the database does not answer") from error
