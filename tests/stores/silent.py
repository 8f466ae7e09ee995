"""A database that does not answer: the server hangs, or the disk does."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from tests.stores.memory import MemoryDatabase, memory_database
from wechat_scheduler.storage.database import Row, Script

T = TypeVar("T")


class SilentDatabase(MemoryDatabase):
    """While it does not speak, every method waits. `asked` counts what waits."""

    def __init__(self) -> None:
        super().__init__()
        memory_database().pour_into(self)
        self.asked = 0
        self.speaks = asyncio.Event()
        self.speaks.set()

    async def write(self, script: Callable[[], Script[T]]) -> T:
        await self._heard()
        return await super().write(script)

    async def read(self, sql: str, *params: object) -> Sequence[Row]:
        await self._heard()
        return await super().read(sql, *params)

    async def _heard(self) -> None:
        self.asked += 1
        await self.speaks.wait()
        self.asked -= 1
