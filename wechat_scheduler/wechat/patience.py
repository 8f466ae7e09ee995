"""Ends waits that take too long, with one timer for all of them.

A timer of its own for each call costs more than the rest of the wait. All waits are equally long here, so the one
that began first ends first.
"""

import asyncio
from typing import Any, TypeVar

T = TypeVar("T")


class Patience:
    """Waits for at most `seconds`. The loop has to run."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends: dict[asyncio.Future[Any], float] = {}  # in their order
        self._is_looking = False

    async def wait(self, future: asyncio.Future[T]) -> T:
        """The result of the future. Raises TimeoutError, and what it raises."""
        loop = asyncio.get_running_loop()
        self._ends[future] = loop.time() + self._seconds
        if not self._is_looking:
            self._look_later(loop, self._seconds)
        try:
            return await future
        finally:
            del self._ends[future]

    def _look_later(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self._is_looking = True
        loop.call_later(seconds, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """End those whose time is over, and look again when that of the next one is."""
        self._is_looking = False
        now = loop.time()
        for future, end in self._ends.items():
            if end > now:
                self._look_later(loop, end - now)
                return
            if not future.done():
                future.set_exception(TimeoutError())
