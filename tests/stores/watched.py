"""A database that counts its work: whatever the machine's speed, the same input counts the same."""

from collections.abc import Sequence
from typing import TypeVar

from tests.stores.memory import MemoryDatabase, memory_database
from wechat_scheduler.storage.database import Row, Script

T = TypeVar("T")


class WatchedDatabase(MemoryDatabase):
    """`longest` is the longest transaction in hundreds of steps of SQLite's virtual machine, `largest` the
    most rows that one turn of the loop is given. Both count from `watch` on."""

    def __init__(self) -> None:
        super().__init__()
        empty = memory_database()
        empty._connection.backup(self._connection)
        self.steps = self.longest = self.largest = 0
        self._connection.set_progress_handler(self._step, 100)

    def watch(self) -> None:
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
