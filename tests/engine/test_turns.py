"""Work that is spread over turns of the loop."""

import asyncio

from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.engine.turns import LoopTurns, due_turns


class CountedTurns:
    """Counts the turns of the loop."""

    def __init__(self) -> None:
        self.number = 0
        self._loop = asyncio.get_running_loop()
        self._next()

    def _next(self) -> None:
        self.number += 1
        self._loop.call_soon(self._next)


async def test_few_go_on_in_each_turn_in_the_order_in_which_they_came() -> None:
    counted, turns = CountedTurns(), LoopTurns(few=2)
    gone: list[tuple[int, int]] = []

    async def go(number: int) -> None:
        await turns.take()
        gone.append((number, counted.number))

    async with Supervisor() as supervisor:
        for number in range(7):
            supervisor.essential("go", go(number))

    assert [number for number, _ in gone] == list(range(7))
    each_turn = [turn for _, turn in gone]
    assert max(each_turn.count(turn) for turn in each_turn) == 2


async def test_one_that_fails_stops_no_other() -> None:
    turns, failures = LoopTurns(few=2), list[dict[str, object]]()
    asyncio.get_running_loop().set_exception_handler(lambda _, failure: failures.append(failure))

    turns.give(lambda: 1 // 0)
    await turns.take()
    await turns.take()

    assert [type(failure["exception"]) for failure in failures] == [ZeroDivisionError]


async def test_who_gives_up_stops_no_other() -> None:
    turns = LoopTurns(few=1)
    async with Supervisor() as supervisor:
        supervisor.essential("first", turns.take())
        given_up = supervisor.contained("second", turns.take())
        third = supervisor.essential("third", turns.take())
        asyncio.get_running_loop().call_soon(given_up.cancel)

        await third

    assert given_up.cancelled()


def test_all_due_rows_share_the_turns_of_their_loop() -> None:
    async def found() -> tuple[LoopTurns, LoopTurns]:
        return due_turns(), due_turns()

    first, again = asyncio.run(found())
    of_another_loop, _ = asyncio.run(found())

    assert first is again
    assert of_another_loop is not first
