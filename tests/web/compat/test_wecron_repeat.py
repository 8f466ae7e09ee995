"""WeCron's `repeat` as a rule and back, and the times that it sends with milliseconds."""

from datetime import UTC, datetime, timedelta

from tests.cases import raising
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reminders.recurrence.parsing import read_rule
from wechat_scheduler.web.compat.wecron.drafts import mark_of, milliseconds
from wechat_scheduler.web.compat.wecron.repeat import repeat_of, rule_of_repeat

RULES: list[tuple[dict[str, int], str]] = [
    ({}, ""),
    ({"year": 0, "month": 0}, ""),
    ({"year": 1}, "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
    ({"month": 1}, "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
    ({"week": 2}, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
    ({"day": 7}, "FREQ=DAILY;INTERVAL=7"),
    ({"hour": 24}, "FREQ=HOURLY;INTERVAL=24"),
    ({"year": 1, "month": 6}, "FREQ=MONTHLY;INTERVAL=18;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
]


def test_a_wecron_repeat_is_a_rule_and_back() -> None:
    for repeat, rule in RULES:
        found = rule_of_repeat(repeat, datetime(2024, 1, 30, 8))  # noqa: DTZ001 - its day is all that counts

        assert str(found) == rule, (repeat, rule)
        assert read_rule(rule) == found, (repeat, rule)
        if len(repeat) == 1:
            assert repeat_of(found) == repeat, (repeat, rule)


NO_RULES: list[dict[str, object]] = [
    {"month": 1, "day": 1},
    {"minute": 5},
    {"day": 101},
    {"day": -1},
    {"day": "1"},
    {"day": True},
]


def test_a_wecron_repeat_that_no_rule_can_say_is_refused() -> None:
    for repeat in NO_RULES:
        with raising(InvalidRequestError, repeat):
            rule_of_repeat(repeat, datetime(2024, 1, 30, 8))  # noqa: DTZ001 - its day is all that counts


UNSAYABLE: list[str] = [
    "FREQ=WEEKLY;BYDAY=MO,WE",
    "FREQ=DAILY;BYHOUR=8,20",
    "FREQ=MONTHLY;BYDAY=1MO",
    "FREQ=YEARLY;BYMONTH=1,7",
    "FREQ=MINUTELY",
    "LUNAR-YEARLY;08-15",
    "FREQ=DAILY;BYHOUR=8\nFREQ=DAILY;BYHOUR=9",
]


def test_what_wecron_cannot_say_has_no_repeat() -> None:
    for rule in UNSAYABLE:
        assert repeat_of(read_rule(rule)) == {}, rule


SENT = datetime(2026, 11, 18, 8, 7, 5, 431_000, tzinfo=UTC)


MILLISECONDS: list[tuple[timedelta, int]] = [
    (timedelta(0), 431),
    (timedelta(hours=5), 431),  # its next occurrence
    (timedelta(minutes=1), 0),  # changed on its page
    (timedelta(seconds=-5), 0),
]


def test_milliseconds_stay_with_the_minute_and_second_they_came_with() -> None:
    for moved, kept in MILLISECONDS:
        sent = int(SENT.timestamp()) * 1000 + 431
        start = SENT.replace(microsecond=0) + moved

        shown = milliseconds(start, mark_of(sent))

        assert shown == int(start.timestamp()) * 1000 + kept, (moved, kept)


def test_whole_seconds_and_marks_of_old_releases_are_read() -> None:
    start = SENT.replace(microsecond=0)
    seconds = int(start.timestamp()) * 1000

    assert mark_of(seconds) == ""
    assert milliseconds(start, "") == seconds
    assert milliseconds(start, "431") == seconds + 431
