"""SIGKILL at a random moment; the full form is in `tests/endurance`."""

from pathlib import Path

from tests.keeper.kills import survives


async def test_a_daemon_that_is_killed_in_a_storm_loses_nothing_committed(tmp_path: Path) -> None:
    tally = await survives(tmp_path, kills=3, accounts=4, seed=20261122)

    assert tally["resting"]
    assert tally["underway"]
