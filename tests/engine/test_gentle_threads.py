"""Threads that load modules give the interpreter back soon, one after the other."""

import asyncio
import sys
from threading import Event

import pytest

from wechat_scheduler.engine.gentle_threads import in_gentle_thread
from wechat_scheduler.engine.supervisor import together


async def test_two_loads_run_one_after_the_other_and_both_are_gentle() -> None:
    usual, loop = sys.getswitchinterval(), asyncio.get_running_loop()
    has_begun, may_end, found = asyncio.Event(), Event(), list[tuple[str, float]]()

    def first() -> None:
        loop.call_soon_threadsafe(has_begun.set)
        may_end.wait(10)
        found.append(("first", sys.getswitchinterval()))

    def second() -> None:
        found.append(("second", sys.getswitchinterval()))

    async def after_the_first() -> None:
        await has_begun.wait()
        loop.call_soon(may_end.set)  # once the second waits in its thread, too
        await in_gentle_thread(second)

    await together([in_gentle_thread(first), after_the_first()])

    assert [name for name, _ in found] == ["first", "second"]
    assert all(interval < usual for _, interval in found)
    assert sys.getswitchinterval() == usual


async def test_a_load_that_fails_leaves_the_usual_interval_to_the_next() -> None:
    usual = sys.getswitchinterval()

    with pytest.raises(ZeroDivisionError):
        await in_gentle_thread(lambda: 1 / 0)

    assert sys.getswitchinterval() == usual
    assert await in_gentle_thread(lambda: 2) == 2
