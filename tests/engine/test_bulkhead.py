"""Places for outgoing calls: receivers that hang keep none from those that answer."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.watched_clock import WatchedClock
from wechat_scheduler.engine.bulkhead import (
    LONG_SPACE,
    LONG_TURN,
    LONGEST_TURN,
    PATIENCE,
    REMEMBERED,
    SPACE,
    TURN,
    Bulkhead,
)
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import CrowdedError

SLOW, HANGING = timedelta(seconds=2), timedelta(seconds=10)


@dataclass(slots=True)
class Calls:
    """Calls that stay open until the test ends them."""

    tasks: Supervisor
    clock: WatchedClock
    bulkhead: Bulkhead
    open: Counter[str] = field(default_factory=Counter)
    begun: Counter[str] = field(default_factory=Counter)
    silent: set[str] = field(default_factory=set)
    refused: list[CrowdedError] = field(default_factory=list)
    ends: dict[str, asyncio.Event] = field(default_factory=dict)

    async def begin(self, *names: str) -> None:
        for name in names:
            self.tasks.contained("call", self._call(name))
        await self.clock.calm()

    async def end(self, name: str) -> None:
        """End all calls to that receiver."""
        self.ends.pop(name).set()
        await self.clock.calm()

    async def give_up(self, name: str) -> None:
        """End all calls to that receiver because they took too long."""
        self.silent.add(name)
        await self.end(name)

    async def know(self, name: str, took: timedelta = timedelta(0)) -> None:
        """Let one call to the receiver end after that time."""
        await self.begin(name)
        self.clock.advance(took)
        await self.end(name)

    async def wait(self, length: timedelta) -> None:
        self.clock.advance(length)
        await self.clock.calm()

    async def _call(self, name: str) -> None:
        ended = self.ends.setdefault(name, asyncio.Event())
        try:
            async with self.bulkhead.place(*name.split("/")):
                self.open[name] += 1
                self.begun[name] += 1
                await ended.wait()
                self.open[name] -= 1
                if name in self.silent:
                    raise TimeoutError
        except CrowdedError as error:
            self.refused.append(error)
        except TimeoutError:
            pass


@pytest.fixture
async def calls() -> AsyncIterator[Calls]:
    clock = WatchedClock()
    async with Supervisor() as tasks:
        yield Calls(tasks, clock, Bulkhead(places=16, clock=clock))


async def test_one_receiver_gets_at_most_half_of_the_places(calls: Calls) -> None:
    await calls.know("busy")

    await calls.begin(*["busy"] * 16, "other")

    assert calls.open == {"busy": 8, "other": 1}


async def test_what_hangs_for_one_account_answers_the_others(calls: Calls) -> None:
    await calls.know("send/one")
    await calls.know("send/two")
    await calls.begin(*["send/one"] * 16, *["send/two"] * 4)
    healthy = calls.open["send/two"]
    await calls.end("send/two")
    await calls.give_up("send/one")

    await calls.begin(*["send/one"] * 16, *["send/two"] * 16)

    assert healthy == 2
    assert calls.open == {"send/one": 1, "send/two": 6}


async def test_all_accounts_together_get_half_of_the_places(calls: Calls) -> None:
    await calls.begin(*[f"send/{number}" for number in range(16)], "codes/1")

    assert calls.open["codes/1"] == 1
    assert calls.open.total() == 8 + 1


async def test_a_quick_receiver_is_waited_for(calls: Calls) -> None:
    await calls.know("busy")
    await calls.begin(*["busy"] * 12)

    await calls.end("busy")

    assert calls.begun["busy"] == 13
    assert calls.refused == []


async def test_a_receiver_that_is_called_for_the_first_time_is_waited_for(calls: Calls) -> None:
    await calls.begin(*["new"] * 10)

    await calls.end("new")

    assert calls.begun["new"] == 10
    assert calls.refused == []


async def test_a_receiver_whose_first_call_was_slow_is_not_waited_for(calls: Calls) -> None:
    await calls.know("slow", SLOW)

    await calls.begin(*["slow"] * 10)

    assert calls.open["slow"] == 8
    assert [error.retry_after for error in calls.refused] == [TURN, TURN + SPACE]


async def test_nothing_waits_long(calls: Calls) -> None:
    await calls.know("busy")
    await calls.begin(*["busy"] * 12)

    await calls.wait(PATIENCE)

    assert calls.open["busy"] == 8
    assert [error.retry_after for error in calls.refused] == [TURN + n * SPACE for n in range(4)]
    assert str(calls.refused[0]) == "busy has not answered earlier calls yet"


@pytest.mark.parametrize("number", [1, 300], ids=["one receiver", "many receivers"])
async def test_receivers_that_hang_leave_places_to_those_that_answer(
    calls: Calls, number: int
) -> None:
    await calls.know("quick")
    sick = [f"sick{n % number}" for n in range(300)]

    await calls.begin(*sick)
    await calls.begin("quick", "quick")

    assert calls.open["quick"] == 2
    assert sum(calls.open[name] for name in set(sick)) <= 12


async def test_a_receiver_that_hung_is_called_once_at_a_time_and_never_waited_for(
    calls: Calls,
) -> None:
    await calls.know("sick", HANGING)

    await calls.begin("sick", "sick")

    assert calls.open["sick"] == 1
    assert [error.retry_after for error in calls.refused] == [LONG_TURN]


async def test_a_long_queue_of_one_receiver_is_spread_over_a_minute(calls: Calls) -> None:
    await calls.know("sick", HANGING)
    await calls.begin("sick")

    for _ in range(5000):
        with suppress(CrowdedError):
            async with calls.bulkhead.place("sick"):
                pass
    await calls.begin("sick")

    (error,) = calls.refused
    assert error.retry_after == LONGEST_TURN


async def test_what_a_receiver_put_off_while_it_was_slow_has_its_turn_within_seconds(
    calls: Calls,
) -> None:
    await calls.know("slow", SLOW)

    await calls.begin(*["slow"] * 1000)

    assert calls.refused[-1].retry_after < timedelta(seconds=8)


async def test_all_receivers_that_hung_have_a_quarter_of_the_places(calls: Calls) -> None:
    names = [f"sick{n}" for n in range(10)]
    for name in names:
        await calls.know(name, HANGING)

    await calls.begin(*names)
    await calls.begin("new")

    assert sum(calls.open[name] for name in names) == 4
    assert calls.open["new"] == 1


async def test_a_timeout_tells_that_the_receiver_hangs(calls: Calls) -> None:
    with pytest.raises(TimeoutError):
        async with calls.bulkhead.place("sick"):
            raise TimeoutError

    await calls.begin("sick", "sick")

    assert calls.open["sick"] == 1


async def test_calls_that_wait_end_when_their_receiver_turns_out_to_hang(calls: Calls) -> None:
    await calls.know("sick")
    await calls.begin(*["sick"] * 10)

    await calls.give_up("sick")

    assert calls.begun["sick"] == 9
    assert [error.retry_after for error in calls.refused] == [LONG_TURN, LONG_TURN + LONG_SPACE]


async def test_a_receiver_that_answers_again_has_its_places_back(calls: Calls) -> None:
    await calls.know("well", HANGING)
    await calls.know("well")

    await calls.begin(*["well"] * 10)

    assert calls.open["well"] == 8


async def test_a_slow_receiver_leaves_a_quarter_to_the_quick(calls: Calls) -> None:
    for name in ("slow", "slower", "slowest"):
        await calls.know(name, SLOW)
    await calls.know("quick")

    await calls.begin(*["slow", "slower", "slowest"] * 8)
    await calls.begin(*["quick"] * 4)

    assert calls.open["quick"] == 4
    assert calls.open.total() == 16


async def test_fewer_places_take_effect_with_the_next_call(calls: Calls) -> None:
    await calls.begin("one", "two")
    calls.bulkhead.places = 2

    await calls.begin("three")

    assert calls.open["three"] == 0


async def test_one_place_is_enough_for_one_call(calls: Calls) -> None:
    calls.bulkhead.places = 1
    await calls.know("sick", HANGING)

    await calls.begin("sick")

    assert calls.open["sick"] == 1


async def test_of_very_many_receivers_the_last_ones_are_remembered(calls: Calls) -> None:
    await calls.know("first", HANGING)
    for number in range(REMEMBERED):
        async with calls.bulkhead.place(str(number)):
            pass

    await calls.begin("first", "first")

    assert calls.open["first"] == 2
