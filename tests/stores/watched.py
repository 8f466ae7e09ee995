"""A database that counts its work: whatever the machine's speed, the same input counts the same."""

from collections.abc import Sequence
from typing import TypeVar

from tests.stores.memory import MemoryDatabase, memory_database
from wechat_scheduler.storage.database import Row, Script

T = TypeVar("T")


class WatchedDatabase(MemoryDatabase):
    """`longest` is the longest transaction in hundreds of steps of SQLite's virtual machine, `largest` the
    most rows that one turn of the loop is given. Both count from `watch` on. SQLite counts to a hundred
    in each statement anew, so that a sum over small statements needs `watch(every=1)`."""

    def __init__(self) -> None:
        super().__init__()
        empty = memory_database()
        empty._connection.backup(self._connection)
        self.watch()

    def watch(self, *, every: int = 100) -> None:
        self._connection.set_progress_handler(self._step, every)
        self.steps = self.longest = self.largest = 0

    def run(self, script: Script[T]) -> T:
        before = self.steps
        result = super().run(script)
        self.longest = max(self.longest, self.steps - before)
        self._given(result)
        return result

    async def read(self, sql: str, *params: object) -> Sequence[Row]:
        rows = await super().read(sql, *params)
        self._given(rows)
        return rows

    def _step(self) -> None:
        self.steps += 1

    def _given(self, result: object) -> None:
        if isinstance(result, Sequence):
            self.largest = max(self.largest, len(result))
