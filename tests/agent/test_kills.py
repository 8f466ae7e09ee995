"""The short form of `tests/endurance/agent.py`."""

from datetime import timedelta
from pathlib import Path

from tests.agent.kills import survives


async def test_kills_in_the_midst_of_rotations_leave_no_half_file_and_lose_no_signal(
    tmp_path: Path,
) -> None:
    tally = await survives(tmp_path, rotations=4, seed=0, lifetime=timedelta(hours=2))

    assert tally.kills
