"""What is done once a minute."""

import asyncio
from datetime import timedelta

from structlog.testing import capture_logs

from tests.clock import FakeClock
from wechat_scheduler.engine.rounds import EVERY, Rounds
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StorageError


class Chores:
    """Two of them, the first of which may fail."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.is_broken = self.is_wrong = False
        self.ended = asyncio.Semaphore(0)

    async def first(self) -> None:
        if self.is_broken:
            raise StorageError("the disk is full")
        if self.is_wrong:
            raise ZeroDivisionError("a bug")
        self.done.append("first")

    async def second(self) -> None:
        self.done.append("second")
        self.ended.release()


async def test_each_chore_is_done_once_a_minute_until_the_end() -> None:
    clock, chores = FakeClock(), Chores()
    rounds = Rounds(chores.first, chores.second, clock=clock)

    async with Supervisor() as supervisor:
        supervisor.essential("rounds", rounds.run())
        for _ in range(2):
            await clock.asleep()
            clock.advance(EVERY)
            await chores.ended.acquire()
        await clock.asleep()
        clock.advance(EVERY - timedelta(seconds=1))
        rounds.stop()

    assert chores.done == ["first", "second"] * 2


async def test_a_store_that_does_not_answer_keeps_no_other_chore_from_being_done() -> None:
    chores = Chores()
    rounds = Rounds(chores.first, chores.second, clock=FakeClock())
    chores.is_broken = True

    with capture_logs() as logs:
        await rounds.run_once()
    chores.is_broken = False
    await rounds.run_once()

    assert chores.done == ["second", "first", "second"]
    assert [(log["event"], log["chore"]) for log in logs] == [
        ("rounds.store_unavailable", "Chores.first")
    ]


async def test_a_chore_that_crashes_ends_neither_the_others_nor_the_process() -> None:
    chores = Chores()
    rounds = Rounds(chores.first, chores.second, clock=FakeClock())
    chores.is_wrong = True

    with capture_logs() as logs:
        await rounds.run_once()
    chores.is_wrong = False
    await rounds.run_once()

    assert chores.done == ["second", "first", "second"]
    assert [(log["event"], log["chore"]) for log in logs] == [
        ("rounds.chore_crashed", "Chores.first")
    ]
