"""The desk refuses wrong reminders, and changes, pauses and ends others."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.reminders.remembering import DAY, MINUTE, Memory, at, draft
from wechat_scheduler.errors import ConflictError, NotFoundError
from wechat_scheduler.reminders.model import PeopleChange, ReminderState
from wechat_scheduler.reminders.refused_reminders import (
    PastError,
    ReminderError,
    RuleError,
    ZoneError,
)

EIGHT = at("2026-11-19T08:00")
PAST = at("2026-11-17T08:00")
FAR = 200 * 366 * DAY


async def test_what_cannot_be_is_refused_and_named(memory: Memory) -> None:
    cases: list[tuple[dict[str, Any], type[ReminderError], str]] = [
        ({"start": PAST}, PastError, "time"),
        ({"defer": -2 * DAY}, PastError, "defer"),
        ({"start": EIGHT + FAR}, ReminderError, "time"),
        ({"start": datetime.fromisoformat("0001-01-01T00:00:00+14:00")}, ReminderError, "time"),
        ({"defer": FAR}, ReminderError, "defer"),
        ({"zone": "Mars/Base"}, ZoneError, "zone"),
        ({"zone": "Asia"}, ZoneError, "zone"),
        ({"zone": "../../etc/passwd"}, ZoneError, "zone"),
        ({"rule": "FREQ=SECONDLY"}, RuleError, "rule"),
        ({"rule": "FREQ=DAILY;BYHOUR=8;BYMINUTE=0;BYSECOND=0,1"}, RuleError, "rule"),
        ({"rule": "FREQ=DAILY\nFREQ=DAILY;BYSECOND=3"}, RuleError, "rule"),
        ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, RuleError, "rule"),
        ({"rule": "FREQ=DAILY;UNTIL=20261101"}, RuleError, "rule"),
        ({"start": PAST, "rule": "FREQ=DAILY;COUNT=1"}, RuleError, "rule"),
        ({"title": "x" * 501}, ReminderError, "title"),
        ({"title": " "}, ReminderError, "title"),
        ({"title": "a\0b"}, ReminderError, "title"),
        ({"detail": "x" * 20_001}, ReminderError, "text"),
        ({"url": "javascript:alert(1)"}, ReminderError, "url"),
        ({"url": "https://x/a b"}, ReminderError, "url"),
        ({"grace": -MINUTE}, ReminderError, "grace"),
        ({"people": tuple(map(str, range(2001)))}, ReminderError, "to"),
    ]

    for fields, error, field in cases:
        with pytest.raises(error) as caught:
            await memory.create(**{"start": EIGHT} | fields)

        assert (caught.value.field, caught.value.status) == (field, 400)

    assert await memory.listed() == []


async def test_what_is_past_is_refused_with_the_time_it_would_have_had(memory: Memory) -> None:
    with pytest.raises(PastError, match=r"2026-11-17T08:30:00\+0800") as caught:
        await memory.create(PAST, defer=30 * MINUTE)

    assert caught.value.at == PAST + 30 * MINUTE


async def test_who_forgives_may_be_late(memory: Memory) -> None:
    reminder = memory.desk.plan(draft(PAST), forgiving=2 * DAY)

    assert reminder.due_at == PAST


async def test_a_recurrence_begins_with_the_first_occurrence_that_is_ahead(memory: Memory) -> None:
    daily = await memory.create(PAST, rule="FREQ=DAILY;COUNT=9")
    weekly = await memory.create(EIGHT, rule="FREQ=WEEKLY;BYDAY=MO")

    assert (daily.start, daily.rule) == (EIGHT, "FREQ=DAILY;COUNT=7")
    assert weekly.start == at("2026-11-23T08:00")


async def test_an_id_that_is_known_is_the_same_reminder(memory: Memory) -> None:
    twice = [await memory.create(EIGHT, title=title, id="f" * 32) for title in ("first", "second")]

    assert [reminder.title for reminder in twice] == ["first", "first"]


async def test_the_next_times_are_those_at_which_it_is_said(memory: Memory) -> None:
    reminder = await memory.create(EIGHT, rule="FREQ=WEEKLY;COUNT=2", defer=-30 * MINUTE)
    once = await memory.create(EIGHT)

    half_past = EIGHT - 30 * MINUTE
    assert memory.desk.preview(reminder, 5) == (half_past, half_past + 7 * DAY)
    assert memory.desk.preview(once, 5) == (EIGHT,)


async def test_paused_ones_go_on_with_what_is_ahead(memory: Memory, clock: FakeClock) -> None:
    reminder = await memory.create(EIGHT, rule="FREQ=DAILY;COUNT=5")

    paused = [await memory.desk.pause(reminder.id) for _ in range(2)]
    clock.advance_to(EIGHT + DAY + MINUTE)
    ahead = memory.desk.preview(paused[0], 1)
    resumed = await memory.desk.resume(reminder.id)

    assert [each.state for each in paused] == [ReminderState.PAUSED] * 2
    assert (resumed.state, resumed.due_at) == (ReminderState.ACTIVE, EIGHT + 2 * DAY)
    assert (resumed.rule, resumed.missed, ahead) == ("FREQ=DAILY;COUNT=3", 0, (resumed.due_at,))


async def test_a_one_off_whose_time_went_by_while_it_was_paused_is_not_resumed(
    memory: Memory, clock: FakeClock
) -> None:
    reminder = await memory.create(EIGHT)
    await memory.desk.pause(reminder.id)
    clock.advance_to(EIGHT + MINUTE)

    with pytest.raises(PastError):
        await memory.desk.resume(reminder.id)


async def test_what_is_over_cannot_be_moved_but_for_another_time(memory: Memory) -> None:
    reminder = await memory.create(EIGHT)
    await memory.run(EIGHT)

    renamed = await memory.desk.change(reminder.id, lambda each: replace(each, title="neu"))
    with pytest.raises(ConflictError, match="the reminder is done"):
        await memory.desk.pause(reminder.id)
    moved = await memory.desk.change(reminder.id, lambda each: replace(each, start=EIGHT + DAY))

    assert (renamed.state, renamed.title) == (ReminderState.DONE, "neu")
    assert (moved.state, moved.due_at) == (ReminderState.ACTIVE, EIGHT + DAY)


async def test_a_paused_one_stays_so_at_its_new_time(memory: Memory) -> None:
    reminder = await memory.create(EIGHT)
    await memory.desk.pause(reminder.id)

    moved = await memory.desk.change(
        reminder.id, lambda each: replace(each, start=EIGHT + DAY), PeopleChange(join=("UID_z",))
    )

    assert (moved.state, moved.start, moved.due_at) == (ReminderState.PAUSED, EIGHT + DAY, None)
    assert await memory.desk.people(reminder.id) == (("UID_a", "UID_z"), 2)


async def test_nobody_knows_a_reminder_that_is_not_there(memory: Memory) -> None:
    for call in (
        memory.desk.reminder("none"),
        memory.desk.change("none", lambda each: each),
        memory.desk.pause("none"),
        memory.desk.remove("none"),
        memory.desk.join("none", "UID_a"),
    ):
        with pytest.raises(NotFoundError):
            await call


async def test_a_shorter_interval_is_refused_only_to_what_is_new(memory: Memory) -> None:
    reminder = await memory.create(EIGHT, rule="FREQ=HOURLY")
    memory.desk.shortest = timedelta(hours=2)

    await memory.run(EIGHT)
    with pytest.raises(RuleError, match="more often than every 7200 s"):
        await memory.create(EIGHT + DAY, rule="FREQ=HOURLY")

    assert (await memory.desk.reminder(reminder.id)).state is ReminderState.ACTIVE
