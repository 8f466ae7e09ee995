"""Whose state folder a command means where nothing names one."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from wechat_scheduler.config.loading import load
from wechat_scheduler.config.state_folder import state_folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / ".local" / "state" / "wechat-scheduler"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    folder = tmp_path / "var" / "wechat-scheduler"
    folder.mkdir(parents=True)
    return folder


def found(tmp_path: Path, installed: Path | None, **environ: str) -> tuple[Path, str]:
    file = tmp_path / "config.toml"
    file.touch()
    environ = {"HOME": str(tmp_path), **environ}
    loaded = load(file=file, flags={}, environ=environ, installed=installed)
    (origin,) = (one.origin for one in loaded.origins if one.path == "state.dir")
    return loaded.config.state.dir, origin


def left(folder: Path) -> None:
    """What a daemon leaves that was killed."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "daemon.lock").touch()
    (folder / "daemon.url").write_text("http://127.0.0.1:9001\n")


def test_a_user_without_a_state_means_the_installed_daemon(
    tmp_path: Path, own: Path, installed: Path
) -> None:
    assert not own.exists()
    assert found(tmp_path, installed) == (installed, "the installed daemon")


def test_without_an_installed_daemon_it_is_the_users_own(
    tmp_path: Path, own: Path, installed: Path
) -> None:
    assert found(tmp_path, installed / "none") == (own, "default")
    assert found(tmp_path, None) == (own, "default")


@pytest.mark.parametrize(
    ("own_runs", "installed_runs", "is_own"),
    [(True, True, True), (True, False, True), (False, True, False), (False, False, True)],
)
def test_of_two_states_it_is_the_one_in_use_and_the_users_own_first(
    tmp_path: Path, own: Path, installed: Path, own_runs: bool, installed_runs: bool, is_own: bool
) -> None:
    left(own)
    left(installed)
    with ExitStack() as daemons:
        for folder, it_runs in ((own, own_runs), (installed, installed_runs)):
            if it_runs:
                daemons.enter_context(state_folder(folder, database="postgresql://"))

        assert found(tmp_path, installed)[0] == (own if is_own else installed)


def test_systemds_link_is_found_by_a_user_who_cannot_follow_it(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "private" / "wechat-scheduler")

    assert found(tmp_path, link) == (link, "the installed daemon")


def test_what_names_a_folder_comes_first(tmp_path: Path, installed: Path) -> None:
    with state_folder(installed, database="postgresql://"):
        by_systemd = found(tmp_path, installed, STATE_DIRECTORY="/srv/state")
        by_us = found(tmp_path, installed, WECHAT_SCHEDULER_STATE_DIR="/s")

    assert (by_systemd[0], by_us[0]) == (Path("/srv/state"), Path("/s"))


def test_a_user_without_a_home_means_the_installed_daemon(tmp_path: Path, installed: Path) -> None:
    assert found(tmp_path, installed, HOME="")[0] == installed
