"""Commands whose reader is gone, and whose output has no room."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import warm
from tests.cli.commands import PROGRAM, invoke
from tests.house import daemon
from tests.program import ENVIRONMENT

# Longer than the slowest check of `doctor`; a command that hangs fails its test.
PATIENCE = 60
FULL = Path("/dev/full")


@pytest.fixture
async def state(tmp_path: Path) -> Path:
    """The state folder of a daemon that has ended."""
    folder = tmp_path / "state"
    async with daemon(folder, "http://127.0.0.1:9", loops=False):
        pass
    return folder


def where(state: Path) -> list[str]:
    return ["--state", str(state), "--wechat-api", "http://127.0.0.1:9"]


async def read(words: list[str], state: Path, lines: int) -> tuple[int, str]:
    """The exit code and the errors of a command whose reader leaves after some lines."""
    reader, writer = os.pipe()
    with os.fdopen(reader) as output, os.fdopen(writer) as end:
        if not lines:
            output.close()
        async with warm.pipe() as (errors, errors_end):
            process = await warm.start(
                *words, *where(state), environ=ENVIRONMENT, streams=(0, writer, errors_end)
            )
            end.close()
            os.close(errors_end)
            for _ in range(lines):
                await asyncio.to_thread(output.readline)
            output.close()
            async with asyncio.timeout(PATIENCE):
                return await process.wait(), (await errors.read()).decode()


@pytest.mark.parametrize("lines", [0, 6])
async def test_doctor_tells_of_failures_whenever_its_reader_leaves(state: Path, lines: int) -> None:
    assert await read(["doctor"], state, lines) == (1, "")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["doctor", "--json"], 1),
        (["keys", "list"], 0),
        (["config", "show"], 0),
        (["keys", "list", "-h"], 0),
    ],
    ids=str,
)
async def test_a_command_without_a_reader_ends_as_with_one_and_says_nothing(
    state: Path, words: list[str], code: int
) -> None:
    assert await read(words, state, 0) == (code, "")
    assert (await asyncio.to_thread(invoke, *words, *where(state))).code == code


MISTAKE = ["check-config", "--config", "{folder}/none.toml"], 2
FAILURE = ["jobs", "list", "--state", "{folder}"], 1
NO_COMMAND = ["no-command"], 2
VERSION = ["-v"], 0


async def that_end_otherwise(
    *cases: tuple[list[str], int], folder: Path, streams: tuple[int, int, int]
) -> list[object]:
    """The commands that end with another code on these streams, each buffered and not."""
    wrong: list[object] = []
    for words, code in cases:
        for buffering in ("", "1"):
            process = await warm.start(
                *(word.format(folder=folder) for word in words),
                environ=ENVIRONMENT | {"PYTHONUNBUFFERED": buffering},
                streams=streams,
            )
            ended = await process.wait()
            if ended != code:
                wrong.append((words, buffering, ended))
    return wrong


@pytest.fixture
def unread() -> Iterator[int]:
    """A pipe whose reader is gone."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.fixture
def full() -> Iterator[int]:
    """A file that has no room."""
    if not FULL.exists():
        pytest.skip("needs a device that is always full")
    number = os.open(FULL, os.O_WRONLY)
    yield number
    os.close(number)


async def test_the_exit_code_stays_when_no_one_reads_anything(tmp_path: Path, unread: int) -> None:
    streams = (0, unread, unread)
    cases = (MISTAKE, FAILURE, NO_COMMAND, VERSION)

    assert await that_end_otherwise(*cases, folder=tmp_path, streams=streams) == []


async def test_the_exit_code_stays_when_errors_have_no_room(tmp_path: Path, full: int) -> None:
    streams = (0, 1, full)

    assert await that_end_otherwise(MISTAKE, FAILURE, folder=tmp_path, streams=streams) == []


def test_the_exit_code_stays_in_an_interpreter_of_its_own(unread: int, full: int) -> None:
    """Which frees more at its end than a process that was forked."""
    for words, code, out, err in (
        (["-v"], 0, unread, unread),
        (["check-config", "--config", "/none.toml"], 2, None, full),
    ):
        done = subprocess.run(
            [*PROGRAM, *words], stdout=out, stderr=err, env=ENVIRONMENT, check=False
        )

        assert done.returncode == code


def test_output_that_has_no_room_is_a_sentence(state: Path, full: int) -> None:
    done = subprocess.run(
        [*PROGRAM, "config", "show", "--state", str(state)],
        stdout=full,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == "wechat-scheduler: the disk is full: free some space\n"


async def test_a_daemon_whose_log_has_no_room_ends_well(tmp_path: Path, full: int) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.settimeout(PATIENCE)
        systemd.bind(str(tmp_path / "notify"))
        process = await warm.start(
            *("-p", "0", *where(tmp_path)),
            environ=ENVIRONMENT | {"NOTIFY_SOCKET": str(tmp_path / "notify")},
            streams=(0, 1, full),
        )
        try:
            while b"READY=1" not in await asyncio.to_thread(systemd.recv, 1000):
                pass
            process.terminate()

            assert await process.wait() == 0
        finally:
            process.kill()
            await process.wait()


def without(*closed: int) -> Callable[[], None]:
    """Closes these streams in the process that begins."""
    return lambda: [os.close(number) for number in closed] and None


def test_a_command_whose_output_is_closed_ends_as_with_an_open_one(state: Path) -> None:
    for words in (["keys", "list", *where(state)], ["-v"]):
        done = subprocess.run(
            [*PROGRAM, *words],
            preexec_fn=without(0, 1),
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

        assert (done.returncode, done.stderr) == (0, "")


def test_no_file_takes_the_number_of_a_closed_stream() -> None:
    program = """if True:
        import os, sys
        from wechat_scheduler.cli.streams import open_streams
        open_streams()
        print("no reader", file=sys.stderr, flush=True)
        found = {os.stat(number).st_rdev for number in (0, 1, 2)}
        os._exit(found != {os.stat(os.devnull).st_rdev})
    """

    done = subprocess.run(
        [sys.executable, "-c", program],
        preexec_fn=without(0, 1, 2),
        env=ENVIRONMENT,
        check=False,
    )

    assert done.returncode == 0


def test_what_was_written_arrives_when_a_daemon_leaves_without_freeing_what_it_imported() -> None:
    script = """if True:
        import atexit, sys
        from wechat_scheduler.cli.streams import leave, open_streams
        open_streams()
        atexit.register(print, "the interpreter has ended")
        print("said")
        print("told", file=sys.stderr, end="")
        leave()
    """

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "said\n", "told")
