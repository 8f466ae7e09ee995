"""Hands what happens to the consumers of this process who follow it. A consumer that does not read is dropped,
and delays no other."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Final

from wechat_scheduler.access.model import Key, Scope
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass, replace
from wechat_scheduler.engine.supervisor import Background
from wechat_scheduler.feed.model import RARE, FeedEntry, FeedKind, FeedStore
from wechat_scheduler.feed.reader import FeedReader, Tell
from wechat_scheduler.web.kit.auth import NO_TYPE
from wechat_scheduler.web.kit.event_texts import EventText, EventTexts
from wechat_scheduler.web.kit.waiting_requests import WaitingRequest

# In bytes: what waits for a consumer that does not read.
BEHIND: Final = 1024 * 1024
# In bytes: what one write of a stream takes of it. All else is shared by the consumers.
PIECE: Final = 64 * 1024
# Consumers that get an event in one turn of the loop: some hundred microseconds.
SLICE: Final = 16
_NO_TIME: Final = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """What a consumer wants, and its key permits. An empty text matches all; `kind` is that of a credential."""

    key: Key
    kinds: frozenset[FeedKind]
    appid: str = ""
    kind: str = ""

    def fits(self, entry: FeedEntry) -> bool:
        if entry.what not in self.kinds or (self.appid and entry.appid != self.appid):
            return False
        if self.kind and entry.kind != self.kind:
            return False
        if not entry.appid and self.key.appids:
            return False  # of an app that was removed
        return self.key.reaches(entry.appid, entry.kind or NO_TYPE)

    @property
    def is_often(self) -> bool:
        """Whether it wants something that happens often."""
        return bool(self.kinds - RARE)

    def text(self, text: EventText) -> bytes:
        return text.valued if self.key.allows(Scope.READ) else text.plain


def permitted(key: Key) -> frozenset[FeedKind]:
    """Credentials are told to every key that reaches them, alerts to those that read, all else to those that
    send; all to those that look."""
    found = frozenset(FeedKind) if key.sees(Scope.PUSH) else RARE
    return found if key.sees(Scope.READ) else found - {FeedKind.ALERTED}


class EventStream:
    """What waits for one consumer. It takes the entries after `position`; `drop` is called once it is too far
    behind. `write` writes a text at once, or returns False: then its handler does so, which costs ten times as
    much."""

    def __init__(
        self,
        wanted: EventFilter,
        waiting: WaitingRequest,
        write: Callable[[bytes], bool],
        drop: Callable[[], None],
    ) -> None:
        self.wanted = wanted
        self.position = 0
        self._waiting = waiting
        self._write = write
        self._is_resting = False
        self.drop = drop
        self._texts: deque[bytes] = deque()
        self._size = 0

    def give(self, entry: FeedEntry, text: EventText) -> None:
        if entry.sequence <= self.position or not self.wanted.fits(entry):
            return
        given = self.wanted.text(text)
        if self._is_resting and not self._texts and self._write(given):
            return
        self._size += len(given)
        if self._size > BEHIND:
            self._texts.clear()
            self.drop()
            return
        self._texts.append(given)
        self._waiting.wake()

    def take(self) -> bytes:
        """What waits, and at most about a PIECE of it."""
        taken, size = [], 0
        while self._texts and size < PIECE:
            taken.append(self._texts.popleft())
            size += len(taken[-1])
        self._size -= size
        return b"".join(taken)

    async def wait(self, longest: timedelta) -> None:
        """Return once something is to be done that `write` did not do. The handler writes nothing meanwhile."""
        self._is_resting = True
        try:
            await self._waiting.wait(longest)
        finally:
            self._is_resting = False


class EventStreams:
    """All of them."""

    def __init__(
        self,
        store: FeedStore,
        texts: EventTexts,
        account_of: Callable[[int], str],
        *,
        clock: Clock,
        background: Background,
    ) -> None:
        self.texts = texts
        self._account_of = account_of
        self._clock = clock
        self._open: dict[EventStream, None] = {}
        self._reader = FeedReader(
            store,
            self._prepare,
            lambda: bool(self._open),
            lambda: any(stream.wanted.is_often for stream in self._open),
            self._drop_all,
            clock=clock,
            background=background,
        )

    def __len__(self) -> int:
        return len(self._open)

    async def begin(self, wanted: EventFilter, sequence: int = 0) -> None:
        """To be called before the others. `last` is at least `sequence` then, if that is one of the feed's. Raises
        StorageError."""
        await self._reader.begin(sequence, often=wanted.is_often)

    @property
    def last(self) -> int:
        """The newest sequence that was told."""
        return self._reader.last

    @contextmanager
    def joined(self, stream: EventStream) -> Iterator[None]:
        """Give `stream` all that comes after `last`."""
        stream.position = self._reader.last
        self._open[stream] = None
        try:
            yield
        finally:
            del self._open[stream]

    def since(self, wanted: EventFilter, sequence: int) -> list[FeedEntry] | None:
        """The wanted entries after that one and up to `last`; None if it is not known, or no longer."""
        missed = self._reader.since(sequence, often=wanted.is_often)
        if missed is None:
            return None
        return [entry for entry in map(self._located, missed) if wanted.fits(entry)]

    def _drop_all(self) -> None:
        """Those who come back learn that they have missed some."""
        for stream in self._open:
            stream.drop()

    def _located(self, entry: FeedEntry) -> FeedEntry:
        """With its account: an entry about a message names the app only."""
        if entry.appid or "app" not in entry.data:
            return entry
        return replace(entry, appid=self._account_of(entry.data["app"]))

    async def _prepare(self, entry: FeedEntry) -> Tell:
        entry = self._located(entry)
        is_wanted = any(stream.wanted.fits(entry) for stream in self._open)
        text = await self.texts.text(entry) if is_wanted else EventText()
        return partial(self._give, entry, text)

    async def _give(self, entry: FeedEntry, text: EventText) -> None:
        if not text.plain:
            return
        for number, stream in enumerate(list(self._open)):
            if number % SLICE == SLICE - 1:
                await self._clock.sleep(_NO_TIME)
            stream.give(entry, text)
