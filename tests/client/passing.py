"""Time that passes while a test waits for real sockets."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from tests.clock import FakeClock

T = TypeVar("T")


async def passing(clock: FakeClock, waited: Coroutine[Any, Any, T]) -> T:
    """Waits, and time passes meanwhile."""
    task = asyncio.create_task(waited)  # noqa: TID251
    while not task.done():
        clock.advance(timedelta(milliseconds=10))
        await asyncio.sleep(0)  # noqa: TID251
    return task.result()
