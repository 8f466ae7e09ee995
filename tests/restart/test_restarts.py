"""Restarts that nobody notices; the full form is in `tests/endurance`."""

from pathlib import Path

from tests.restart.relay import survives


async def test_a_busy_crowd_notices_no_restart(tmp_path: Path) -> None:
    people = await survives(tmp_path, restarts=2, staying=32, leaving=32, between=300)

    assert people.failures == []


async def test_nor_does_it_where_there_is_no_uvloop(tmp_path: Path) -> None:
    people = await survives(
        tmp_path,
        restarts=1,
        staying=8,
        leaving=8,
        between=100,
        first="import sys; sys.modules['uvloop'] = None",
    )

    assert people.failures == []
