"""A due occurrence is sent once; one that was due while the daemon was down, by its policy."""

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from tests.clock import FakeClock
from tests.reminders.remembering import APP, DAY, LEASE, MINUTE, Memory, at
from tests.stores.memory import memory_database
from wechat_scheduler.delivery.model import Priority, TargetKind, Way
from wechat_scheduler.reminders.firing import MOST, MOST_SENT
from wechat_scheduler.reminders.model import Late, ReminderState

EIGHT = at("2026-11-19T08:00")


async def test_a_reminder_is_said_at_its_time_and_done(memory: Memory) -> None:
    reminder = await memory.create(EIGHT, detail="阳台", priority=Priority.URGENT)

    await memory.run(EIGHT)

    (delivery,) = await memory.deliveries()
    found = await memory.messages.message(delivery.message_id)
    assert found is not None
    content = found.message.content
    assert (content.purpose, content.title, content.text) == ("reminder", "浇花", "阳台")
    assert (content.data, content.url) == ({"time": "2026-11-19 08:00"}, "")
    assert (content.landing, content.reminder, content.owner) == (True, reminder.id, "")
    assert (found.message.priority, found.message.notes) == (Priority.URGENT, ())
    after = await memory.desk.reminder(reminder.id)
    assert (after.state, after.due_at, after.fired, after.last_at) == (
        ReminderState.DONE,
        None,
        1,
        EIGHT,
    )


async def test_the_owner_who_joined_and_topics_are_told(memory: Memory) -> None:
    reminder = await memory.create(EIGHT, owner="UID_o", people=("UID_o", "UID_a"), topics=(0, 5))
    await memory.desk.join(reminder.id, "UID_b")

    await memory.run(EIGHT)

    targets = {(each.channel, each.target) for each in await memory.deliveries()}
    people = {(TargetKind.PERSON.value, uid) for uid in ("UID_o", "UID_a", "UID_b")}
    assert targets == people | {(TargetKind.TOPIC.value, "0"), (TargetKind.TOPIC.value, "5")}


async def test_a_callback_is_told_instead_of_people(memory: Memory) -> None:
    await memory.create(EIGHT, way=Way.WEBHOOK)

    await memory.run(EIGHT)

    (delivery,) = await memory.deliveries()
    found = await memory.messages.message(delivery.message_id)
    assert found is not None
    assert (delivery.channel, delivery.target) == ("webhook", "")
    assert '"action":"reminder_due"' in found.message.content.body


@pytest.mark.parametrize(("minutes", "when"), [(-30, "07:30"), (90, "09:30")])
async def test_it_is_said_before_or_after_as_it_was_put_off(
    memory: Memory, minutes: int, when: str
) -> None:
    await memory.create(EIGHT, defer=timedelta(minutes=minutes))
    due = at(f"2026-11-19T{when}")

    await memory.run(due - MINUTE)
    early = await memory.told()
    await memory.run(due)

    assert (early, await memory.told()) == ([], [("浇花", "2026-11-19 08:00", "浇花")])


LATE = "（迟到）原定11月{}日 早上8:00"


@pytest.mark.parametrize(
    ("late", "grace", "said", "states", "counts"),
    [
        (Late.ONCE, 300, [LATE.format(22)], ["pending"], (1, 3)),
        (Late.ALL, 300, [LATE.format(day) for day in (19, 20, 21, 22)], ["pending"] * 4, (4, 0)),
        (Late.SKIP, 300, [LATE.format(day) for day in (19, 20, 21, 22)], ["missed"] * 4, (0, 4)),
        (Late.ONCE, 7200, ["浇花"], ["pending"], (1, 3)),
        (Late.SKIP, 7200, [LATE.format(day) for day in (19, 20, 21)] + ["浇花"],
         ["missed"] * 3 + ["pending"], (1, 3)),
    ],
)  # fmt: skip
async def test_what_nobody_was_up_for(
    memory: Memory, clock: FakeClock, late: Late, grace: int, said: list[str],
    states: list[str], counts: tuple[int, int],
) -> None:  # fmt: skip
    reminder = await memory.create(
        EIGHT, rule="FREQ=DAILY", late=late, grace=timedelta(seconds=grace)
    )
    clock.advance_to(EIGHT + 3 * DAY + 60 * MINUTE)

    await memory.loop.run_once()

    after = await memory.desk.reminder(reminder.id)
    assert [text for *_, text in await memory.told()] == said
    assert await memory.states() == states
    assert ((after.fired, after.missed), after.start) == (counts, EIGHT + 4 * DAY)


async def test_what_is_late_says_so_before_a_long_text(memory: Memory, clock: FakeClock) -> None:
    await memory.create(EIGHT, detail="阳台上的每一盆都要浇，多肉除外")
    clock.advance_to(EIGHT + DAY)

    await memory.loop.run_once()

    ((_, _, text),) = await memory.told()
    assert text == "（迟到）阳台上的每一盆都要浇，多肉除外（原定11月19日 早上8:00）"


async def test_a_one_off_that_is_not_sent_late_is_missed_visibly(
    memory: Memory, clock: FakeClock
) -> None:
    reminder = await memory.create(EIGHT, late=Late.SKIP)
    clock.advance_to(EIGHT + DAY)

    with capture_logs() as logs:
        await memory.loop.run_once()

    (delivery,) = await memory.deliveries()
    assert (await memory.desk.reminder(reminder.id)).state is ReminderState.MISSED
    assert (delivery.state.value, delivery.settled_at) == ("missed", EIGHT + DAY)
    assert [log["event"] for log in logs] == ["reminder.missed"]


