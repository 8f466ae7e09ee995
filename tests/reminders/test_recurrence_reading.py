"""Rules are read, written back in canonical form, or refused."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reminders.recurrence import series
from wechat_scheduler.reminders.recurrence.parsing import read_rule
from wechat_scheduler.reminders.recurrence.series import following

EVERY_MINUTE = ",".join(map(str, range(60)))


def test_a_rule_is_written_back_canonically() -> None:
    cases = [
        ("", ""),
        ("rrule:freq=monthly;bymonthday=25", "FREQ=MONTHLY;BYMONTHDAY=25"),
        ("FREQ=WEEKLY;COUNT=3;BYDAY=FR,MO;INTERVAL=1", "FREQ=WEEKLY;BYDAY=MO,FR;COUNT=3"),
        ("FREQ=DAILY\n\nRRULE:FREQ=DAILY;", "FREQ=DAILY"),
        ("FREQ=DAILY\nEXDATE:20261120,20261121T080000", None),
        ("FREQ=DAILY\nRECURRENCE-ID:20261120T000000Z", None),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;WKST=SU", None),
        ("LUNAR-MONTHLY;5;COUNT=2", "LUNAR-MONTHLY;05;COUNT=2"),
        ("LUNAR-YEARLY;L4-15;BYHOUR=8,20", "LUNAR-YEARLY;L04-15;BYHOUR=8,20"),
        ("LUNAR-YEARLY;12-LAST;UNTIL=20301231", None),
        ("TERM;清明节", "TERM;清明"),
        ("workday", "WORKDAY"),
        ("workday-monthly;-1", "WORKDAY-MONTHLY;-1"),
    ]

    for written, canonical in cases:
        rule = read_rule(written)

        assert str(rule) == (written if canonical is None else canonical)
        assert read_rule(str(rule)) == rule


def test_a_rule_that_cannot_be_kept_is_refused_by_name() -> None:
    cases = [
        ("FREQ=FORTNIGHTLY", "FORTNIGHTLY"),
        ("FREQ=SECONDLY", "too often"),
        (f"FREQ=DAILY;BYMINUTE={EVERY_MINUTE};BYSECOND={EVERY_MINUTE}", "more often"),
        ("FREQ=DAILY;BYSECOND=0,30", "more often"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never fires"),
        ("FREQ=DAILY;BYMONTH=4;BYMONTHDAY=31", "never fires"),
        ("FREQ=MONTHLY;BYDAY=53MO", "never fires"),
        ("FREQ=YEARLY;BYDAY=99MO", "never fires"),
        ("INTERVAL=2", "no FREQ"),
        ("FREQ=DAILY;BYEASTER=0", "BYEASTER"),
        ("FREQ=DAILY;FREQ=WEEKLY", "twice"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL must be from 1"),
        ("FREQ=DAILY;INTERVAL=1,2", "one number"),
        ("FREQ=DAILY;COUNT=-1", "COUNT must be from 1"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20271231", "exclude each other"),
        ("FREQ=DAILY;UNTIL=20270230", "UNTIL=20270230"),
        ("FREQ=DAILY;BYHOUR", "BYHOUR"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY must not be 0"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY=XX"),
        ("FREQ=WEEKLY;BYDAY=1MO", "without a number"),
        ("FREQ=MONTHLY;BYDAY=MO,1TU", "mixes"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "cannot be used with WEEKLY"),
        ("FREQ=HOURLY;BYHOUR=9", "cannot be used with HOURLY"),
        ("FREQ=DAILY;WKST=1", "WKST=1"),
        ("FREQ=DAILY;INTERVAL=2\nFREQ=DAILY;INTERVAL=3", "same FREQ and INTERVAL"),
        ("FREQ=HOURLY\nFREQ=DAILY", "only line"),
        ("FREQ=DAILY\nEXDATE:20261120T080000Z", "UTC"),
        ("EXDATE:20261120", "EXDATE needs a rule"),
        ("RECURRENCE-ID:20261120T000000Z", "RECURRENCE-ID needs a rule"),
        ("FREQ=DAILY\nRECURRENCE-ID:20261120T000000", "must be a time in UTC"),
        ("FREQ=DAILY\nRECURRENCE-ID:00011120T000000Z", "must be a time in UTC"),
        (
            "FREQ=DAILY\nRECURRENCE-ID:20261120T000000Z\nRECURRENCE-ID:20261120T000000Z",
            "given twice",
        ),
        ("LUNAR-YEARLY;13-01", "13-01"),
        ("LUNAR-YEARLY", "LUNAR-YEARLY"),
        ("LUNAR-YEARLY;08-15;INTERVAL=2", "INTERVAL"),
        ("TERM;国庆", "国庆"),
        ("HOLIDAY", "HOLIDAY"),
        ("FREQ=DAILY;" * 100, "1000 characters"),
        ("FREQ=DAILY\n" * 21, "20 lines"),
    ]

    for text, named in cases:
        with pytest.raises(InvalidRequestError, match=named):
            read_rule(text)


def test_the_least_time_between_two_is_the_caller_s() -> None:
    read_rule("FREQ=MINUTELY;INTERVAL=5", shortest=timedelta(minutes=5))
    read_rule("FREQ=WEEKLY;BYDAY=MO;BYHOUR=0,23", shortest=timedelta(hours=2))

    for text in ("FREQ=MINUTELY;INTERVAL=4", "FREQ=DAILY;BYHOUR=8;BYMINUTE=0,4"):
        with pytest.raises(InvalidRequestError, match="every 300 s"):
            read_rule(text, shortest=timedelta(minutes=5))
    with pytest.raises(InvalidRequestError, match="more often"):
        read_rule("FREQ=DAILY;BYHOUR=0,23", shortest=timedelta(hours=2))


def test_a_search_is_given_up_within_its_budget() -> None:
    rule = read_rule(
        "\n".join(f"FREQ=DAILY;INTERVAL=7;BYDAY=SU;BYHOUR={hour}" for hour in range(20))
    )
    start = datetime(2026, 11, 18, tzinfo=ZoneInfo("Asia/Shanghai"))

    with pytest.raises(InvalidRequestError, match="too many steps"):
        following(rule, start=start, after=start, zone=ZoneInfo("Asia/Shanghai"))


def test_what_began_long_ago_is_found_in_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [
        ("FREQ=DAILY;INTERVAL=20000", False),
        (f"FREQ=DAILY;BYHOUR=0,9;BYMINUTE={EVERY_MINUTE}", False),
        ("FREQ=MINUTELY", False),
        ("FREQ=MINUTELY;COUNT=10000", True),
    ]

    monkeypatch.setattr(series, "BUDGET", 1_000)
    start = datetime(1995, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    then = start + timedelta(days=20_000)

    for text, is_over in cases:
        found = following(
            read_rule(text),
            start=start,
            after=then - timedelta(minutes=1),
            zone=ZoneInfo("Asia/Shanghai"),
        )

        assert (text, found and found.at) == (text, None if is_over else then)
