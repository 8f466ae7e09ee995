"""What the loop of reminders hands on to the dispatcher, and when it leaves it in the outbox."""

from tests.clock import START
from tests.reminders.remembering import MINUTE, Memory
from wechat_scheduler.reminders.model import Late

SOON = START + MINUTE


async def test_a_dispatcher_with_places_gets_the_deliveries(memory: Memory) -> None:
    memory.free = 2
    await memory.create(SOON, people=("UID_a", "UID_b"))

    await memory.run(SOON)

    handed = memory.promised[0].result()
    assert {one.target for one in handed} == {"UID_a", "UID_b"}
    assert memory.woken == 1  # by the new reminder
    assert len(memory.outcomes) == 1


async def test_a_dispatcher_without_places_is_woken(memory: Memory) -> None:
    memory.free = 1
    await memory.create(SOON, people=("UID_a", "UID_b"))

    await memory.run(SOON)

    assert memory.promised == []
    assert memory.woken == 2
    assert [view.due_at for view in await memory.deliveries()] == [SOON, SOON]


async def test_an_outcome_without_its_claim_gives_the_places_back(memory: Memory) -> None:
    memory.free = 1
    reminder = await memory.create(SOON)
    memory.clock.advance_to(SOON)
    (claimed,) = await memory.work.claim(9)
    outcome = await memory.work.attempt(claimed)
    await memory.desk.cancel(reminder.id)

    await memory.work.finish(outcome)

    assert memory.promised[0].result() == ()
    assert memory.outcomes == []


async def test_what_is_missed_takes_no_places(memory: Memory) -> None:
    memory.free = 9
    await memory.create(SOON, late=Late.SKIP)
    memory.clock.advance_to(SOON + 10 * MINUTE)

    await memory.loop.run_once()

    assert memory.promised == []
    assert await memory.states() == ["missed"]
