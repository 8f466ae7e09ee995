"""The next occurrence of a repeating reminder is moved alone; the others come by the rule."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.reminders.remembering import at, draft
from wechat_scheduler.engine.records import replace
from wechat_scheduler.errors import ConflictError
from wechat_scheduler.reminders.firing import fire
from wechat_scheduler.reminders.model import Claimed, Reminder, ReminderState
from wechat_scheduler.reminders.planning import ahead, first, moved_once, starting
from wechat_scheduler.reminders.refused_reminders import OnlyNextError
from wechat_scheduler.web.native.reminders.bodies import ReminderChange
from wechat_scheduler.web.native.reminders.only_next import only_next

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NOW = at("2027-03-01T00:00")
RULES = (
    "FREQ=DAILY", "FREQ=DAILY;BYHOUR=8,20", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,FR",
    "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "WORKDAY-MONTHLY;-1", "LUNAR-MONTHLY;15",
    "FREQ=HOURLY", "FREQ=HOURLY;COUNT=4", "FREQ=DAILY;COUNT=1", "FREQ=DAILY;UNTIL=20270315",
    "FREQ=DAILY;BYHOUR=9;COUNT=3\nFREQ=DAILY;BYHOUR=21;COUNT=2", "FREQ=DAILY\nEXDATE:20270314",
)  # fmt: skip


def planned(reminder: Reminder) -> Reminder:
    return starting(reminder, first(reminder, now=NOW, shortest=MINUTE))


def fired(reminder: Reminder) -> list[datetime]:
    """Its first occurrences, each fired when it is due."""
    found: list[datetime] = []
    while len(found) < 4 and reminder.state is ReminderState.ACTIVE and reminder.due_at:
        found.append(reminder.start)
        reminder = fire(Claimed(reminder=reminder, people=(), claim="c"), reminder.due_at).next
    return found


@pytest.mark.parametrize(
    "zone", ["Asia/Shanghai", "America/New_York"]
)  # its clocks change on the 14th
def test_only_the_next_one_of_any_rule_comes_at_another_time(zone: str) -> None:
    start = datetime(2027, 3, 13, 7, 30, tzinfo=UTC)
    for rule in RULES:
        before = planned(draft(start=start, rule=rule, zone=zone))
        next_one, *others = fired(before)
        for shift in (-DAY, -17 * MINUTE, 17 * MINUTE):
            moved = planned(moved_once(before, next_one + shift, now=NOW))
            again = planned(moved_once(moved, moved.start - MINUTE, now=NOW))
            back = planned(moved_once(again, next_one, now=NOW))

            assert fired(moved) == [next_one + shift, *others], (rule, shift)
            assert fired(again) == [next_one + shift - MINUTE, *others], (rule, shift)
            assert (back.timing, back.due_at) == (before.timing, before.due_at), (rule, shift)
        if others:
            with pytest.raises(OnlyNextError):
                moved_once(before, others[0], now=NOW)


def test_of_a_paused_reminder_the_next_one_from_now_on_is_moved() -> None:
    start = at("2026-11-19T08:00")
    paused = replace(draft(start=start, rule="FREQ=DAILY;COUNT=9"), state=ReminderState.PAUSED)
    later = start + 3 * DAY - MINUTE

    moved = moved_once(paused, start + 3 * DAY + 2 * MINUTE, now=later)

    assert ahead(moved, now=later, most=2) == (
        start + 3 * DAY + 2 * MINUTE,
        start + 4 * DAY,
    )
    assert moved.rule == "FREQ=DAILY;COUNT=6\nRECURRENCE-ID:20261122T000000Z"


def test_a_request_moves_the_occurrence_that_it_found_and_no_later_one() -> None:
    stored = planned(draft(start=at("2027-03-02T08:00"), rule="FREQ=DAILY"))
    body = ReminderChange(only_next=True, time=stored.start + MINUTE)
    edit, _ = only_next(body, stored, now=NOW)
    after = fire(Claimed(reminder=stored, people=(), claim="c"), stored.start).next

    with pytest.raises(ConflictError):
        edit(after)

    assert edit(replace(stored, title="x")).start == stored.start + MINUTE
