"""The full form of `tests/keeper/test_kills.py`: `pytest -s tests/endurance/kills.py`."""

from pathlib import Path

import pytest

from tests.keeper.kills import survives


@pytest.mark.parametrize("seed", range(4))
async def test_twenty_kills_in_a_storm_lose_nothing_committed(
    tmp_path: Path, database_url: str, seed: int
) -> None:
    tally = await survives(tmp_path, database=database_url, kills=20, accounts=8, seed=seed)

    print(
        f"seed {seed}: 20 kills, {tally['resting']} jobs resting, {tally['underway']} underway, "
        f"{tally['asked again']} asked for again"
    )
    assert tally["resting"]
    assert tally["underway"]
    assert not tally["asked twice"]  # each early call is the one that was due or in flight
