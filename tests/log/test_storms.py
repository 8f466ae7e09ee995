"""What happens again and again is told in one line a minute, with its count."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog

from tests import logs
from tests.clock import FakeClock
from wechat_scheduler.log.setup import LogQueue, configure
from wechat_scheduler.log.storms import FAILURES, MINUTE, SUCCESSES

log = structlog.get_logger(__name__)
MANY = 5_000


class Log:
    """A log of `info` and above on a clock that the test moves."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.stream = io.StringIO()
        self.queue = LogQueue(self.stream, self.clock.boottime)
        configure(level="info", format="json", stream=self.stream, queue=self.queue)

    def lines(self) -> list[dict[str, Any]]:
        self.queue.lines.flush()
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def pass_minute(self) -> None:
        self.clock.advance(timedelta(seconds=MINUTE))
        self.queue.storms.tell()


@pytest.fixture
def written() -> Iterator[Log]:
    with logs.restored():
        yield Log()


def test_a_storm_of_failures_is_one_line_a_minute_with_its_count(written: Log) -> None:
    for minute in range(3):
        for number in range(MANY):
            log.error("delivery.dead", delivery=minute * MANY + number)
        written.pass_minute()

    lines = written.lines()
    assert [line.get("count") for line in lines] == [
        *[None] * FAILURES,
        MANY - FAILURES,
        MANY,
        MANY,
    ]
    assert {(line["level"], line["event"]) for line in lines} == {("error", "delivery.dead")}
    assert lines[-1]["delivery"] == 3 * MANY - 1


def test_each_kind_is_counted_by_itself(written: Log) -> None:
    for _ in range(FAILURES):
        log.error("delivery.dead")
        log.warning("delivery.dead")
        log.error("api.crashed")
    written.pass_minute()

    assert len(written.lines()) == 3 * FAILURES


def test_what_goes_as_it_should_is_counted_later(written: Log) -> None:
    for _ in range(SUCCESSES + 1):
        log.info("credential.refreshed")
    written.pass_minute()

    assert [line.get("count") for line in written.lines()] == [*[None] * SUCCESSES, 1]


def test_a_storm_that_ended_is_forgotten_after_a_quiet_minute(written: Log) -> None:
    for _ in range(FAILURES + 1):
        log.error("delivery.dead")
    for _ in range(3):
        written.pass_minute()

    log.error("delivery.dead", delivery=1)

    assert [line.get("count") for line in written.lines()] == [*[None] * FAILURES, 1, None]


def test_failures_that_are_rare_have_a_line_each(written: Log) -> None:
    for _ in range(3 * FAILURES):
        log.error("delivery.dead")
        written.clock.advance(timedelta(seconds=MINUTE / FAILURES))

    assert len(written.lines()) == 3 * FAILURES


def test_the_end_of_the_process_tells_what_was_counted(written: Log) -> None:
    for _ in range(MANY):
        log.error("delivery.dead")

    written.queue.hurry()

    assert written.lines()[-1]["count"] == MANY - FAILURES


def test_the_exception_of_a_storm_is_told(written: Log) -> None:
    for number in range(MANY):
        try:
            raise ValueError(number)
        except ValueError:
            log.exception("api.crashed")
    written.pass_minute()

    assert written.lines()[-1]["message"] == str(MANY - 1)


class SilentError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


@pytest.mark.parametrize("at_once", [False, True])
def test_a_storm_that_cannot_be_told_keeps_none_of_the_others(written: Log, at_once: bool) -> None:
    for error in (SilentError(), ValueError("plain")):
        for _ in range(FAILURES):
            log.warning("known" if isinstance(error, ValueError) else "unknown")
        for _ in range(3):
            log.warning("known" if isinstance(error, ValueError) else "unknown", exc_info=error)
    written.clock.advance(timedelta(seconds=MINUTE))

    written.queue.storms.tell(at_once=at_once)

    told = [line for line in written.lines() if "count" in line]
    assert [(line["event"], line["count"]) for line in told] == [("unknown", 3), ("known", 3)]


def test_a_library_that_repeats_itself_is_counted_whatever_it_says(written: Log) -> None:
    for number in range(MANY):
        logging.getLogger("asyncio").error("%d went wrong", number)
    written.pass_minute()

    assert [line.get("count") for line in written.lines()] == [*[None] * FAILURES, MANY - FAILURES]
