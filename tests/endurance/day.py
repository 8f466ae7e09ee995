"""The full form of `tests/unfair/test_day.py`: `pytest -s tests/endurance/day.py`, twenty seconds."""

from datetime import timedelta
from pathlib import Path

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
