"""The live screen, and the plain lines."""

import asyncio
import io
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console

from tests.demo.scenes import NOW, PLACES, event, snapshot
from wechat_scheduler.demo.journal import EventKind
from wechat_scheduler.demo.screens import live_screen, plain_lines
from wechat_scheduler.demo.view import curl_lines, elapsed, short

ROTATED = event(1, "access_token of wx_tea, version 1", at=0)
NOTIFIED = event(2, "access_token of wx_tea", EventKind.NOTIFIED, at=65)


def read_by(*, reader: bool) -> dict[str, Any]:
    return {"has_reader": lambda: reader, "stop": asyncio.Event()}


def terminal() -> tuple[Console, io.StringIO]:
    stream = io.StringIO()
    return Console(file=stream, force_terminal=True, width=80, height=24), stream


def test_plain_lines_begin_with_the_urls() -> None:
    stream = io.StringIO()

    with plain_lines(stream, **read_by(reader=True)) as show:
        show(snapshot())
        show(snapshot())

    text = stream.getvalue()
    assert text.count(PLACES.sandbox) == 1
    assert curl_lines(PLACES)[1] in text.splitlines()


def test_plain_lines_have_each_event_once() -> None:
    stream = io.StringIO()

    with plain_lines(stream, **read_by(reader=True)) as show:
        show(snapshot())
        show(snapshot(events=(ROTATED,)))
        show(snapshot(events=(ROTATED, NOTIFIED), now=NOW + timedelta(seconds=1)))

    assert stream.getvalue().splitlines()[-2:] == [
        " 0:00  rotated   access_token of wx_tea, version 1",
        " 1:05  notified  access_token of wx_tea",
    ]


def test_plain_lines_end_when_their_reader_has_gone() -> None:
    stop = asyncio.Event()

    with plain_lines(io.StringIO(), has_reader=lambda: False, stop=stop) as show:
        show(snapshot())

    assert stop.is_set()


def test_the_live_screen_is_the_alternate_screen() -> None:
    console, stream = terminal()

    with live_screen(console) as show:
        show(snapshot(events=(ROTATED,)))

    text = stream.getvalue()
    assert text.startswith("\x1b[?1049h")
    assert "wechat-scheduler demo" in text


def test_the_terminal_is_restored_even_after_an_error() -> None:
    console, stream = terminal()

    with suppress(ZeroDivisionError), live_screen(console):
        _ = 1 / 0

    text = stream.getvalue()
    assert text.rindex("\x1b[?1049l") > text.rindex("\x1b[?1049h")
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "0 s"), (0, "0 s"), (19.9, "19 s"), (99, "99 s"), (100, "1 min"), (7199, "1 h")],
)
def test_spans_are_short(seconds: float, words: str) -> None:
    assert short(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0:00"), (7.9, "0:07"), (60, "1:00"), (6000, "100:00")]
)
def test_elapsed_time_is_in_minutes_and_seconds(seconds: float, words: str) -> None:
    assert elapsed(timedelta(seconds=seconds)) == words
