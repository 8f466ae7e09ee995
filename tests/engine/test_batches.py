"""What waits at the same time is done together."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.storage.scripts import outcomes
from wechat_scheduler.engine.batches import MOST, Batches
from wechat_scheduler.engine.turns import LoopTurns
from wechat_scheduler.errors import StorageError


class Doubling:
    """Doubles numbers, and remembers which came together. It refuses 13, and the store is down for 99."""

    def __init__(self) -> None:
        self.parts: list[list[int]] = []
        self.may_go = asyncio.Event()
        self.may_go.set()

    async def __call__(self, key: str, items: Sequence[int]) -> Sequence[int]:
        self.parts.append(list(items))
        await self.may_go.wait()
        if 13 in items:
            raise ValueError("13")
        if 99 in items:
            raise StorageError("down")
        return [2 * item for item in items]


async def test_what_waits_is_done_together_and_each_gets_its_own_result() -> None:
    doubling = Doubling()
    batches = Batches(doubling)

    found = await outcomes(*(batches.do("a", number) for number in range(100, 103 + MOST)))

    assert found == [2 * number for number in range(100, 103 + MOST)]
    assert [len(part) for part in doubling.parts] == [MOST, 3]


async def test_what_comes_meanwhile_is_the_next_batch() -> None:
    doubling = Doubling()
    batches = Batches(doubling)

    async def later() -> list[int]:
        while not doubling.parts:
            await _turn()
        return await outcomes(batches.do("a", 2), batches.do("a", 3), _release(doubling))

    doubling.may_go.clear()
    first, rest = await outcomes(batches.do("a", 1), later())

    assert (first, rest) == (2, [4, 6, None])
    assert doubling.parts == [[1], [2, 3]]


async def test_one_that_gathers_takes_what_begins_in_the_next_turns() -> None:
    doubling, turns = Doubling(), LoopTurns(few=2)
    batches = Batches(doubling, gathers=True)

    async def in_its_turn(number: int) -> int:
        await turns.take()
        return await batches.do("a", number)

    found = await outcomes(*(in_its_turn(number) for number in range(9)))

    assert found == [2 * number for number in range(9)]
    assert doubling.parts == [[*range(9)]]


async def test_items_of_other_keys_are_done_apart() -> None:
    doubling = Doubling()
    batches = Batches(doubling)

    await outcomes(batches.do("a", 1), batches.do("b", 2), batches.do("a", 3))

    assert sorted(doubling.parts) == [[1, 3], [2]]


async def test_one_that_fails_fails_alone() -> None:
    batches = Batches(Doubling())

    found = await outcomes(*(batches.do("a", number) for number in (1, 13, 2)))

    assert found[0] == 2
    assert isinstance(found[1], ValueError)
    assert found[2] == 4


async def test_a_store_that_is_down_is_asked_once_for_all() -> None:
    doubling = Doubling()
    batches = Batches(doubling)

    found = await outcomes(*(batches.do("a", number) for number in (1, 99, 2)))

    assert [type(one) for one in found] == [StorageError] * 3
    assert doubling.parts == [[1, 99, 2]]


async def test_a_caller_who_leaves_before_its_turn_takes_its_item_along() -> None:
    doubling = Doubling()
    batches = Batches(doubling)

    async def leave() -> None:
        async with asyncio.timeout(0):
            await batches.do("a", 7)

    with pytest.raises(TimeoutError):
        await leave()
    found = await batches.do("a", 1)

    assert found == 2
    assert 7 not in [number for part in doubling.parts for number in part]


async def _turn() -> None:
    """Let the other tasks of the loop go on."""
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, None)
    await future


async def _release(doubling: Doubling) -> None:
    doubling.may_go.set()
