"""The command line as a whole: its options, its help, and one sentence for each error."""

import asyncio
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from tests import warm
from tests.cli.commands import Ended, execute, invoke, run, run_warm, terminal
from tests.house import daemon, daemon_config
from tests.program import warm_program
from wechat_scheduler import __version__
from wechat_scheduler.cli.lazy_commands import LazyCommand
from wechat_scheduler.cli.main import program as root
from wechat_scheduler.config.settings import Config
from wechat_scheduler.daemon.opening import open_daemon
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.errors import SchedulerError

HEAVY = {"aiohttp", "aiosqlite", "cryptography", "rich", "structlog"}


def commands(group: click.Group = root, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command, by the words that run it."""
    for name, found in group.commands.items():
        command = found.load() if isinstance(found, LazyCommand) else found
        yield f"{path}{name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")


PORTS = [["-p", "8080"], ["-p8080"], ["-p=8080"], ["--port=8080"], ["--p=8080"], ["--p", "8080"]]


def test_a_port_is_understood_in_every_form_before_and_after_the_command(tmp_path: Path) -> None:
    for port in PORTS:
        for words in ([*port, "config", "show"], ["config", "show", *port]):
            ended = invoke(*words, "--state", str(tmp_path))

            assert "server.port = 8080" in ended.out.splitlines(), words


def test_an_option_after_the_command_overrides_one_before_it() -> None:
    ended = invoke("-p", "1", "--state", "/s", "config", "show", "-p", "2")

    assert {"server.port = 2", "state.dir = /s"} <= set(ended.out.splitlines())


def test_an_invalid_port_is_refused() -> None:
    for port in ("x", "65536", "-1", "=", "8080="):
        ended = invoke(f"-p{port}", "config", "show")

        assert ended.code == 2, port
        assert "is not a port" in ended.err, port


@pytest.mark.parametrize("flag", ["-v", "--version", "--v"])
def test_the_version_is_one_line(flag: str) -> None:
    assert invoke(flag) == Ended(code=0, out=f"wechat-scheduler {__version__}\n", err="")


async def test_python_dash_m_is_the_same_program() -> None:
    ended = await run("--help")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.split() == invoke("-h").out.split()
    assert await run_warm("--help") == ended


def test_every_command_explains_itself_with_an_example() -> None:
    for words, command in commands():
        ended = invoke(*words.split(), "--help", COLUMNS="80")

        assert ended.code == 0, words
        assert ended.out.startswith(f"Usage: wechat-scheduler {words} ")
        assert words.split()[0] in ended.out.partition("Example")[2], words
        # A terminal of 80 columns shows whole summaries.
        listed = ended.out.partition("Commands:\n")[2]
        assert bool(listed) == isinstance(command, click.Group), words
        assert "..." not in listed, words


def test_the_program_lists_its_commands_with_what_they_do() -> None:
    listed = invoke("--help").out.partition("Commands:\n")[2].partition("\n\n")[0]

    names = [line.split()[0] for line in listed.splitlines()]
    assert names == [found.name for found in root.commands.values()]
    assert all(line.endswith(".") for line in listed.splitlines())


# In this order: each step says what the commands so far have imported, and all but the last ones find no state.
STEPS = [
    ["--help"],
    ["-v", "config show", "check-config", "completion zsh"],
    ["healthcheck"],
    ["keys list", "apps list", "nodes", "audit"],
    ["keys list", "jobs list", "doctor"],
]


async def loaded_by_steps(state: Path) -> list[set[str]]:
    """The modules that the commands up to the end of each step have imported in one process."""
    script = f"""
import os, sys
from contextlib import suppress
from wechat_scheduler.cli.main import main
for step in {STEPS}:
    if "doctor" in step:
        os.environ["WECHAT_SCHEDULER_STATE_DIR"] = {str(state)!r}
    for command in step:
        with suppress(SystemExit):
            main(command.split())
    print("loaded", *sys.modules, file=sys.stderr)
"""
    nowhere = str(state / "none")
    ended = await execute(sys.executable, "-c", script, WECHAT_SCHEDULER_STATE_DIR=nowhere)
    lines = ended.err.splitlines()
    return [set(line.split()) for line in lines if line.startswith("loaded ")]


async def test_a_command_imports_no_more_than_it_needs(state: Path) -> None:
    no_command, quick, repeated, asking, last = await loaded_by_steps(state)

    def commands(*names: str) -> set[str]:
        return {f"wechat_scheduler.cli.{name}" for name in names}

    assert "click" in no_command
    assert not {"asyncio", "ssl"} & no_command
    assert commands("config", "completion") <= quick
    assert not HEAVY & quick, "these do not need the daemon"
    assert commands("healthcheck") <= repeated
    assert not {"rich", "structlog", "aiohttp.web"} & repeated, "a container repeats it"
    assert commands("keys", "apps", "nodes", "audit") <= asking
    assert "wechat_scheduler.web.kit.services" in asking
    cores = {f"wechat_scheduler.{core}" for core in ("reminders.desk", "pushes.intake")}
    assert not cores & asking, "the daemon answers"
    assert not {"wechat_scheduler.storage", "cryptography"} & asking
    assert commands("jobs", "doctor") <= last
    assert "pygments" not in last, "no traceback is coloured"


@pytest.mark.parametrize("words", [[], ["check-config"], ["jobs", "list"], ["serve"]])
def test_a_setting_that_does_not_exist_is_a_sentence_and_exit_code_2(
    words: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[server]\nprot = 1\n")

    ended = invoke("--config", str(file), *words)

    assert ended.code == 2
    assert ended.sentence == (
        f"wechat-scheduler: {file}: server.prot: unknown key; did you mean server.port?"
    )


def test_every_mistake_of_a_configuration_has_a_line(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[server]\nprot = 1\nport = 'x'\n")

    ended = invoke("check-config", "--config", str(file))

    first, second = ended.err.splitlines()
    assert first.startswith(f"wechat-scheduler: {file}: server.prot: ")
    assert second.startswith(f"wechat-scheduler: {file}: server.port: ")


def newer_schema(state: Path) -> None:
    with sqlite3.connect(state / "wechat-scheduler.db") as database:
        database.execute("UPDATE meta SET value = '999' WHERE name LIKE 'schema_%'")
    database.close()


def lost_key(state: Path) -> None:
    (state / "sealing.key").unlink()


def another_key(state: Path) -> None:
    (state / "sealing.key").write_text("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=\n")


def open_key(state: Path) -> None:
    (state / "sealing.key").chmod(0o644)


def no_database(state: Path) -> None:
    (state / "wechat-scheduler.db").write_bytes(b"this is not SQLite" * 1000)


def damaged_database(state: Path) -> None:
    file = state / "wechat-scheduler.db"
    content = file.read_bytes()
    file.write_bytes(content[:8192] + b"\xab" * (len(content) - 8192))


def in_place_of_a_folder(state: Path) -> None:
    shutil.rmtree(state)
    state.touch()


def below_a_file(state: Path) -> None:
    in_place_of_a_folder(state.parent)


@pytest.fixture
async def state(tmp_path: Path) -> Path:
    """The intact state folder of a daemon that has ended."""
    folder = tmp_path / "parent" / "state"
    async with daemon(folder, "http://127.0.0.1:9", loops=False):
        pass
    return folder


async def refused_start(config: Config) -> None:
    async with open_daemon(config, clock=SystemClock(), rng=random.Random(1), run_loops=False):
        pass


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (newer_schema, "the database has schema version 999 and this program knows"),
        (lost_key, "the sealing key is missing: "),
        (another_key, "the sealing key is lost: what was sealed with key "),
        (open_key, "{state}/sealing.key can be read by others: chmod 600 "),
        (no_database, "cannot open the database {state}/wechat-scheduler.db: the file is not a "),
        (
            damaged_database,
            "cannot open the database {state}/wechat-scheduler.db: the database file is damaged: ",
        ),
        (in_place_of_a_folder, "cannot use the state folder {state}: there is a file where "),
        (below_a_file, "cannot use the state folder {state}: there is a file where a folder "),
    ],
)
async def test_a_state_that_cannot_be_used_is_one_sentence(
    state: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    config = daemon_config(state, "http://127.0.0.1:9")
    spoil(state)

    with pytest.raises(SchedulerError) as refused:
        await refused_start(config)

    (line,) = str(refused.value).splitlines()
    assert line.startswith(sentence.format(state=state))


async def test_a_start_that_is_refused_says_that_sentence_and_ends_with_1(state: Path) -> None:
    no_database(state)

    words = ("-p", "0", "--state", str(state), "--log-level", "error")

    ended = await run_warm(*words)

    assert ended.code == 1
    assert ended.sentence.startswith(
        f"wechat-scheduler: cannot open the database {state}/wechat-scheduler.db: the file is not a "
    )


async def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config = daemon_config(tmp_path, "http://127.0.0.1:9", server__port=port)

        with pytest.raises(SchedulerError) as refused:
            await refused_start(config)

    assert str(refused.value).startswith(f"cannot listen on 127.0.0.1 port {port}: ")


async def test_a_second_daemon_on_the_same_state_is_one_sentence_and_disturbs_nothing(
    tmp_path: Path,
) -> None:
    async with warm_program(tmp_path) as first:
        second = await run_warm("-p", "0", "--state", str(tmp_path), "--log-level", "error")
        health = await asyncio.to_thread(invoke, "healthcheck", "--state", str(tmp_path))

        assert (second.code, health.code) == (1, 0)
        assert second.sentence == (
            f"wechat-scheduler: another daemon is using the state folder {tmp_path}: "
            "stop it, or give --state"
        )
        assert await first.stop() == 0


async def test_a_new_admin_key_is_shown_on_a_terminal_once(tmp_path: Path) -> None:
    shown = []
    for _ in range(2):
        words = ("serve", "-p", "0", "--state", str(tmp_path), "--log-level", "info")
        async with terminal(*words) as person:
            shown.append(await person.until("daemon.ready"))
            person.process.send_signal(signal.SIGINT)
            await person.end()

        assert person.process.returncode == 0

    key = (tmp_path / "admin.key").read_text().strip()
    assert [key in screen for screen in shown] == [True, False]


async def test_a_new_admin_key_is_never_written_to_a_journal(tmp_path: Path) -> None:
    async with warm.piped("-p", "0", "--state", str(tmp_path)) as process:
        journal = await process.stderr.readuntil(b"daemon.ready")
        process.send_signal(signal.SIGTERM)
        journal += (await process.communicate())[1]

    assert process.returncode == 0
    assert (tmp_path / "admin.key").read_bytes().strip() not in journal
    assert b"admin_key.made" in journal


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str) -> None:
    ended = invoke("completion", shell)

    assert ended.code == 0
    assert f"_WECHAT_SCHEDULER_COMPLETE={shell}_complete" in ended.out


COMPLETIONS = {
    "wechat-scheduler he": "healthcheck",
    "wechat-scheduler jobs re": "refresh remove",
    "wechat-scheduler jobs show wx1 jsapi": "jsapi_ticket",
    "wechat-scheduler jobs list --u": "--url",
}


def test_commands_options_and_types_are_completed() -> None:
    completed = {
        line: invoke(
            _WECHAT_SCHEDULER_COMPLETE="bash_complete",
            COMP_WORDS=line,
            COMP_CWORD=str(len(line.split()) - 1),
        ).out
        for line in COMPLETIONS
    }

    found = {
        line: " ".join(it.removeprefix("plain,") for it in out.split())
        for line, out in completed.items()
    }
    assert found == COMPLETIONS


async def test_the_script_completes_a_line(tmp_path: Path) -> None:
    installed = tmp_path / "wechat-scheduler"
    installed.write_text(f'#!/bin/sh\nexec {sys.executable} -m wechat_scheduler "$@"\n')
    installed.chmod(0o755)
    script = f"""
        {invoke("completion", "bash").out}
        COMPREPLY=(); COMP_WORDS=(wechat-scheduler jobs re); COMP_CWORD=2
        _wechat_scheduler_completion wechat-scheduler
        echo "${{COMPREPLY[@]}}"
    """

    ended = await execute("bash", "--norc", "-c", script, PATH=f"{tmp_path}:{os.environ['PATH']}")

    assert ended.out == "refresh remove\n"


@pytest.mark.parametrize(
    ("words", "used"),
    [
        ("serve", {"config", "port", "host", "state", "database", "log-level"}),
        ("doctor", {"config", "state", "database", "public-url", "wechat-api"}),
        ("backup", {"config", "state", "database"}),
        ("restore", {"config", "state", "database"}),
        ("keys rotate-sealing", {"config", "state", "database"}),
        ("keys list", {"config", "state", "database", "url", "key"}),
        ("audit", {"config", "state", "database", "url", "key"}),
        ("jobs list", {"config", "state", "url", "key"}),
        ("deliveries watch", {"config", "state", "url", "key"}),
        ("healthcheck", {"config", "state", "url"}),
        ("demo", set()),
        ("completion", set()),
    ],
)
def test_help_shows_only_the_common_options_that_a_command_uses(words: str, used: set[str]) -> None:
    common = {"config", "port", "host", "state", "database", "public-url", "wechat-api"}
    common |= {"insecure-no-auth", "log-level", "log-format", "url", "key"}

    listed = set(re.findall(r"(?<=--)[a-z-]+(?= |\n)", invoke(*words.split(), "--help").out))

    if words == "serve":
        used |= {"public-url", "wechat-api", "insecure-no-auth", "log-format"}
    assert listed & common == used
