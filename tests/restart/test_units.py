"""The units: systemd understands them, and they fit the program."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from wechat_scheduler.config import loading, notation
from wechat_scheduler.config.contradictions import longest_attempt
from wechat_scheduler.config.settings import ServerSettings
from wechat_scheduler.daemon.listening import BACKLOG, NAME
from wechat_scheduler.engine.clockwork import STUCK

ROOT = Path(__file__).parents[2]
SERVICE = ROOT / "wechat-scheduler.service"
SOCKET = ROOT / "contrib" / "wechat-scheduler.socket"
INSTALLED = "/opt/wechat-scheduler/bin/wechat-scheduler"

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", "--no-pager", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def settings(unit: Path) -> Iterator[tuple[str, str]]:
    for line in unit.read_text().splitlines():
        if line and not line.startswith(("#", "[")):
            name, _, value = line.partition("=")
            yield name, value


def setting(unit: Path, name: str) -> str:
    (value,) = [value for known, value in settings(unit) if known == name]
    return value


def span(unit: Path, name: str) -> timedelta:
    found = notation.DURATION.from_text(setting(unit, name).replace("min", "m"))
    value = notation.DURATION.read(found)
    assert isinstance(value, timedelta)
    return value


@needs_systemd
def test_systemd_has_nothing_to_say_against_them(tmp_path: Path) -> None:
    program = str(shutil.which("true"))
    for unit in (SERVICE, SOCKET):
        (tmp_path / unit.name).write_text(unit.read_text().replace(INSTALLED, program))

    done = analyze("verify", tmp_path / SERVICE.name, tmp_path / SOCKET.name)

    # It exits with 0 even where it does not know a key.
    assert (done.stdout, done.returncode) == ("", 0)


@needs_systemd
def test_the_service_is_exposed_as_little_as_a_network_service_can_be() -> None:
    done = analyze("security", "--offline=true", "--threshold=15", SERVICE)

    assert done.returncode == 0, done.stdout


def test_the_service_waits_for_what_the_daemon_finishes(tmp_path: Path) -> None:
    config = loading.load(file=None, flags={"state.dir": str(tmp_path)}, environ={}).config

    assert span(SERVICE, "TimeoutStopSec") > config.server.shutdown_grace + longest_attempt(config)


def test_the_service_gives_the_loops_time_to_come_round() -> None:
    assert span(SERVICE, "WatchdogSec") > STUCK


def test_the_socket_is_the_one_that_the_daemon_looks_for() -> None:
    server = ServerSettings()

    assert setting(SOCKET, "ListenStream") == f"{server.host}:{server.port}"
    assert setting(SOCKET, "FileDescriptorName") == NAME
    assert setting(SOCKET, "Backlog") == str(BACKLOG)


def test_the_socket_can_be_kept() -> None:
    assert int(setting(SERVICE, "FileDescriptorStoreMax")) >= 1
    assert setting(SERVICE, "Type") == "notify"
