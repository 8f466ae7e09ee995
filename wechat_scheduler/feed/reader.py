"""Reads the feed of the store for all who follow it in this process."""

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from operator import attrgetter
from typing import Final, TypeAlias

import structlog

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Background
from wechat_scheduler.errors import StorageError
from wechat_scheduler.feed.model import MOST, FeedEntry, FeedStore

log = structlog.get_logger(__name__)

# Entries that one query reads.
PAGE: Final = 500

# A signal may be lost, or a store not answer.
LOOK_EVERY: Final = timedelta(seconds=5)
AGAIN: Final = timedelta(seconds=1)


Tell: TypeAlias = Callable[[], Awaitable[None]]


class FeedReader:
    """Reads from the first `begin` on, while it `is_wanted`. `prepare` gets each entry, and returns what tells it;
    if it raises a StorageError, it is called again with that entry. `last` is the sequence of the newest entry
    that is told."""

    def __init__(
        self,
        store: FeedStore,
        prepare: Callable[[FeedEntry], Awaitable[Tell]],
        is_wanted: Callable[[], bool],
        *,
        clock: Clock,
        background: Background,
    ) -> None:
        self._store = store
        self._prepare = prepare
        self._is_wanted = is_wanted
        self._clock = clock
        self._background = background
        self._woken = asyncio.Event()
        self._reading = asyncio.Lock()
        self._is_told = self._is_running = False
        self._recent: deque[FeedEntry] = deque(maxlen=MOST)
        self.last = 0

    async def begin(self, sequence: int = 0) -> None:
        """Return once `last` is what the store had before the call, or what others follow here already, and at
        least `sequence` if the store has that. Raises StorageError."""
        async with self._reading:
            if not self._is_running:
                await self._start()
            elif not self._is_wanted() or sequence > self.last:
                await self._read_on()

    async def _start(self) -> None:
        if not self._is_told:
            self._is_told = True
            self._store.on_change(self._woken.set)
        head = await self._store.arrange(now=self._clock.now())
        self._recent.extend(await self._store.newest(limit=MOST))
        self.last = max(head.last, self._recent[-1].sequence if self._recent else 0)
        self._is_running = True
        self._background("feed", self._run())

    def since(self, sequence: int) -> Sequence[FeedEntry] | None:
        """The entries after that one; None if it is not known, or no longer."""
        if sequence == self.last:
            return ()
        recent = list(self._recent)
        place = bisect_right(recent, sequence, key=attrgetter("sequence"))
        if not place or recent[place - 1].sequence != sequence:
            return None
        return recent[place:]

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
            await self._clock.wait(self._woken, LOOK_EVERY)

    async def _read_on(self) -> None:
        await self._store.arrange(now=self._clock.now())
        while entries := await self._store.after(self.last, limit=PAGE):
            for entry in entries:
                tell = await self._prepare(entry)
                self._recent.append(entry)
                self.last = entry.sequence
                await tell()
