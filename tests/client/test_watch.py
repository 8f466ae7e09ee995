"""What a watch decides, without a network: its steps are answered by hand."""

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clock import FakeClock
from wechat_scheduler.client.checks import daemon_place
from wechat_scheduler.client.events import EventReader, ServerEvent, rotation
from wechat_scheduler.client.kept import Name
from wechat_scheduler.client.memory import SILENCE, Memory
from wechat_scheduler.client.steps import (
    LongPollStep,
    LookStep,
    OpenStep,
    Outcome,
    PauseStep,
    ReadStep,
)
from wechat_scheduler.client.watch import FIRST_WORD, LONGEST_PAUSE, STREAMS_AGAIN, Watch
from wechat_scheduler.errors import (
    CallError,
    NotFoundError,
    ThrottledError,
    UnauthorizedError,
    UnreachableError,
)
from wechat_scheduler.reasons import Reason

NAME = Name("wx1", "access_token")
HELLO = b"retry: 1000\n\nid: 7\nevent: hello\ndata: {}\n\n"
LOST = UnreachableError("the connection was lost")


class Played:
    """A watch whose steps the test answers."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.memory = Memory(self.clock, object)
        self.memory.entry(NAME)
        self._steps = Watch(self.memory, random.Random(3)).steps()
        self.step: Any = next(self._steps)

    def answer(self, done: Any = None) -> Any:
        """The step that follows; `done` may be an error."""
        failed = isinstance(done, Exception)
        self.step = self._steps.throw(done) if failed else self._steps.send(done)
        return self.step

    def until(self, kind: type, *answers: Any) -> Any:
        for answer in answers:
            self.answer(answer)
        assert isinstance(self.step, kind), self.step
        return self.step


def test_a_stream_that_says_nothing_is_given_up_for_long_polls() -> None:
    watch = Played()

    watch.until(OpenStep)
    first = watch.until(ReadStep, None)
    watch.until(LookStep, LOST)
    watch.until(PauseStep, Outcome.HELD)
    watch.until(OpenStep, True)
    watch.until(LookStep, None, LOST)
    poll = watch.until(LongPollStep, Outcome.HELD)

    assert first.timeout == FIRST_WORD
    assert poll.names == [NAME]
    assert not watch.memory.away


def test_a_stream_that_falls_silent_is_opened_again_after_its_last_event() -> None:
    watch = Played()

    watch.until(LookStep, None, HELLO)
    read = watch.until(ReadStep, Outcome.HELD)
    pause = watch.until(PauseStep, LOST)
    again = watch.until(OpenStep, True)

    assert read.timeout == SILENCE
    assert pause.seconds <= 1
    assert again.headers == {"Last-Event-ID": "7"}


def test_the_attempts_to_reach_a_daemon_that_is_away_become_rarer_and_no_two_clients_make_them_together() -> (
    None
):
    watch = Played()
    pauses = []

    watch.until(LookStep, LOST)
    watch.until(PauseStep, Outcome.UNREACHED)
    for _ in range(50):
        pauses.append(watch.step.seconds)
        watch.until(OpenStep, True)
        watch.until(PauseStep, LOST)

    longest = LONGEST_PAUSE.total_seconds()
    assert watch.memory.away
    assert sum(pauses) > 500
    assert max(pauses) <= longest
    assert len({round(pause, 3) for pause in pauses[10:]}) > 30


def test_too_many_streams_are_no_reason_to_ask_sooner_than_the_daemon_says() -> None:
    watch = Played()
    busy = ThrottledError(
        "too many", reason=Reason.REQUEST_THROTTLED, retry_after=timedelta(seconds=40)
    )

    pause = watch.until(PauseStep, busy)

    assert pause.seconds >= 40
    assert not watch.memory.away


def test_a_key_that_is_refused_is_told_to_all_readers_at_once() -> None:
    watch = Played()
    other = Name("wx2", "access_token")
    for name in (NAME, other):
        watch.memory.entry(name).look_at = float("inf")
    woken: list[bool] = []
    watch.memory.changed.add(lambda: woken.append(watch.memory.is_fresh(watch.memory.entry(other))))

    look = watch.until(
        LookStep, UnauthorizedError("this API key is unknown", reason=Reason.KEY_INVALID)
    )
    watch.memory.fail(
        watch.memory.entry(NAME), UnauthorizedError("unknown", reason=Reason.KEY_INVALID)
    )
    watch.until(LongPollStep, Outcome.REFUSED)

    assert look.name == NAME
    assert woken == [False]


def test_a_daemon_without_streams_and_long_polls_is_left_to_the_readers_for_minutes() -> None:
    watch = Played()

    watch.until(LongPollStep, NotFoundError("no route", reason=Reason.ROUTE_UNKNOWN))
    pause = watch.until(PauseStep, [Outcome.HASTY])
    watch.clock.advance(STREAMS_AGAIN)
    watch.until(OpenStep, False)

    assert pause.seconds >= STREAMS_AGAIN.total_seconds() / 2


@given(st.lists(st.integers(1, 30), min_size=1, max_size=40), st.sampled_from(["\n", "\r\n"]))
def test_events_are_the_same_however_their_bytes_are_cut(cuts: list[int], end: str) -> None:
    text = (
        ": heartbeat||id: 1|event: hello|data: {}||id: 2|event: credential.rotated|"
        'data: {"appid":"微信","type":0,"kind":"access_token","version":2,"value":"v"}||'
    )
    data, reader, found = text.replace("|", end).encode(), EventReader(), []

    for size in cuts * len(data):
        piece, data = data[:size], data[size:]
        found += list(reader.feed(piece))

    assert [event.kind for event in found] == ["hello", "credential.rotated"]
    assert reader.last_id == "2"
    told = rotation(found[1])
    assert told is not None
    assert (told.appid, told.kinds, told.version) == ("微信", ("access_token", "0"), 2)


def test_no_repr_shows_a_secret() -> None:
    text = b'event: credential.rotated\ndata: {"appid":"wx1","kind":"access_token","value":"secret"}\n\n'
    (event,) = EventReader().feed(text)
    told = rotation(event)
    played = Played()
    assert told is not None
    played.memory.receive(told)
    kept = played.memory.entry(NAME)

    shown = repr((event, told, kept, played.memory.fetched(NAME, kept)))
    shown += repr(daemon_place("http://x:secret@daemon", ""))

    assert kept.value == "secret"
    assert "secret" not in shown


@pytest.mark.parametrize("data", ["", "[]", "{}", '{"appid": 1, "kind": "x"}'])
def test_an_event_that_cannot_be_read_is_passed_over(data: str) -> None:
    assert rotation(ServerEvent(kind="credential.rotated", data=data)) is None


def test_an_endless_line_ends_the_stream() -> None:
    reader = EventReader()

    with pytest.raises(CallError, match="is none of"):
        list(reader.feed(b"x" * 2_000_000))
