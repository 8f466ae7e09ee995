"""Under journald each line carries its priority, so that `journalctl -p err` finds what it should."""

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TextIO

import pytest
import structlog

from tests import warm
from tests.log.test_log import _undo as _undo
from tests.log.test_log import fail
from tests.program import ENVIRONMENT
from wechat_scheduler.log.setup import configure

log = structlog.get_logger(__name__)


@pytest.fixture
def stream(tmp_path: Path) -> Iterator[TextIO]:
    """Stands for the socket that journald reads."""
    with (tmp_path / "stderr").open("w+", encoding="utf-8") as file:
        yield file


def told(stream: TextIO) -> str:
    """What systemd writes into $JOURNAL_STREAM."""
    status = os.fstat(stream.fileno())
    return f"{status.st_dev}:{status.st_ino}"


def written(stream: TextIO) -> list[str]:
    stream.seek(0)
    return stream.read().splitlines()


async def run_into(stream: TextIO, *words: str, first: str = "") -> int:
    """Runs the program with this stream as the journal's; its exit code."""
    environ = {**ENVIRONMENT, "JOURNAL_STREAM": told(stream)}
    streams = (0, 1, stream.fileno())
    process = await warm.start(*words, environ=environ, streams=streams, first=first)
    return await process.wait()


def test_each_line_begins_with_the_priority_of_its_level(stream: TextIO) -> None:
    configure(level="debug", format="auto", stream=stream, journal=told(stream))

    for level in ("debug", "info", "warning", "error", "critical"):
        getattr(log, level)("told", level_of="it")

    lines = written(stream)
    assert [line[:3] for line in lines] == ["<7>", "<6>", "<4>", "<3>", "<2>"]
    assert [json.loads(line[3:])["level"] for line in lines] == [
        "debug", "info", "warning", "error", "critical",
    ]  # fmt: skip


def test_events_of_libraries_and_crashes_are_errors_too(stream: TextIO) -> None:
    configure(level="info", format="json", stream=stream, journal=told(stream))

    logging.getLogger("asyncio").error("Task exception was never retrieved")
    try:
        fail()
    except ValueError:
        log.exception("api.crashed")

    assert [line[:3] for line in written(stream)] == ["<3>", "<3>"]


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_value_with_line_breaks_stays_in_its_line(
    stream: TextIO, form: Literal["json", "text"]
) -> None:
    configure(level="debug", format=form, stream=stream, journal=told(stream))

    try:
        fail()
    except ValueError:
        log.exception("delivery.dead", reason="no\n<0>forged\r\n<1>again")

    (line,) = written(stream)
    assert line.startswith("<3>")
    assert "Traceback" in line


@pytest.mark.parametrize("journal", ["", "1:2", "rubbish"])
def test_a_stream_that_is_not_the_journals_has_no_priorities(stream: TextIO, journal: str) -> None:
    configure(level="info", format="json", stream=stream, journal=journal)

    log.error("delivery.dead")

    assert written(stream)[0].startswith("{")


async def test_a_start_that_fails_is_an_error_in_the_journal(
    stream: TextIO, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "state"
    in_the_way.write_text("a file")

    code = await run_into(stream, "-p", "0", "--state", str(in_the_way))

    (line,) = written(stream)
    assert code == 1
    assert line.startswith("<3>wechat-scheduler: cannot use the state folder ")


async def test_each_mistake_of_a_configuration_is_an_error_in_the_journal(
    stream: TextIO, tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[server]\nport = "x"\n[log]\nlevel = "loud"\n')

    code = await run_into(stream, "--config", str(file))

    assert code == 2
    assert [line[:20] for line in written(stream)] == ["<3>wechat-scheduler:"] * 2


# A bug that ends the daemon.
BUG = """
from wechat_scheduler.cli import serve

async def crash(*_):
    raise ExceptionGroup("unhandled errors in a TaskGroup", [ZeroDivisionError("by\\nzero")])

serve._serve = crash
"""


async def test_a_daemon_that_crashes_says_so_in_one_line_and_ends(
    stream: TextIO, tmp_path: Path
) -> None:
    code = await run_into(stream, "-p", "0", "--state", str(tmp_path), first=BUG)

    (line,) = written(stream)
    assert code == 1
    assert line.startswith("<3>")
    assert json.loads(line[3:])["event"] == "daemon.crashed"
    assert json.loads(line[3:])["error"] == "ZeroDivisionError"
