"""A move whose process is killed in the middle."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from wechat_scheduler.storage.database import Database, Script
from wechat_scheduler.storage.opening import open_database

T = TypeVar("T")


class Dying:
    """A database whose process is killed at its `writes`-th write from now."""

    def __init__(self, database: Database, writes: int) -> None:
        self._database = database
        self._left = writes
        self.dialect, self.read, self.close = database.dialect, database.read, database.close

    async def write(self, script: Callable[[], Script[T]]) -> T:
        self._left -= 1
        if self._left < 0:
            raise KeyboardInterrupt
        return await self._database.write(script)


def dying_at(
    target: str, writes: int, kind: type[Dying] = Dying
) -> Callable[..., Awaitable[Database | Dying]]:
    """Opens databases, and `target` as one of that kind."""

    async def open_dying(name: str, **options: Any) -> Database | Dying:
        database = await open_database(name, **options)
        return kind(database, writes) if name == target else database

    return open_dying
