"""Rules fire on the dates of printed calendars."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from wechat_scheduler.reminders.recurrence import lunar, workdays
from wechat_scheduler.reminders.recurrence.parsing import read_rule
from wechat_scheduler.reminders.recurrence.rule import anchored
from wechat_scheduler.reminders.recurrence.series import following, upcoming

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")


def series(
    rule: str, start: str, *, zone: ZoneInfo = SHANGHAI, after: str = "", most: int = 4
) -> list[str]:
    """The wall times (`YYYY-MM-DD HH:MM`) from `start` on, or after `after`."""
    first = datetime.fromisoformat(start).replace(tzinfo=zone)
    since = datetime.fromisoformat(after).replace(tzinfo=zone) if after else first - timedelta(1)
    found = upcoming(
        anchored(read_rule(rule), first), start=first, after=since, zone=zone, most=most
    )
    return [f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in found]


def days(rule: str, start: str, *, most: int = 4) -> list[str]:
    return [wall.split()[0] for wall in series(rule, f"{start}T08:00", most=most)]


def test_a_rule_fires_on_the_days_the_calendar_says() -> None:
    cases = [
        ("", "2026-01-31", "2026-01-31"),
        ("FREQ=MONTHLY", "2026-01-31", "2026-01-31 2026-03-31 2026-05-31 2026-07-31"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
            "2028-01-31",
            "2028-01-31 2028-02-29 2028-03-31 2028-04-30",
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-02-01", "2026-02-28 2026-03-31 2026-04-30 2026-05-31"),
        ("FREQ=YEARLY", "2024-02-29", "2024-02-29 2028-02-29 2032-02-29 2036-02-29"),
        ("FREQ=YEARLY", "2096-02-29", "2096-02-29 2104-02-29 2108-02-29 2112-02-29"),
        # 母亲节 is the second Sunday of May.
        (
            "FREQ=YEARLY;BYMONTH=5;BYDAY=2SU",
            "2026-01-01",
            "2026-05-10 2027-05-09 2028-05-14 2029-05-13",
        ),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2026-11-18", "2026-11-27 2026-12-25 2027-01-29 2027-02-26"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE",
            "2026-11-18",
            "2026-11-18 2026-11-30 2026-12-02 2026-12-14",
        ),
        ("FREQ=DAILY;COUNT=2", "2026-11-18", "2026-11-18 2026-11-19"),
        ("FREQ=DAILY;UNTIL=20261119", "2026-11-18", "2026-11-18 2026-11-19"),
        ("FREQ=DAILY;UNTIL=20261119T075959", "2026-11-18", "2026-11-18"),
        ("FREQ=DAILY;UNTIL=20261119T000000Z", "2026-11-18", "2026-11-18 2026-11-19"),
        ("FREQ=DAILY;COUNT=3\nEXDATE:20261119T080000", "2026-11-18", "2026-11-18 2026-11-20"),
        ("FREQ=DAILY;COUNT=4\nEXDATE:20261118,20261120", "2026-11-18", "2026-11-19 2026-11-21"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1;COUNT=2\nFREQ=WEEKLY;BYDAY=TU;COUNT=2",
            "2026-11-18",
            "2026-11-24 2026-12-01 2027-01-01",
        ),
        # 中秋, 除夕 (the 29th in 2025, 2026 and 2027, the 30th in 2024), 腊八 in the next solar year.
        ("LUNAR-YEARLY;08-15", "2026-01-01", "2026-09-25 2027-09-15 2028-10-03 2029-09-22"),
        ("LUNAR-YEARLY;12-LAST", "2024-01-01", "2024-02-09 2025-01-28 2026-02-16 2027-02-05"),
        ("LUNAR-YEARLY;12-30", "2024-01-01", "2024-02-09 2025-01-28 2026-02-16 2027-02-05"),
        ("LUNAR-YEARLY;12-8;COUNT=2", "2025-12-01", "2026-01-26 2027-01-15"),
        # 2025 has a leap sixth month, 2026 has none.
        ("LUNAR-YEARLY;L06-15", "2025-01-01", "2025-08-08 2026-07-28 2027-07-18 2028-08-05"),
        ("LUNAR-YEARLY;06-15", "2025-01-01", "2025-07-09 2026-07-28 2027-07-18 2028-08-05"),
        ("LUNAR-MONTHLY;01", "2025-06-01", "2025-06-25 2025-07-25 2025-08-23 2025-09-22"),
        ("LUNAR-MONTHLY;LAST;UNTIL=20250301", "2025-01-01", "2025-01-28 2025-02-27"),
        ("TERM;清明", "2024-01-01", "2024-04-04 2025-04-04 2026-04-05 2027-04-05"),
        ("TERM;冬至", "2024-01-01", "2024-12-21 2025-12-21 2026-12-22 2027-12-22"),
        # 国庆 2026: Sunday 20 September and Saturday 10 October are worked.
        ("WORKDAY", "2026-09-18", "2026-09-18 2026-09-20 2026-09-21 2026-09-22"),
        ("WORKDAY", "2026-10-01", "2026-10-08 2026-10-09 2026-10-10 2026-10-12"),
        ("WORKDAY-MONTHLY;1;COUNT=3", "2026-09-30", "2026-10-08 2026-11-02 2026-12-01"),
        ("WORKDAY-MONTHLY;-1;COUNT=3", "2026-09-01", "2026-09-30 2026-10-30 2026-11-30"),
    ]

    found = [(rule, start, " ".join(days(rule, start))) for rule, start, _ in cases]

    assert found == cases


def test_wall_time_is_kept_across_a_change_of_the_clocks() -> None:
    cases = [
        (NEW_YORK, "FREQ=DAILY", "2026-03-07T02:30", ["03-07 02:30", "03-08 03:00", "03-09 02:30"]),
        (BERLIN, "FREQ=DAILY", "2026-03-28T02:15", ["03-28 02:15", "03-29 03:00", "03-30 02:15"]),
        (NEW_YORK, "FREQ=DAILY", "2026-10-31T01:30", ["10-31 01:30", "11-01 01:30", "11-02 01:30"]),
        (BERLIN, "FREQ=WEEKLY", "2026-10-18T08:00", ["10-18 08:00", "10-25 08:00", "11-01 08:00"]),
        (BERLIN, "FREQ=HOURLY", "2026-03-29T01:30", ["03-29 01:30", "03-29 03:30", "03-29 04:30"]),
        (BERLIN, "FREQ=HOURLY", "2026-10-25T02:30", ["10-25 02:30", "10-25 02:30", "10-25 03:30"]),
    ]

    for zone, rule, start, expected in cases:
        found = series(rule, start, zone=zone, most=3)

        assert (rule, [wall.removeprefix("2026-") for wall in found]) == (rule, expected)


def test_several_times_a_day_keep_theirs_when_the_start_moves() -> None:
    rule = "FREQ=DAILY;BYHOUR=20;BYMINUTE=30\nFREQ=WEEKLY;BYDAY=WE"

    found = series(rule, "2026-11-17T08:05", most=4)

    assert [wall[8:] for wall in found] == ["17 20:30", "18 08:05", "18 20:30", "19 20:30"]


def test_a_count_is_what_is_left_from_the_occurrence_on() -> None:
    start = datetime(2026, 11, 18, tzinfo=UTC)

    second = following(read_rule("FREQ=DAILY;COUNT=3"), start=start, after=start, zone=SHANGHAI)

    assert second is not None
    assert (second.at.day, str(second.rule)) == (19, "FREQ=DAILY;COUNT=2")


def test_a_one_off_fires_once() -> None:
    start = datetime(2026, 11, 18, tzinfo=UTC)

    assert following(read_rule(""), start=start, after=start, zone=SHANGHAI) is None


def test_what_never_fires_from_its_start_is_over() -> None:
    cases = [
        "FREQ=DAILY;INTERVAL=7;BYDAY=SU",
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=5",
        "FREQ=DAILY;UNTIL=20200101",
        "FREQ=MINUTELY;UNTIL=20200101",
    ]

    assert [rule for rule in cases if series(rule, "2027-11-18T08:00")] == []


def test_lunar_dates_end_with_their_table() -> None:
    assert series("LUNAR-YEARLY;01-01", "2099-06-01T08:00") == ["2100-02-09 08:00"]
    assert lunar.term(2101, "清明") == ()


def test_beyond_what_is_announced_monday_to_friday_are_worked() -> None:
    week = [date(2090, 10, day) for day in range(2, 9)]

    assert not workdays.announced(2090)
    assert [workdays.is_workday(day) for day in week] == [True] * 5 + [False] * 2


def test_an_occurrence_that_is_moved_alone_leaves_the_others_where_they_are() -> None:
    cases = [
        # later and earlier, to another hour and another day
        ("FREQ=DAILY\nRECURRENCE-ID:20261118T000000Z", "2026-11-18T15:00", "18 15:00, 19 08:00, 20 08:00"),
        ("FREQ=DAILY\nRECURRENCE-ID:20261119T000000Z", "2026-11-18T15:00", "18 15:00, 20 08:00, 21 08:00"),
        # every second week, every five hours: they count from where they stood
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE\nRECURRENCE-ID:20261118T000000Z", "2026-11-24T09:00", "24 09:00, 02 08:00, 16 08:00"),
        ("FREQ=HOURLY;INTERVAL=5\nRECURRENCE-ID:20261118T000000Z", "2026-11-18T09:30", "18 09:30, 18 13:00, 18 18:00"),
        # of three in all it is one
        ("FREQ=DAILY;COUNT=3\nRECURRENCE-ID:20261118T000000Z", "2026-11-18T20:00", "18 20:00, 19 08:00, 20 08:00"),
        ("FREQ=DAILY;COUNT=1\nRECURRENCE-ID:20261118T000000Z", "2026-11-18T20:00", "18 20:00"),
    ]  # fmt: skip

    for rule, start, expected in cases:
        found = [wall[8:] for wall in series(rule, start, most=4)][: 1 + expected.count(",")]
        assert ", ".join(found) == expected, rule
