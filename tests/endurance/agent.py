"""The full form of `tests/agent/test_kills.py`: `pytest -s tests/endurance/agent.py`.

Tokens live for twelve seconds here, so that they expire while nothing renews them.
"""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.agent.kills import survives


@pytest.mark.parametrize("seed", range(2))
async def test_a_hundred_rotations_and_kills_leave_no_half_file_and_no_expired_value(
    tmp_path: Path, seed: int
) -> None:
    tally = await survives(
        tmp_path, rotations=100, seed=seed, lifetime=timedelta(seconds=12), droughts=5
    )

    print(f"seed {seed}: {tally}")
    assert tally.kills > 30
