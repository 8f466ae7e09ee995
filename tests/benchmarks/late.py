"""How long the loop did not turn."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from wechat_scheduler.engine.clock import SystemClock


@contextmanager
def late(now: Callable[[], float] = time.perf_counter) -> Iterator[list[float]]:
    """The longest time in seconds that the loop did not turn in this block, in a list of one; with
    `time.thread_time`, what the loop used of a core meanwhile, however busy the machine is."""
    longest, clock = [0.0], SystemClock()

    async def ticking() -> None:
        while True:
            began = now()
            await clock.sleep_seconds(0.001)
            longest[0] = max(longest[0], now() - began - 0.001)

    ticker = asyncio.ensure_future(ticking())
    try:
        yield longest
    finally:
        ticker.cancel()
