"""Reads the feed of the store for all who follow it in this process."""

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from operator import attrgetter
from typing import Final, TypeAlias

import structlog

from wechat_scheduler.engine.clock import EPOCH, Clock
from wechat_scheduler.engine.supervisor import Background
from wechat_scheduler.engine.turns import LoopTurns
from wechat_scheduler.errors import StorageError
from wechat_scheduler.feed.model import MOST, WANTED, FeedEntry, FeedStore

log = structlog.get_logger(__name__)

# Entries that one query reads: some milliseconds of the loop.
PAGE: Final = 500

# Entries that are told in one turn of the loop.
SLICE: Final = 16

# A signal may be lost, or a store not answer.
LOOK_EVERY: Final = timedelta(seconds=5)
AGAIN: Final = timedelta(seconds=1)
# After that long without a look the store may have forgotten what was not read.
UNREAD: Final = timedelta(hours=12)

Tell: TypeAlias = Callable[[], Awaitable[None]]


class FeedReader:
    """Reads from the first `begin` on, while it `is_wanted`. `prepare` gets each entry, and returns what tells it;
    if it raises a StorageError, it is called again with that entry. `on_gap` is called when what those who follow
    were not told is lost. `last` is the sequence of the newest entry that is told."""

    def __init__(
        self,
        store: FeedStore,
        prepare: Callable[[FeedEntry], Awaitable[Tell]],
        is_wanted: Callable[[], bool],
        is_often_wanted: Callable[[], bool],
        on_gap: Callable[[], None],
        *,
        clock: Clock,
        background: Background,
    ) -> None:
        self._store = store
        self._prepare = prepare
        self._is_wanted = is_wanted
        self._is_often_wanted = is_often_wanted
        self._on_gap = on_gap
        self._want_again, self._want_from = 0.0, EPOCH
        self._read_at = 0.0
        self._often_since = 0
        self._clock = clock
        self._background = background
        self._woken = asyncio.Event()
        self._turns = LoopTurns()
        self._reading = asyncio.Lock()
        self._is_told = self._is_running = False
        self._recent: deque[FeedEntry] = deque(maxlen=MOST)
        self.last = 0

    async def begin(self, sequence: int = 0, *, often: bool = False) -> None:
        """Return once `last` is what the store had before the call, or what others follow here already, and at
        least `sequence` if the store has that. With `often` the store keeps what happens often, too. Raises
        StorageError."""
        async with self._reading:
            before = self._often_since
            if often:
                await self._want()
            if not self._is_running:
                await self._start()
            elif not self._is_wanted() or sequence > self.last or before != self._often_since:
                await self._read_on()
            # All up to there is read, and what comes is above it.
            self.last = max(self.last, self._often_since)

    async def _want(self) -> None:
        boottime, now = self._clock.boottime(), self._clock.now()
        if boottime < self._want_again and now < self._want_from:
            return
        head = await self._store.want(now=now)
        if head.often_since != self._often_since and self._is_often_wanted():
            self._on_gap()  # the store kept nothing for a while: the clock was set forward
        self._often_since = head.often_since
        self._want_again, self._want_from = boottime + WANTED.total_seconds() / 2, now + WANTED / 2

    async def _start(self) -> None:
        if not self._is_told:
            self._is_told = True
            self._store.on_change(self._woken.set)
        await self._read_newest()
        self._is_running = True
        self._background("feed", self._run())

    async def _read_newest(self) -> None:
        head = await self._store.arrange(now=self._clock.now())
        last = await self._store.before_newest(MOST)
        self._recent.clear()
        while entries := await self._store.after(last, limit=PAGE):
            self._recent.extend(entries)
            last = entries[-1].sequence
        self.last = max(head.last, last)
        self._read_at = self._clock.boottime()

    def since(self, sequence: int, *, often: bool) -> Sequence[FeedEntry] | None:
        """The entries after that one; None if it is not known, or no longer, or if not all of what happens
        `often` was kept since."""
        if often and sequence < self._often_since:
            return None
        recent = list(self._recent)
        place = bisect_right(recent, sequence, key=attrgetter("sequence"))
        is_entry = place > 0 and recent[place - 1].sequence == sequence
        is_known = is_entry or sequence in (self.last, self._often_since)
        return recent[place:] if is_known else None

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                if self._is_wanted():
                    async with self._reading:
                        await self._read_on()
            except StorageError as error:
                log.warning("feed.store_unavailable", error=str(error))
                await self._clock.sleep(AGAIN)
                continue
            except Exception:  # it must go on: all who follow wait for it
                log.exception("feed.crashed")
                await self._clock.sleep(AGAIN)
                continue
            await self._clock.wait(self._woken, LOOK_EVERY)

    async def _read_on(self) -> None:
        if self._is_often_wanted():
            await self._want()
        if self._clock.boottime() - self._read_at > UNREAD.total_seconds():
            await self._read_newest()
            self._on_gap()
            return
        await self._store.arrange(now=self._clock.now())
        while entries := await self._store.after(self.last, limit=PAGE):
            for number, entry in enumerate(entries):
                if number % SLICE == SLICE - 1:
                    await self._turns.take()
                tell = await self._prepare(entry)
                self._recent.append(entry)
                self.last = entry.sequence
                await tell()
        self._read_at = self._clock.boottime()
