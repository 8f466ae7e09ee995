"""Which daemon a command calls, and with which key."""

import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import pytest

from tests.business import Business, status
from tests.cli.test_jobs import caller, command
from tests.house import Caller
from wechat_scheduler.cli.lazy_commands import LazyCommand
from wechat_scheduler.cli.main import program
from wechat_scheduler.cli.parameters import Id
from wechat_scheduler.config.state_folder import is_held, state_folder

__all__ = ["caller"]


@pytest.fixture
async def stand_in() -> AsyncIterator[Business]:
    """Another server in the place of a daemon."""
    async with Business() as business:
        yield business


async def test_the_daemon_and_its_key_are_found_in_every_documented_place(
    caller: Caller, tmp_path: Path
) -> None:
    url, key, nowhere = caller.daemon.url, caller.daemon.admin_key, tmp_path / "nowhere"
    ways = [
        await command("jobs", "list", state=tmp_path),
        await command("jobs", "list", "--url", url, state=tmp_path),
        await command(
            "jobs", "list", "--url", url.replace("127.0.0.1", "localhost"), state=tmp_path
        ),
        await command("jobs", "list", "--url", url, "--key", key, state=nowhere),
        await command("jobs", "list", "--url", url.replace("//", f"//x:{key}@"), state=nowhere),
        await command(
            "jobs", "list", state=nowhere, WECHAT_SCHEDULER_URL=url, WECHAT_SCHEDULER_KEY=key
        ),
        await command(
            "jobs", "list", "--url", url, state=nowhere,
            WECHAT_SCHEDULER_KEY_FILE=str(tmp_path / "admin.key"),
        ),
    ]  # fmt: skip

    assert [(way.code, way.err) for way in ways] == [(0, "")] * len(ways)
    assert await caller.jobs() == []


async def test_the_key_in_the_folder_is_sent_to_the_daemon_on_the_folder_alone(
    stand_in: Business, caller: Caller, tmp_path: Path
) -> None:
    stand_in.script(status(401, b'{"code":401,"message":"","result":null}'), times=3)
    for url in (stand_in.url(), stand_in.url(host="0.0.0.0"), stand_in.url(host="localhost")):
        ended = await command("jobs", "list", "--url", url, state=tmp_path)

        assert ended.code == 1
        assert "this needs an API key: " in ended.sentence

    sent = [call.headers.get("Authorization") for call in stand_in.calls]
    assert sent == [None, None, None]


