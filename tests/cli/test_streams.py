"""Commands whose reader is gone, and whose output has no room."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.commands import PROGRAM
from tests.house import daemon
from tests.program import ENVIRONMENT

# Longer than the slowest check of `doctor`; a command that hangs fails its test.
PATIENCE = 30


@pytest.fixture
async def state(tmp_path: Path) -> Path:
    """The state folder of a daemon that has ended."""
    folder = tmp_path / "state"
    async with daemon(folder, "http://127.0.0.1:9", loops=False):
        pass
    return folder


def read(words: list[str], state: Path, lines: int) -> tuple[int, str]:
    """The exit code and the errors of a command whose reader leaves after some lines."""
    where = ["--state", str(state), "--wechat-api", "http://127.0.0.1:9"]
    with subprocess.Popen(
        [*PROGRAM, *words, *where],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for _ in range(lines):
            process.stdout.readline()
        process.stdout.close()
        return process.wait(PATIENCE), process.stderr.read()


@pytest.mark.parametrize("lines", [0, 4, 6])
async def test_doctor_ends_when_its_reader_leaves_after_any_line(state: Path, lines: int) -> None:
    code, errors = read(["doctor"], state, lines)

    assert code in (0, 1)
    assert errors == ""


@pytest.mark.parametrize("words", [["doctor", "--json"], ["keys", "list"]])
async def test_a_command_whose_reader_is_gone_says_nothing(state: Path, words: list[str]) -> None:
    code, errors = read(words, state, 0)

    assert code in (0, 1)
    assert errors == ""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["check-config", "--config", "{folder}/none.toml"], 2),
        (["jobs", "list", "--state", "{folder}"], 1),
        (["no-command"], 1),
        (["-v"], 1),
    ],
    ids=str,
)
@pytest.mark.parametrize("buffering", ["", "1"])
def test_the_exit_code_stays_when_no_one_reads_the_errors(
    tmp_path: Path, words: list[str], code: int, buffering: str
) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    done = subprocess.run(
        [*PROGRAM, *(word.format(folder=tmp_path) for word in words)],
        stdout=writer,
        stderr=writer,
        env=ENVIRONMENT | {"PYTHONUNBUFFERED": buffering},
        check=False,
    )
    os.close(writer)

    assert done.returncode == code


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_has_no_room_is_a_sentence(state: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*PROGRAM, "config", "show", "--state", str(state)],
            stdout=full,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert done.stderr == "wechat-scheduler: no space left on device\n"


def without(*closed: int) -> Callable[[], None]:
    """Closes these streams in the process that begins."""
    return lambda: [os.close(number) for number in closed] and None


@pytest.mark.parametrize("words", [["doctor"], ["keys", "list"], ["-v"]])
def test_a_command_whose_output_is_closed_ends_without_a_traceback(
    state: Path, words: list[str]
) -> None:
    where = [] if words == ["-v"] else ["--state", str(state)]

    done = subprocess.run(
        [*PROGRAM, *words, *where],
        preexec_fn=without(0, 1),
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        text=True,
        check=False,
        timeout=PATIENCE,
    )

    assert done.returncode in (0, 1)
    assert done.stderr == ""


def test_no_file_takes_the_number_of_a_closed_stream() -> None:
    program = """if True:
        import os, sys
        from wechat_scheduler.cli.streams import fill_closed_streams
        fill_closed_streams()
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
