"""`config show`, `check-config` and `doctor` beside a daemon, and where none runs."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from tests.cli.commands import Ended, invoke
from tests.house import WeChat, daemon, daemon_config, wechat
from wechat_scheduler.cli.running_settings import in_force
from wechat_scheduler.engine.clock import SystemClock


class Running(NamedTuple):
    """A daemon whose settings no option names."""

    state: Path
    url: str
    wechat: str


@pytest.fixture
async def weixin() -> AsyncIterator[WeChat]:
    async with wechat(SystemClock()) as running:
        yield running


@pytest.fixture
async def running(tmp_path: Path, weixin: WeChat) -> AsyncIterator[Running]:
    state = tmp_path / "state"
    async with daemon(state, weixin.url, loops=False) as keeper:
        yield Running(state, keeper.daemon.url, weixin.url)


async def command(*words: str) -> Ended:
    """In a thread: the daemon runs in this one."""
    return await asyncio.to_thread(invoke, *words)


async def test_config_show_asks_the_running_daemon(running: Running) -> None:
    ended = await command("config", "show", "--state", str(running.state))

    first, *lines = ended.out.splitlines()
    assert first == f"# in force in the daemon at {running.url}"
    assert f"wechat.api = {running.wechat}" in lines


async def test_config_show_remarks_what_is_another_here(running: Running) -> None:
    words = ["config", "show", "--state", str(running.state), "--host", "10.0.0.7"]

    plain, with_origins = await command(*words), await command(*words, "--origin")

    (host,) = (line for line in plain.out.splitlines() if line.startswith("server.host"))
    assert " ".join(host.split()) == "server.host = 127.0.0.1 # flag --host says 10.0.0.7"
    (host,) = (line for line in with_origins.out.splitlines() if line.startswith("server.host"))
    assert host.endswith("# the daemon; flag --host says 10.0.0.7")


def test_config_show_without_a_daemon_shows_how_one_would_start(tmp_path: Path) -> None:
    ended = invoke("config", "show", "--state", str(tmp_path), "--host", "10.0.0.7")

    first, *lines = ended.out.splitlines()
    assert first == f"# no daemon runs on {tmp_path}; a daemon with these options would start with:"
    assert "server.host = 10.0.0.7" in lines


async def test_config_show_says_why_it_could_not_ask(running: Running) -> None:
    (running.state / "admin.key").unlink()

    ended = await command("config", "show", "--state", str(running.state))

    assert ended.out.startswith("# the running daemon was not asked: ")


async def test_a_reload_changes_what_is_in_force(tmp_path: Path) -> None:
    async with daemon(tmp_path, "http://127.0.0.1:9", loops=False) as keeper:
        before = keeper.daemon.running.config
        log = msgspec.structs.replace(before.log, level="debug")
        keeper.daemon.adjust(msgspec.structs.replace(before, log=log))

        answer = await keeper.call("GET", "/v1/settings", key=keeper.daemon.admin_key)

        assert {"path": "log.level", "value": "debug"} in answer.result


async def test_doctor_examines_what_is_in_force(running: Running) -> None:
    ended = await command("doctor", "--state", str(running.state))

    settings = ended.out.splitlines()[1]
    assert settings.startswith(
        f"ok    settings            those in force in the daemon at {running.url}"
    )
    assert f"wechat.api = {running.wechat}" in settings
    assert (
        f"ok    wechat              127.0.0.1:{running.wechat.rpartition(':')[2]} answers"
        in ended.out
    )


async def test_doctor_warns_of_an_option_that_the_daemon_does_not_have(running: Running) -> None:
    ended = await command("doctor", "--state", str(running.state), "--host", "10.0.0.7")

    assert (
        "warn  settings            the daemon runs with server.host = 127.0.0.1, and flag --host says "
        "10.0.0.7; leave it out: it changes nothing in a daemon that runs" in ended.out.splitlines()
    )


async def test_doctor_says_nothing_of_a_password_where_only_alert_targets_are_masked(
    tmp_path: Path, weixin: WeChat
) -> None:
    robot = {"name": "ops", "kind": "wecom", "url": "https://qyapi.weixin.qq.com/x?key=robotskey"}
    targets = [robot, {"name": "hook", "kind": "webhook", "url": "https://hook.example/secretpath"}]
    async with daemon(tmp_path / "state", weixin.url, loops=False, alerts__targets=targets):
        ended = await command("doctor", "--state", str(tmp_path / "state"))

    assert '"name":"ops"' in ended.out
    assert "password" not in ended.out
    assert "robotskey" not in ended.out
    assert "secretpath" not in ended.out


async def test_doctor_says_that_a_changed_file_waits_for_a_restart(running: Running) -> None:
    file = running.state / "config.toml"
    file.write_text('[wechat]\ntimeout = "3s"\n[refresh]\nslots = 3\n')

    ended = await command("doctor", "--state", str(running.state), "--config", str(file))

    advice = [line.rpartition("; ")[2] for line in ended.out.splitlines() if "says 3" in line]
    assert advice == [
        "stop the daemon, or its container, and start it again, if the daemon is to run with it",
        "send SIGHUP to the daemon, or to its container, if the daemon is to run with it",
    ]


async def test_doctor_takes_two_files_with_one_secret_for_the_same(running: Running) -> None:
    copy, file = running.state / "copy.key", running.state / "config.toml"
    copy.write_bytes((running.state / "sealing.key").read_bytes())
    copy.chmod(0o600)
    file.write_text(f'[state]\nsealing_key_file = "{copy}"\n')

    same = await command("doctor", "--state", str(running.state), "--config", str(file))
    copy.write_text("another")
    other = await command("doctor", "--state", str(running.state), "--config", str(file))

    assert "state.sealing_key_file" not in same.out
    assert f"says {copy}" in other.out


@pytest.mark.parametrize(
    ("held", "known"),
    [
        ("postgresql://me:word@host/name", True),
        ("postgresql://me:word@other/name", False),
        ("", False),
    ],
)
def test_the_password_of_a_daemons_database_is_read_from_the_file_that_it_names(
    tmp_path: Path, held: str, known: bool
) -> None:
    mine = daemon_config(tmp_path, "http://127.0.0.1:9")
    file = tmp_path / "database"
    file.write_text(held)
    values = {
        "state.database": "postgresql://me:[redacted]@host/name",
        "state.database_file": str(file),
    }

    config = in_force(mine, values)

    assert config.state.database == (held if known else mine.state.database)


def test_doctor_without_a_daemon_examines_these_options(tmp_path: Path) -> None:
    ended = invoke(
        "doctor", "--state", str(tmp_path / "none"), "--wechat-api", "http://127.0.0.1:9"
    )

    assert ended.out.splitlines()[1].startswith(
        "ok    settings            those of these options and of the configuration: no daemon runs"
    )


@pytest.mark.parametrize(
    ("setting", "content", "sentence"),
    [
        ("reminders.font", None, "{file} does not exist"),
        ("reminders.font", "no font", "{file} is not a font: name a .ttf, .otf or .ttc"),
        (
            "state.sealing_key_file",
            "no key",
            "{file} does not hold one base64 key of 32 bytes per line",
        ),
        ("state.dir", "a file", "{file} is a file: name a folder"),
    ],
)
def test_check_config_looks_at_the_files_it_names(
    tmp_path: Path, setting: str, content: str | None, sentence: str
) -> None:
    file, source = tmp_path / "named", tmp_path / "config.toml"
    if content is not None:
        file.write_text(content)
        file.chmod(0o600)
    section, _, name = setting.partition(".")
    source.write_text(f'[{section}]\n{name} = "{file}"\n')
    where = [] if setting == "state.dir" else ["--state", str(tmp_path)]

    ended = invoke("check-config", "--config", str(source), *where)

    assert ended.code == 2
    assert ended.sentence == f"wechat-scheduler: {source}: {setting}: {sentence.format(file=file)}"


@pytest.mark.parametrize(
    ("database", "sentence"),
    [
        ("{folder}", "{folder} is a folder: name a file in it"),
        ("{folder}/x/y", "{folder}/x is not a folder: create it"),
    ],
)
def test_check_config_looks_at_the_place_of_the_database(
    tmp_path: Path, database: str, sentence: str
) -> None:
    url = f"sqlite://{database.format(folder=tmp_path)}"

    ended = invoke("check-config", "--state", str(tmp_path / "state"), "--database", url)

    assert ended.code == 2
    assert (
        ended.sentence == f"wechat-scheduler: flag --database: {sentence.format(folder=tmp_path)}"
    )


@pytest.mark.parametrize("name", ["daemon.lock", "admin.key", "sealing.key"])
def test_no_daemon_starts_on_a_database_that_is_a_file_of_its_own(
    tmp_path: Path, name: str
) -> None:
    file = tmp_path / name

    ended = invoke("serve", "--state", str(tmp_path), "--database", f"sqlite://{file}")

    assert ended.sentence == (
        f"wechat-scheduler: {file} is the daemon's own file {file}: name another"
    )
    assert not any(tmp_path.iterdir())


def test_check_config_is_content_with_files_that_the_first_start_makes(tmp_path: Path) -> None:
    ended = invoke("check-config", "--state", str(tmp_path / "state"))

    assert (ended.code, ended.err) == (0, "")
