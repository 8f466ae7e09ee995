"""What waits for one consumer of the stream of events."""

from typing import cast

import pytest

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


class Asleep:
    def wake(self) -> None:
        pass


def test_a_write_takes_a_piece_and_what_was_written_does_not_wait() -> None:
    dropped: list[bool] = []
    wanted = EventFilter(key=NO_AUTHENTICATION, kinds=OF_CREDENTIALS)
    waiting = cast(WaitingRequest, Asleep())
    stream = EventStream(wanted, waiting, lambda: dropped.append(True))
    texts = [b"%03d" % number + b"x" * (PIECE // 4) for number in range(2 * BEHIND // PIECE * 4)]

    pieces = []
    for number, text in enumerate(texts, 1):
        entry = FeedEntry(sequence=number, at=NOW, what=FeedKind.ROTATED)
        stream.give(entry, EventText(text))
        if number % 4 == 0:
            pieces.append(stream.take())
    while piece := stream.take():
        pieces.append(piece)

    assert not dropped
    assert b"".join(pieces) == b"".join(texts)
    assert max(map(len, pieces)) < PIECE * 5 / 4


@pytest.mark.parametrize(
    ("scopes", "kinds"),
    [
        ({Scope.READ}, {*OF_CREDENTIALS, FeedKind.ALERTED}),
        ({Scope.REGISTER}, OF_CREDENTIALS),
        ({Scope.PUSH}, {*FeedKind} - {FeedKind.ALERTED}),
        ({Scope.READ, Scope.PUSH}, {*FeedKind}),
    ],
    ids=["read", "register", "push", "read and push"],
)
def test_a_key_is_told_what_its_scopes_permit(scopes: set[Scope], kinds: set[FeedKind]) -> None:
    key = replace(NO_AUTHENTICATION, scopes=frozenset(scopes))

    assert permitted(key) == kinds


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
