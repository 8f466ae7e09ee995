"""A year on a clock that jumps from one occurrence to the next, with restarts and kills between."""

from datetime import date, timedelta
from itertools import count
from pathlib import Path

from tests.clock import FakeClock
from tests.reminders.remembering import LEASE, Memory, at, remembering

BEGIN, END = at("2027-06-01T00:00"), at("2028-06-01T00:00")
MONTH_ENDS = (
    "2027-06-30", "2027-07-31", "2027-08-31", "2027-09-30", "2027-10-31", "2027-11-30",
    "2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31",
)  # fmt: skip
LONG_MONTHS = [day for day in MONTH_ENDS if day.endswith("31")]
SUNDAYS = [date(2028, 2, 20) + timedelta(weeks=week) for week in range(6)]
NEW_YORK = "America/New_York"

# Title: rule, start, zone, and where the calendar says that it falls.
YEAR: dict[str, tuple[str, str, str, list[str]]] = {
    "month end": (
        "FREQ=MONTHLY;BYMONTHDAY=-1", "2027-06-30T09:00", "", [f"{day} 09:00" for day in MONTH_ENDS]
    ),
    "on the 31st": (
        "FREQ=MONTHLY", "2027-07-31T09:00", "", [f"{day} 09:00" for day in LONG_MONTHS]
    ),
    "leap day": ("FREQ=YEARLY", "2024-02-29T09:00", "", ["2028-02-29 09:00"]),
    "in the gap": (
        "FREQ=WEEKLY;BYDAY=SU;COUNT=6", "2028-02-20T02:30", NEW_YORK,
        [f"{day} {'03:00' if day == date(2028, 3, 12) else '02:30'}" for day in SUNDAYS],
    ),
    "in the fold": (
        "FREQ=DAILY;UNTIL=20271108", "2027-11-06T01:30", NEW_YORK,
        ["2027-11-06 01:30", "2027-11-07 01:30", "2027-11-08 01:30"],
    ),
    "中秋": ("LUNAR-YEARLY;08-15", "2027-06-01T18:00", "", ["2027-09-15 18:00"]),
    "除夕": ("LUNAR-YEARLY;12-LAST", "2027-06-01T18:00", "", ["2028-01-25 18:00"]),
    "清明": ("TERM;清明", "2027-06-01T08:00", "", ["2028-04-04 08:00"]),
    "three times": (
        "FREQ=DAILY;INTERVAL=100;COUNT=3", "2027-06-02T08:00", "",
        ["2027-06-02 08:00", "2027-09-10 08:00", "2027-12-19 08:00"],
    ),
    "once": ("", "2027-10-01T08:00", "", ["2027-10-01 08:00"]),
}  # fmt: skip


async def test_a_year_with_restarts_and_kills_says_each_occurrence_once(tmp_path: Path) -> None:
    clock, starts = FakeClock(BEGIN), count()
    async with remembering(tmp_path, clock) as memory:
        for title, (rule, start, zone, _) in YEAR.items():
            where = zone or "Asia/Shanghai"
            await memory.create(at(start, where), title=title, rule=rule, zone=where)

    told: list[tuple[str, str]] = []
    while clock.now() < END:
        async with remembering(tmp_path, clock, f"process {next(starts)}") as memory:
            await live(memory, clock)
            told = [(title, time) for title, time, _ in await memory.told()]

    expected = {(title, time) for title, (*_, times) in YEAR.items() for time in times}
    assert len(told) == len(expected)
    assert set(told) == expected


async def live(memory: Memory, clock: FakeClock) -> None:
    """Runs for some occurrences, and dies with a claim."""
    for _ in range(4):
        due = await memory.due.next_due()
        clock.advance_to(min(due, END) if due else END)
        await memory.loop.run_once()
    due = await memory.due.next_due()
    clock.advance_to(min(due, END) if due else END)
    await memory.work.claim(10)
    clock.advance(LEASE if clock.now() < END else timedelta(0))
