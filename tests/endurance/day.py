"""The full form of `tests/unfair/test_day.py`, and of the day of failures in `tests/faults/test_days.py`:
`pytest -s tests/endurance/day.py`, half a minute."""

from datetime import timedelta
from pathlib import Path

from tests.faults.test_days import stays_under_the_quota
from tests.unfair.hangs import HANGS
from tests.unfair.test_day import late_in_a_day

DAY = timedelta(hours=24)


def test_a_day_in_which_everything_hangs_in_turn_harms_nothing_healthy(
    tmp_path: Path,
) -> None:
    turn = DAY / (len(HANGS) + 1)

    late = late_in_a_day(tmp_path, [[name] for name in HANGS], turn_takes=turn)

    print(f"{len(HANGS)} things hung for {turn} each; late: {late}")
    assert late == []


async def test_a_whole_day_of_any_failure_stays_under_the_quota(tmp_path: Path) -> None:
    await stays_under_the_quota(tmp_path, before_midnight=timedelta(hours=12), lasts=DAY)
