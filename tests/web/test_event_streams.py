"""What waits for one consumer of the stream of events."""

from typing import cast

from tests.stores.samples import NOW
from wechat_scheduler.feed.model import OF_CREDENTIALS, FeedEntry, FeedKind
from wechat_scheduler.web.kit.auth import NO_AUTHENTICATION
from wechat_scheduler.web.kit.event_streams import BEHIND, PIECE, EventFilter, EventStream
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