@pytest.mark.parametrize(
    ("late", "grace", "said"),
    [
        (Late.ONCE, 5, 6),
        (Late.ALL, 5, MOST_SENT),
        (Late.ONCE, 300, MOST_SENT),
        (Late.SKIP, 300, MOST_SENT),
        (Late.SKIP, 5, 6),
    ],
)
async def test_many_that_fell_due_are_caught_up_in_parts(
    memory: Memory, clock: FakeClock, late: Late, grace: int, said: int
) -> None:
    reminder = await memory.create(
        EIGHT, rule="FREQ=MINUTELY", late=late, grace=timedelta(minutes=grace)
    )
    clock.advance_to(EIGHT + 305 * MINUTE)

    await memory.loop.run_once()
    partly = (await memory.desk.reminder(reminder.id)).start
    while await memory.loop.run_once():
        pass

    after = await memory.desk.reminder(reminder.id)
    assert partly == EIGHT + MOST * MINUTE
    assert (after.fired, after.fired + after.missed) == (said, 306)
    assert len(await memory.deliveries()) == (MOST_SENT if late is Late.SKIP else said)


@pytest.mark.parametrize("days", [MOST_SENT - 1, MOST_SENT, MOST_SENT + 1, 2 * MOST + 7])
async def test_of_years_of_late_occurrences_the_newest_few_are_sent(
    memory: Memory, clock: FakeClock, days: int
) -> None:
    reminder = await memory.create(EIGHT, rule="FREQ=DAILY", late=Late.ALL)
    clock.advance_to(EIGHT + (days - 1) * DAY + 60 * MINUTE)

    while await memory.loop.run_once():
        pass

    sent = [time for _, time, _ in await memory.told()]
    after = await memory.desk.reminder(reminder.id)
    newest = [EIGHT + (days - 1 - number) * DAY for number in range(min(days, MOST_SENT))]
    assert sent == [f"{time + 8 * 60 * MINUTE:%Y-%m-%d %H:%M}" for time in reversed(newest)]
    assert (after.fired, after.missed) == (len(newest), days - len(newest))


async def test_a_clock_that_jumps_neither_fires_twice_nor_skips(
    memory: Memory, clock: FakeClock
) -> None:
    await memory.create(EIGHT, rule="FREQ=DAILY", late=Late.ALL)
    await memory.run(EIGHT)

    clock.jump(-2 * DAY)
    await memory.run(EIGHT + DAY)
    clock.jump(3 * DAY)
    await memory.loop.run_once()
    clock.jump(-3 * DAY)
    await memory.run(EIGHT + 5 * DAY)

    days = [time for _, time, _ in await memory.told()]
    assert days == [f"2026-11-{day} 08:00" for day in (19, 20, 21, 22, 23, 24)]


async def test_what_is_put_off_after_it_was_said_is_said_again(memory: Memory) -> None:
    reminder = await memory.create(EIGHT, defer=-30 * MINUTE)
    await memory.run(EIGHT - 30 * MINUTE)

    await memory.desk.change(reminder.id, lambda draft: replace(draft, defer=timedelta(0)))
    await memory.run(EIGHT)

    assert len(await memory.told()) == 2


async def test_an_outcome_whose_commit_was_not_answered_is_one_message_that_is_sent_at_once(
    memory: Memory,
) -> None:
    await memory.create(EIGHT, rule="FREQ=DAILY")
    memory.clock.advance_to(EIGHT)
    (row,) = await memory.work.claim(1)
    fired = await memory.work.attempt(row)

    await memory.work.finish(fired)
    woken = memory.woken
    await memory.work.finish(fired)

    assert len(await memory.deliveries()) == len(memory.outcomes) == 1
    assert memory.woken > woken


async def test_what_was_changed_while_it_fired_is_said_as_it_is_now(
    memory: Memory, clock: FakeClock
) -> None:
    reminder = await memory.create(EIGHT)
    clock.advance_to(EIGHT)
    (row,) = await memory.work.claim(1)

    await memory.desk.change(reminder.id, lambda draft: replace(draft, title="施肥"))
    await memory.work.finish(await memory.work.attempt(row))
    await memory.loop.run_once()

    assert [title for title, *_ in await memory.told()] == ["施肥"]


async def test_a_rule_that_cannot_be_read_any_more_waits_for_somebody(
    memory: Memory, clock: FakeClock
) -> None:
    reminder = await memory.create(EIGHT, rule="FREQ=DAILY")
    await memory.store.change(replace(reminder, rule="FREQ=NEVER"), None)
    clock.advance_to(EIGHT)

    with capture_logs() as logs:
        await memory.loop.run_once()

    assert (await memory.desk.reminder(reminder.id)).state is ReminderState.PAUSED
    assert [log["event"] for log in logs] == ["reminder.unreadable"]


async def test_the_work_of_a_killed_process_is_taken_over(clock: FakeClock) -> None:
    database = memory_database()
    killed, memory = Memory(database, clock), Memory(database, clock, "there")
    reminder = await killed.create(EIGHT)
    clock.advance_to(EIGHT)
    (row,) = await killed.work.claim(1)
    late = await killed.work.attempt(row)

    waiting = await memory.loop.run_once()
    clock.advance(LEASE)
    taken = await memory.loop.run_once()
    await memory.work.finish(late)

    assert (waiting, taken, len(await memory.deliveries())) == (0, 1, 1)
    assert (await memory.desk.reminder(reminder.id)).app_id == APP
