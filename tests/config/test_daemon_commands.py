"""The commands that advice names: the unit's, or others."""

from pathlib import Path

import pytest

from wechat_scheduler.config import daemon_commands as commands


def test_advice_names_the_unit_only_where_it_keeps_the_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "SYSTEMD", tmp_path)
    under_systemd = commands.daemon_commands(commands.INSTALLED_STATE)
    of_a_person = commands.daemon_commands(tmp_path)
    monkeypatch.setattr(commands, "SYSTEMD", tmp_path / "none")
    in_a_container = commands.daemon_commands(commands.INSTALLED_STATE)

    assert under_systemd == commands.UNIT
    for one in (of_a_person, in_a_container):
        assert not [how for how in one if "systemctl" in how or "journalctl" in how]
    assert f"wechat-scheduler --state {tmp_path}," in of_a_person.start
    assert "--state '/a b'" in commands.daemon_commands(Path("/a b")).start
