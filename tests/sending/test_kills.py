"""The short form of `tests/endurance/messages.py`."""

from pathlib import Path

from tests.sending.kills import survives


async def test_a_kill_loses_nothing_and_shows_nothing_twice_unsaid(tmp_path: Path) -> None:
    ending = await survives(tmp_path, "template", "text", people=60, kills=1, seed=4)

    assert len(ending.shown) == 60
