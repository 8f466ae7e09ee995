"""Time that passes while a test waits for real sockets."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from tests.clock import FakeClock

T = TypeVar("T")
STEP = timedelta(milliseconds=10)


async def passing(clock: FakeClock, waited: Coroutine[Any, Any, T], step: timedelta = STEP) -> T:
    """Waits, and time passes meanwhile, by `step` in each turn of the loop."""
    task = asyncio.create_task(waited)  # noqa: TID251
    while not task.done():
        clock.advance(step)
        await asyncio.sleep(0)  # noqa: TID251
    return task.result()
