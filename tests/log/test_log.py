"""What is logged is one line in one form, and holds no secret."""

import io
import json
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from tests import logs
from wechat_scheduler.config import notation
from wechat_scheduler.log.redaction import REDACTED
from wechat_scheduler.log.setup import configure

log = structlog.get_logger(__name__)
SECRET = "9_bHVudGVyMg-x"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class GoneTerminal(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


@pytest.fixture(autouse=True)
def _undo() -> Iterator[None]:
    with logs.restored():
        yield


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def lines(stream: io.StringIO) -> Callable[[], list[dict[str, Any]]]:
    """Logs as JSON from "info" up; the result gives what was written, line by line."""
    configure(level="info", format="json", stream=stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


Lines = Callable[[], list[dict[str, Any]]]


def fail() -> None:
    try:
        raise KeyError("inner")
    except KeyError as error:
        raise ValueError(f"access_token={SECRET} is bad") from error


def test_event_is_one_json_line_that_begins_with_time_level_and_name(lines: Lines) -> None:
    log.info("credential.refreshed", appid="wx1", expires=timedelta(hours=2))

    (line,) = lines()
    assert list(line)[:3] == ["timestamp", "level", "event"]
    assert datetime.fromisoformat(line.pop("timestamp")).utcoffset() == timedelta(0)
    assert line == {
        "level": "info",
        "event": "credential.refreshed",
        "appid": "wx1",
        "expires": 7200.0,
    }


def test_events_below_the_level_are_not_written(lines: Lines) -> None:
    log.debug("credential.considered")

    assert lines() == []


def test_level_changes_when_configured_again(stream: io.StringIO, lines: Lines) -> None:
    log.info("before")

    configure(level="error", format="json", stream=stream)
    log.info("after")

    assert [line["event"] for line in lines()] == ["before"]


def test_auto_is_text_on_a_terminal() -> None:
    terminal = Terminal()

    configure(level="info", format="auto", stream=terminal)
    log.info("server.started", port=9001)

    assert "\x1b[" in terminal.getvalue()
    assert "server.started" in terminal.getvalue()


def test_auto_is_json_elsewhere(stream: io.StringIO) -> None:
    configure(level="info", format="auto", stream=stream)
    log.info("server.started", port=9001)

    assert json.loads(stream.getvalue())["port"] == 9001


def test_text_has_colours_only_on_a_terminal(stream: io.StringIO) -> None:
    configure(level="info", format="text", stream=stream)
    log.info("server.started", port=9001)

    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT[\d:.]+Z \[info +\] server\.started +port=9001\n", stream.getvalue()
    )


def test_text_cannot_forge_a_line_or_command_the_terminal(stream: io.StringIO) -> None:
    configure(level="info", format="text", stream=stream)
    log.info("delivery.dead", reason="no\n2026 [info] all.well \x1b[2J", 标题="提醒")

    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()
    assert "标题=提醒" in stream.getvalue()


def test_chinese_is_readable_in_json(stream: io.StringIO, lines: Lines) -> None:
    log.info("reminder.due", title="交电费")

    assert "交电费" in stream.getvalue()


def test_exception_is_told_by_type_message_place_and_cause(lines: Lines) -> None:
    try:
        fail()
    except ValueError:
        log.exception("refresh.failed", appid="wx1")

    (line,) = lines()
    assert line["error"] == "ValueError"
    assert line["message"] == f"access_token={REDACTED} is bad"
    assert re.fullmatch(r"tests\.log\.test_log:\d+", line["at"])
    assert line["cause"] == "KeyError: 'inner'"
    assert "exception" not in line


def test_an_exception_from_a_library_is_placed_where_our_code_called_it(lines: Lines) -> None:
    try:
        notation.NETWORKS.read(["x"])
    except ValueError:
        log.exception("refresh.failed")

    (line,) = lines()
    assert re.fullmatch(r"wechat_scheduler\.config\.notation:\d+", line["at"])


def test_exception_of_a_task_group_is_told_by_what_is_in_it(lines: Lines) -> None:
    error = ExceptionGroup("unhandled errors in a TaskGroup", [OSError("disk full")])

    log.error("daemon.failed", exc_info=error)

    (line,) = lines()
    assert (line["error"], line["message"]) == ("OSError", "disk full")


def test_traceback_is_written_at_debug_only(stream: io.StringIO) -> None:
    configure(level="debug", format="text", stream=stream)
    try:
        fail()
    except ValueError:
        log.exception("refresh.failed")

    assert "Traceback (most recent call last)" in stream.getvalue()
    assert SECRET not in stream.getvalue()


def test_libraries_come_out_in_the_same_form(lines: Lines) -> None:
    logging.getLogger("aiohttp.client").warning("unclosed %s", f"https://h/p?secret={SECRET}")

    (line,) = lines()
    assert line["event"] == "unclosed https://h/p"
    assert (line["level"], line["logger"]) == ("warning", "aiohttp.client")


def test_library_that_formats_wrongly_is_heard_all_the_same(
    stream: io.StringIO, lines: Lines
) -> None:
    logging.getLogger().handlers.clear()  # pytest's own raise
    configure(level="info", format="json", stream=stream)

    logging.getLogger("asyncio").error("%d things", "many")

    (line,) = lines()
    assert line["event"] == "%d things"


def test_libraries_are_not_heard_below_info(stream: io.StringIO) -> None:
    configure(level="debug", format="json", stream=stream)
    logging.getLogger("aiosqlite").debug("executing %s", SECRET)

    assert stream.getvalue() == ""


def test_configuring_twice_does_not_double_what_libraries_say(
    stream: io.StringIO, lines: Lines
) -> None:
    configure(level="info", format="json", stream=stream)
    logging.getLogger("asyncio").error("once")

    assert len(lines()) == 1


def test_warnings_come_out_in_the_same_form(lines: Lines) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn("coroutine was never awaited", RuntimeWarning, stacklevel=1)

    (line,) = lines()
    assert "never awaited" in line["event"]
    assert line["logger"] == "py.warnings"


def test_stream_that_is_gone_loses_the_line_and_nothing_else() -> None:
    configure(level="info", format="json", stream=GoneTerminal())

    log.info("server.started")


def test_events_can_be_captured_before_and_after_configuring(stream: io.StringIO) -> None:
    log.info("warm up")
    configure(level="info", format="json", stream=stream)
    log.info("warm up")

    with capture_logs() as events:
        log.info("credential.refreshed", appid="wx1")

    assert events == [{"event": "credential.refreshed", "appid": "wx1", "log_level": "info"}]


def test_secrets_of_an_event_are_masked(lines: Lines) -> None:
    log.info("key.created", key=SECRET, url=f"https://h/p?access_token={SECRET}")

    (line,) = lines()
    assert (line["key"], line["url"]) == (REDACTED, "https://h/p")
