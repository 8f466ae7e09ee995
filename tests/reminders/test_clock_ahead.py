"""A clock that was far ahead for a moment puts off no reminder, and counts nothing as missed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.clock import FakeClock
from tests.reminders.remembering import DAY, MINUTE, Memory, at
from wechat_scheduler.reminders.model import Late, ReminderState
from wechat_scheduler.storage.database import Statement, rows_of
from wechat_scheduler.storage.upkeep.clock_set_back import bring_back

EIGHT = at("2026-11-19T08:00")
SENT = "UPDATE deliveries SET state = 'delivered', tried_at = created_at"


async def jumped(memory: Memory, clock: FakeClock, ahead: timedelta) -> None:
    """The clock is ahead for a moment, in which the daemon handles what seems to be due."""
    clock.jump(ahead)
    while await memory.loop.run_once():
        pass
    clock.jump(-ahead)
    await bring_back(memory.database, clock.now())


@pytest.mark.parametrize("late", Late)
@pytest.mark.parametrize("days", [10, 400])
async def test_a_daily_reminder_is_sent_each_day_after_a_jump(
    memory: Memory, clock: FakeClock, late: Late, days: int
) -> None:
    reminder = await memory.create(EIGHT, rule="FREQ=DAILY;COUNT=300", late=late)
    await memory.run(EIGHT)

    await jumped(memory, clock, days * DAY)
    back = await memory.desk.reminder(reminder.id)
    again = Memory(memory.database, clock, "restarted")
    await again.run(EIGHT + 3 * DAY)

    after = await memory.desk.reminder(reminder.id)
    days_told = [time for _, time, _ in await memory.told()]
    assert (back.start, back.due_at, back.fired, back.missed) == (EIGHT + DAY, EIGHT + DAY, 1, 0)
    assert [f"2026-11-{day} 08:00" for day in (19, 20, 21, 22)] == days_told[:4]
    assert (after.fired, after.missed, after.start) == (4, 0, EIGHT + 4 * DAY)
    assert {*await memory.states()} == {"pending"}


async def test_an_occurrence_that_was_sent_early_is_not_sent_twice(
    memory: Memory, clock: FakeClock
) -> None:
    await memory.create(EIGHT, rule="FREQ=WEEKLY")
    clock.jump(10 * DAY)
    await memory.loop.run_once()
    await memory.database.write(lambda: rows_of(Statement(SENT, ())))
    clock.jump(-10 * DAY)
    await bring_back(memory.database, clock.now())

    await memory.run(EIGHT + 14 * DAY)

    assert [time for _, time, _ in await memory.told()] == [
        f"2026-{day} 08:00" for day in ("11-19", "11-26", "12-03")
    ]


@pytest.mark.parametrize("late", [Late.ONCE, Late.SKIP])
async def test_a_one_off_that_was_not_sent_early_is_sent_at_its_time(
    memory: Memory, clock: FakeClock, late: Late
) -> None:
    reminder = await memory.create(EIGHT, late=late)

    await jumped(memory, clock, 10 * DAY)
    await memory.run(EIGHT)

    after = await memory.desk.reminder(reminder.id)
    assert (after.state, after.fired, after.missed) == (ReminderState.DONE, 1, 0)
    assert await memory.states() == ["pending"]


async def test_what_somebody_changed_while_the_clock_was_ahead_stays(
    memory: Memory, clock: FakeClock
) -> None:
    reminder = await memory.create(EIGHT, rule="FREQ=DAILY")
    clock.jump(10 * DAY)
    await memory.loop.run_once()
    await memory.desk.change(reminder.id, lambda it: replace(it, start=EIGHT + 20 * DAY))
    clock.jump(-10 * DAY)

    await bring_back(memory.database, clock.now())

    assert (await memory.desk.reminder(reminder.id)).start == EIGHT + 20 * DAY


async def test_what_was_late_by_a_clock_that_is_right_stays(
    memory: Memory, clock: FakeClock
) -> None:
    reminder = await memory.create(EIGHT, rule="FREQ=DAILY")
    clock.advance_to(EIGHT + 3 * DAY + 60 * MINUTE)
    await memory.loop.run_once()
    before = await memory.desk.reminder(reminder.id)

    await bring_back(memory.database, clock.now())

    assert await memory.desk.reminder(reminder.id) == before
