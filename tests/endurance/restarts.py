"""The full form of `tests/restart/test_restarts.py`: `pytest -s tests/endurance/restarts.py`."""

from pathlib import Path

import pytest

from tests.restart.relay import survives


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
async def test_a_busy_crowd_notices_none_of_twenty_restarts(loop: str, tmp_path: Path) -> None:
    if loop == "asyncio":
        (tmp_path / "uvloop.py").write_text("raise ModuleNotFoundError")

    people = await survives(
        tmp_path / "state",
        restarts=20,
        staying=32,
        leaving=32,
        between=3000,
        environ={"PYTHONPATH": str(tmp_path)},
    )

    print(
        f"{loop}: 20 restarts, {people.answers} answers, {len(people.failures)} failures, "
        f"{people.goodbyes} goodbyes, longest wait {people.longest:.2f} s"
    )
    assert people.failures == []
