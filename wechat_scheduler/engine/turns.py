"""Spreads work over turns of the loop.

All that came in one turn would otherwise be done in the next one, and a small request would wait until the
last of it is done.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")

# Calls in one turn. Each is a part of a request, which takes some tens of microseconds.
FEW: Final = 4

# Requests that begin in one turn. The bodies of many may come at once, and a read that comes with them waits for
# those of this turn. With 4, half of the loop's time was in turns of 0.5 ms and more; with 1, of 0.2 ms.
BEGUN: Final = 1

# The same for all rows together that are due, for which no caller waits. A reader waits for the turn that has begun: with
# 8, a third of the loop's time in a storm of refreshes was in turns of more than 1 ms; with 4, an eighth, at the same cost.
OF_DUE_ROWS: Final = 4


def due_turns() -> "LoopTurns":
    """Those of the running loop that all due rows share: what begins, what WeChat answered, and what was stored. Each
    with turns of its own would make one turn three times as long."""
    loop = asyncio.get_running_loop()
    turns = _DUE.get(loop)
    if turns is None:
        turns = _DUE[loop] = LoopTurns(OF_DUE_ROWS)
    return turns


async def next_turn() -> None:
    """Let the loop do what came meanwhile, and return."""
    await asyncio.sleep(0)


class LoopTurns:
    """Calls what it is given, in that order, a few in each turn of the loop."""

    def __init__(self, few: int = FEW) -> None:
        self._few = few
        self._calls: deque[Callable[[], object]] = deque()
        self._goes_on = False

    def give(self, call: Callable[[], object]) -> None:
        """Call it from the event loop, which logs what it raises."""
        self._calls.append(call)
        if not self._goes_on:
            self._goes_on = True
            asyncio.get_running_loop().call_soon(self._turn)

    def settle(self, future: "asyncio.Future[T]", result: T) -> None:
        """Give the future its result, if it still waits for one."""
        self.give(partial(_settle, future, result))

    async def take(self) -> None:
        """Return when the turn of the caller comes."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.settle(future, None)
        await future

    def _turn(self) -> None:
        try:
            for _ in range(min(self._few, len(self._calls))):
                self._calls.popleft()()
        finally:
            self._goes_on = bool(self._calls)
            if self._goes_on:
                asyncio.get_running_loop().call_soon(self._turn)


_DUE: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, LoopTurns]] = WeakKeyDictionary()


def _settle(future: "asyncio.Future[T]", result: T) -> None:
    if not future.done():
        future.set_result(result)