def commands_of(group: click.Group, *path: str) -> Iterator[list[str]]:
    """Every command that calls a daemon, with a value for each argument and what else it needs."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, LazyCommand):
            command = command.load()
        if isinstance(command, click.Group):
            yield from commands_of(command, *path, name)
        elif command and any(one.name == "url" for one in command.params):
            yield [*path, name, *_needs(command)]


def _needs(command: click.Command) -> Iterator[str]:
    for one in command.params:
        if one.name == "yes":
            yield "--yes"
        elif one.name == "at":  # or --when, in place of it
            yield from ("--at", "now")
        elif one.name == "per_minute" and command.name == "change":  # one setting at least
            yield from ("--per-minute", "1")
        elif one.required or isinstance(one, click.Argument):
            yield from one.opts if isinstance(one, click.Option) else ()
            yield "1" if isinstance(one.type, Id) else "read"


async def test_no_command_sends_anything_where_no_daemon_runs(
    stand_in: Business, tmp_path: Path
) -> None:
    (tmp_path / "admin.key").write_text("wsk_of_a_daemon_that_was_killed")
    (tmp_path / "daemon.url").write_text(stand_in.url("/"))
    (tmp_path / "daemon.lock").touch()
    port = stand_in.url("").rpartition(":")[2]

    commands = list(commands_of(program))
    ended = [await command(*words, "-p", port, state=tmp_path) for words in commands]

    assert len(commands) > 30
    assert {(one.code, one.sentence) for one in ended} == {
        (
            1,
            f"wechat-scheduler: no daemon runs on {tmp_path}: start it with wechat-scheduler --state "
            f"{tmp_path}, or start its container; or say where it is with --state, --url or "
            "$WECHAT_SCHEDULER_URL",
        )
    }
    assert stand_in.calls == []


async def test_a_daemon_that_starts_is_not_looked_for_where_the_last_one_listened(
    stand_in: Business, tmp_path: Path
) -> None:
    (tmp_path / "admin.key").write_text("wsk_of_a_daemon_that_was_killed")
    (tmp_path / "daemon.url").write_text(stand_in.url("/"))
    with state_folder(tmp_path, database="postgresql://"):
        ended = await command("jobs", "list", state=tmp_path)

    assert ended.code == 1
    assert f"the daemon on {tmp_path} does not listen yet" in ended.sentence
    assert stand_in.calls == []


def test_who_looks_for_a_daemon_does_not_keep_one_from_starting(tmp_path: Path) -> None:
    is_over = threading.Event()

    def look() -> None:
        while not is_over.is_set():
            is_held(tmp_path)

    with ThreadPoolExecutor() as threads:
        looking = threads.submit(look)
        try:
            for _ in range(300):
                with state_folder(tmp_path, database="postgresql://"):
                    pass
        finally:
            is_over.set()
        looking.result()


@pytest.mark.parametrize(
    "words", [("jobs", "list"), ("jobs", "show", "wx1", "0"), ("healthcheck",)]
)
async def test_a_daemon_that_is_not_there_is_one_sentence(
    stand_in: Business, tmp_path: Path, words: tuple[str, ...]
) -> None:
    await stand_in.stop()

    ended = await command(*words, "--url", stand_in.url(), state=tmp_path)

    assert ended.code == 1
    assert ended.sentence.startswith(
        f"wechat-scheduler: no daemon answers at {stand_in.url()}: connection refused; start one"
    )


async def test_a_server_that_is_no_daemon_is_one_sentence(
    stand_in: Business, tmp_path: Path
) -> None:
    stand_in.script(status(404, b"<html>"))

    ended = await command("jobs", "list", "--url", stand_in.url("/"), state=tmp_path)

    assert ended.code == 1
    assert "answered 404 and is no wechat-scheduler" in ended.sentence


async def test_without_the_right_key_the_error_says_where_to_put_one(
    caller: Caller, tmp_path: Path
) -> None:
    url, nowhere = caller.daemon.url, tmp_path / "nowhere"

    none = await command("jobs", "list", "--url", url, state=nowhere)
    wrong = await command("jobs", "list", "--key", "wsk_wrong", state=tmp_path)

    assert (none.code, wrong.code) == (1, 1)
    assert "this needs an API key: name the folder of that daemon with --state" in none.sentence
    assert f"no daemon on {nowhere} has this address" in none.sentence
    assert "this API key is unknown, " in wrong.sentence


async def test_a_folder_without_its_key_says_so(caller: Caller, tmp_path: Path) -> None:
    (tmp_path / "admin.key").unlink()

    ended = await command("jobs", "list", state=tmp_path)

    assert ended.code == 1
    assert f"this needs an API key: there is no admin.key in {tmp_path}" in ended.sentence


async def test_a_daemon_that_runs_and_does_not_answer_is_not_to_be_started(
    stand_in: Business, caller: Caller, tmp_path: Path
) -> None:
    await stand_in.stop()
    (tmp_path / "daemon.url").write_text(stand_in.url("/"))

    ended = await command("jobs", "list", state=tmp_path)

    assert ended.code == 1
    assert ended.sentence.endswith(
        f": connection refused; but one runs on {tmp_path}: read what it wrote to its terminal, or to "
        "its container's log"
    )


@pytest.mark.parametrize("url", ["127.0.0.1:9001", "ftp://x:wsk_secret@host", "http://host:x"])
async def test_an_invalid_url_ends_with_exit_code_2(tmp_path: Path, url: str) -> None:
    for words in (["--url", url], ["--url", url, "--key", "k"]):
        ended = await command("jobs", "list", *words, state=tmp_path)

        assert ended.code == 2
        assert ended.sentence.endswith("expected http(s)://HOST:PORT")


async def test_health_needs_no_key_and_no_configuration(caller: Caller, tmp_path: Path) -> None:
    words = ("healthcheck", "--url", caller.daemon.url, "--config", "/nonexistent")

    ended = await command(*words, state=tmp_path)

    assert (ended.code, ended.out, ended.err) == (0, "healthy\n", "")
