"""Combines work that waits at the same time: one statement for all, instead of one for each.

Each statement hands the interpreter to another thread and back, which costs more than most statements.
There is no timer: the first starts in the same turn of the loop, and while it is done, the next gather.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Final, Generic, NamedTuple, TypeVar

from wechat_scheduler.engine.turns import LoopTurns, next_turn
from wechat_scheduler.errors import StorageError

KeyT = TypeVar("KeyT", bound=Hashable)
ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

# As many as one statement takes. Bounds how long the first waits for the last.
MOST: Final = 64


class _Waiting(NamedTuple, Generic[ItemT, ResultT]):
    item: ItemT
    future: asyncio.Future[ResultT]


class Batches(Generic[KeyT, ItemT, ResultT]):
    """`together` does several items of one key at once, at most `MOST`, and returns a result for each,
    in their order. It must change nothing if it raises: then each item is done alone, and has an error
    of its own. A StorageError fails all. The callers continue in `turns`. One that `gathers` begins only once
    a turn of the loop brings no more: then what begins in several turns is done at once."""

    def __init__(
        self,
        together: Callable[[KeyT, Sequence[ItemT]], Awaitable[Sequence[ResultT]]],
        *,
        turns: Callable[[], LoopTurns] | None = None,
        gathers: bool = False,
    ) -> None:
        self._together = together
        self._waiting: dict[KeyT, list[_Waiting[ItemT, ResultT]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        own = LoopTurns()
        self._turns = turns or (lambda: own)
        self._gathers = gathers

    async def do(self, key: KeyT, item: ItemT) -> ResultT:
        """The result of that item. A caller that is cancelled before its turn takes its item along."""
        one = _Waiting(item, asyncio.get_running_loop().create_future())
        if key in self._waiting:
            self._waiting[key].append(one)
        else:
            self._waiting[key] = [one]
            task = asyncio.create_task(self._run(key), name="batch")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        result: ResultT = await one.future
        return result

    async def _run(self, key: KeyT) -> None:
        waiting = self._waiting[key]
        try:
            while waiting:
                await self._gathered(waiting)
                part = [one for one in waiting[:MOST] if not one.future.done()]
                del waiting[:MOST]
                await self._do(key, part)
        finally:
            del self._waiting[key]
            for one in waiting:  # the loop ends
                one.future.cancel()

    async def _gathered(self, waiting: Sequence[_Waiting[ItemT, ResultT]]) -> None:
        before = 0
        while self._gathers and before < len(waiting) < MOST:
            before = len(waiting)
            await next_turn()

    async def _do(self, key: KeyT, part: Sequence[_Waiting[ItemT, ResultT]]) -> None:
        try:
            results = await self._together(key, [one.item for one in part]) if part else ()
        except Exception as error:  # noqa: BLE001 - each caller gets it
            await self._failed(key, part, error)
        except BaseException:
            for one in part:
                one.future.cancel()
            raise
        else:
            turns = self._turns()
            for one, result in zip(part, results, strict=True):
                turns.settle(one.future, result)

    async def _failed(
        self, key: KeyT, part: Sequence[_Waiting[ItemT, ResultT]], error: Exception
    ) -> None:
        if len(part) > 1 and not isinstance(error, StorageError):
            for one in part:
                await self._do(key, [one])
            return
        for one in part:
            if not one.future.done():
                one.future.set_exception(error)
