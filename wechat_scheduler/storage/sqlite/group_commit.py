"""SQLite's writer: a thread that commits all waiting scripts in one transaction.

One fsync serves the whole batch. A single script is committed at once. There is no timer: while one
batch is written, the next one gathers.
"""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.database import Script
from wechat_scheduler.storage.sqlite.connection import drive, trouble

T = TypeVar("T")

# Bounds how long the first of a batch waits for the last.
MAX_BATCH = 512


class _Unit(Generic[T]):
    """One script, its waiting caller, and its outcome."""

    __slots__ = ("error", "future", "result", "script")

    def __init__(self, script: Callable[[], Script[T]], future: asyncio.Future[T]) -> None:
        self.script = script
        self.future = future
        self.result: T | None = None
        self.error: BaseException | None = None


class Writer:
    """Runs scripts in order of arrival, in a thread of its own. `check` raises StorageError if what is
    written would be lost. `versions` grow before the callers know."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        loop: asyncio.AbstractEventLoop,
        check: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._loop = loop
        self._check = check
        self._queue: SimpleQueue[_Unit[Any] | None] = SimpleQueue()
        self._ended = loop.create_future()
        self._closed = False
        # How often each table may have changed, and the tables that the present batch changes.
        self.versions: Counter[str] = Counter()
        self._changed: set[str] = set()
        Thread(target=self._serve, name="sqlite-writer", daemon=True).start()

    async def write(self, script: Callable[[], Script[T]]) -> T:
        """Like `Database.write`. If the caller is cancelled before the script began, it does not run."""
        if self._closed:
            raise StorageError("the database is closed")
        unit = _Unit(script, self._loop.create_future())
        self._queue.put(unit)
        result: T = await unit.future
        return result

    async def close(self) -> None:
        """Commit the waiting scripts, then close the connection."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        await asyncio.shield(self._ended)

    def _serve(self) -> None:
        while batch := self._gather():
            self._commit([unit for unit in batch if not unit.future.cancelled()])
            self.versions.update(self._changed)
            self._changed.clear()
            self._loop.call_soon_threadsafe(_answer, batch)
        self._connection.close()
        self._loop.call_soon_threadsafe(self._ended.set_result, None)

    def _gather(self) -> list[_Unit[Any]]:
        """All waiting units, at least one; empty when the writer closes."""
        batch: list[_Unit[Any]] = []
        unit = self._queue.get()
        while unit is not None:
            batch.append(unit)
            if len(batch) == MAX_BATCH:
                return batch
            try:
                unit = self._queue.get_nowait()
            except Empty:
                return batch
        if batch:
            self._queue.put(None)
        return batch

    def _commit(self, batch: Sequence[_Unit[Any]]) -> None:
        """Run all units in one transaction; each then holds its result or its error."""
        try:
            self._check()
            self._connection.execute("BEGIN IMMEDIATE")
            if not self._run(batch):
                if len(batch) == 1:
                    return None
                self._connection.execute("BEGIN IMMEDIATE")
                if not all(map(self._attempt, batch)):
                    return self._commit_apart(batch)
            self._connection.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 - each caller gets it, and the thread lives on
            self._roll_back()
            for unit in batch:
                unit.error = unit.error or trouble(error, "the transaction was not committed")

    def _run(self, batch: Sequence[_Unit[Any]]) -> bool:
        """Run all units without a savepoint, which costs two statements. If one raises, nothing is done: of
        several, each is to be run again under its own."""
        try:
            for unit in batch:
                unit.result = drive(self._connection, unit.script(), self._changed)
        except BaseException as error:  # noqa: BLE001 - it belongs to this unit's caller
            self._roll_back()
            if len(batch) == 1:
                unit.error = trouble(error) or error
            return False
        return True

    def _attempt(self, unit: _Unit[Any]) -> bool:
        """Run one unit under a savepoint. Returns False if the whole transaction was rolled back."""
        self._connection.execute("SAVEPOINT unit")
        try:
            unit.result = drive(self._connection, unit.script(), self._changed)
        except BaseException as error:  # noqa: BLE001 - it belongs to this unit's caller
            unit.error = trouble(error) or error
            if not self._connection.in_transaction:
                return False
            self._connection.execute("ROLLBACK TO unit")
        self._connection.execute("RELEASE unit")
        return True

    def _commit_apart(self, batch: Sequence[_Unit[Any]]) -> None:
        """Commit each unit alone: a full disk rolls back the whole transaction."""
        for unit in batch if len(batch) > 1 else ():
            unit.error = None
            self._commit([unit])

    def _roll_back(self) -> None:
        # If this fails too, the next batch cannot begin, and comes here again.
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")


def _answer(batch: Sequence[_Unit[Any]]) -> None:
    """Runs on the event loop, once for the whole batch."""
    for unit in batch:
        if unit.future.done():
            continue
        if unit.error is None:
            unit.future.set_result(unit.result)
        else:
            unit.future.set_exception(unit.error)
