"""Reads from the store what is kept in memory, so that an older result never replaces a newer one."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestRereads(Generic[T]):
    """`read` reads everything; `hold` takes the result into memory."""

    def __init__(self, read: Callable[[], Awaitable[T]], hold: Callable[[T], None]) -> None:
        self._read = read
        self._hold = hold
        self._reading = asyncio.Lock()
        self._changes = 0

    def changed(self) -> None:
        """Record that this process stored a change: a read that began before it is repeated."""
        self._changes += 1

    async def run(self) -> None:
        """Read, one after the other. Raises what `read` raises."""
        async with self._reading:
            began_at = -1
            while began_at != self._changes:
                began_at = self._changes
                found = await self._read()
            self._hold(found)
