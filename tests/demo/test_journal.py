"""The journal, and the warnings of the log that become events."""

import json
from datetime import timedelta

import pytest

from tests.clock import START, FakeClock
from wechat_scheduler.demo.journal import KEPT, EventKind, Journal, LogReader


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def journal(clock: FakeClock) -> Journal:
    return Journal(clock)


def told(journal: Journal) -> list[tuple[EventKind, str]]:
    return [(event.kind, event.text) for event in journal.newest()]


def test_events_are_numbered_timed_and_counted(journal: Journal, clock: FakeClock) -> None:
    journal.add(EventKind.ROTATED, "one")
    clock.advance(timedelta(seconds=1))
    journal.add(EventKind.NOTIFIED, "two")

    first, second = journal.newest()
    assert (first.number, first.at) == (1, START)
    assert (second.number, second.at) == (2, START + timedelta(seconds=1))
    assert journal.count(EventKind.ROTATED) == 1


def test_only_the_newest_events_are_kept_but_all_are_counted(journal: Journal) -> None:
    for number in range(KEPT + 5):
        journal.add(EventKind.ROTATED, str(number))

    assert journal.newest()[0].text == "5"
    assert journal.count(EventKind.ROTATED) == KEPT + 5


def test_a_failed_refresh_in_the_log_is_an_event_in_words(journal: Journal) -> None:
    line = {
        "event": "credential.failed", "level": "warning", "appid": "wx_hub",
        "kind": "authorizer_access_token", "subject": "wx_rice", "reaction": "transient",
        "errcode": -1, "message": "system busy",
    }  # fmt: skip

    LogReader(journal).write(f"{json.dumps(line)}\n")

    words = "authorizer_access_token of wx_rice: system busy"
    assert told(journal) == [(EventKind.FAILED, words)]


def test_another_warning_is_an_event_with_its_details(journal: Journal) -> None:
    line = {"timestamp": "now", "level": "error", "event": "api.crashed", "path": "/tasks"}

    LogReader(journal).write(f"{json.dumps(line)}\n")

    assert told(journal) == [(EventKind.FAILED, "api.crashed path=/tasks")]


def test_a_job_that_waits_for_its_parent_has_not_failed(journal: Journal) -> None:
    line = {"event": "credential.failed", "reaction": "parent_invalid", "errcode": None}

    LogReader(journal).write(f"{json.dumps(line)}\n")

    assert told(journal) == []
