"""What waits for one consumer of the stream of events."""

from collections.abc import Callable
from datetime import timedelta
from typing import cast

from tests.stores.samples import NOW
from wechat_scheduler.access.model import Scope
from wechat_scheduler.engine.records import replace
from wechat_scheduler.feed.model import OF_CREDENTIALS, FeedEntry, FeedKind
from wechat_scheduler.web.kit.auth import NO_AUTHENTICATION
from wechat_scheduler.web.kit.event_streams import (
    BEHIND,
    PIECE,
    EventFilter,
    EventStream,
    permitted,
)
from wechat_scheduler.web.kit.event_texts import EventText
from wechat_scheduler.web.kit.waiting_requests import WaitingRequest

WANTED = EventFilter(key=NO_AUTHENTICATION, kinds=OF_CREDENTIALS)


class Handler:
    """A request. `meanwhile` happens while its handler waits."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        self._meanwhile = meanwhile
        self.woken = 0

    def wake(self) -> None:
        self.woken += 1

    async def wait(self, longest: timedelta) -> None:
        self._meanwhile()


def stream(
    handler: Handler | None = None,
    write: Callable[[bytes], bool] = lambda text: False,
    drop: Callable[[], None] = lambda: None,
) -> EventStream:
    handler = handler or Handler(lambda: None)
    return EventStream(WANTED, cast(WaitingRequest, handler), write, drop)


def rotated(number: int) -> FeedEntry:
    return FeedEntry(sequence=number, at=NOW, what=FeedKind.ROTATED)


async def test_an_event_is_written_past_a_handler_that_waits_and_never_before_an_earlier_one() -> (
    None
):
    written: list[bytes] = []
    room = [True, False, True]

    def write(text: bytes) -> bool:
        has_room = room.pop(0)
        if has_room:
            written.append(text)
        return has_room

    def meanwhile() -> None:
        for number in (2, 3, 4):
            events.give(rotated(number), EventText(b"%d" % number))

    handler = Handler(meanwhile)
    events = stream(handler, write)
    events.give(rotated(1), EventText(b"1"))
    written.append(events.take())
    await events.wait(timedelta(hours=1))
    written.append(events.take())
    events.give(rotated(5), EventText(b"5"))

    assert written == [b"1", b"2", b"34"]
    assert (events.take(), handler.woken, room) == (b"5", 4, [True])


def test_a_consumer_that_is_too_far_behind_is_dropped_once_and_keeps_nothing() -> None:
    dropped: list[bool] = []
    events = stream(drop=lambda: dropped.append(True))

    events.give(rotated(1), EventText(b"x" * BEHIND))
    before = list(dropped)
    events.give(rotated(2), EventText(b"x"))

    assert (before, dropped, events.take()) == ([], [True], b"")


def test_a_write_takes_a_piece_and_what_was_written_does_not_wait() -> None:
    dropped: list[bool] = []
    events = stream(drop=lambda: dropped.append(True))
    texts = [b"%03d" % number + b"x" * (PIECE // 4) for number in range(2 * BEHIND // PIECE * 4)]

    pieces = []
    for number, text in enumerate(texts, 1):
        events.give(rotated(number), EventText(text))
        if number % 4 == 0:
            pieces.append(events.take())
    while piece := events.take():
        pieces.append(piece)

    assert not dropped
    assert b"".join(pieces) == b"".join(texts)
    assert max(map(len, pieces)) < PIECE * 5 / 4


PERMITTED: list[tuple[set[Scope], set[FeedKind]]] = [
    ({Scope.READ}, {*OF_CREDENTIALS, FeedKind.ALERTED}),
    ({Scope.REGISTER}, OF_CREDENTIALS),
    ({Scope.PUSH}, {*FeedKind} - {FeedKind.ALERTED}),
    ({Scope.READ, Scope.PUSH}, {*FeedKind}),
]


def test_a_key_is_told_what_its_scopes_permit() -> None:
    for scopes, kinds in PERMITTED:
        key = replace(NO_AUTHENTICATION, scopes=frozenset(scopes))

        assert permitted(key) == kinds, (scopes, kinds)


def test_an_alert_about_no_account_is_told_to_keys_without_limits() -> None:
    slow = FeedEntry(at=NOW, what=FeedKind.ALERTED)
    ticket = replace(slow, appid="wx1")
    kinds = frozenset(FeedKind)
    limited = replace(NO_AUTHENTICATION, appids=frozenset(("wx1",)))
    of_a_type = replace(NO_AUTHENTICATION, kinds=frozenset(("access_token",)))

    told = {
        name: [EventFilter(key=key, kinds=kinds).fits(entry) for entry in (slow, ticket)]
        for name, key in {"all": NO_AUTHENTICATION, "wx1": limited, "a type": of_a_type}.items()
    }

    assert told == {"all": [True, True], "wx1": [False, True], "a type": [False, False]}
