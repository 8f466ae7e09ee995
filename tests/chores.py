"""Something for a clockwork to do, and a way to watch it being done."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.clock import FakeClock
from tests.watched_clock import WatchedClock
from wechat_scheduler.engine.clockwork import GATHERING, Clockwork


@dataclass(slots=True)
class Chores:
    """A table of rows that fall due; an outcome is the row itself, done with.

    `hold` keeps attempts from ending, all or by name, `claimable` claims, and `writable` outcomes from
    being written back; `trouble` names what a method is to raise.
    """

    clock: FakeClock
    due: dict[str, datetime] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    crashes: list[tuple[str, type[Exception]]] = field(default_factory=list)
    again: dict[str, timedelta] = field(default_factory=dict)
    trouble: dict[str, list[Exception]] = field(default_factory=dict)
    claims: list[int] = field(default_factory=list)
    busy: set[str] = field(default_factory=set)
    busiest: int = 0
    name: str = "chore"
    held: Callable[[str], bool] = lambda row: False
    claimable: asyncio.Event = field(default_factory=asyncio.Event)
    writable: asyncio.Event = field(default_factory=asyncio.Event)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self.claimable.set()
        self.writable.set()

    def add(self, *rows: str, after: timedelta = timedelta(0)) -> None:
        self.due |= {row: self.clock.now() + after for row in rows}

    async def claim(self, limit: int) -> Sequence[str]:
        self._stumble("claim")
        self.claims.append(limit)
        due = sorted((at, row) for row, at in self.due.items() if at <= self.clock.now())
        rows = [row for _, row in due[:limit]]
        for row in rows:
            del self.due[row]
        await self.claimable.wait()
        return rows

    async def attempt(self, row: str) -> str:
        self.busy.add(row)
        self.busiest = max(self.busiest, len(self.busy))
        try:
            await self._tell()
            self._stumble(row)
            async with self._changed:
                await self._changed.wait_for(lambda: not self.held(row))
        finally:
            self.busy.discard(row)
        return row

    async def finish(self, outcome: str) -> None:
        await self.writable.wait()
        self._stumble("finish")
        if outcome in self.again:
            self.due[outcome] = self.clock.now() + self.again.pop(outcome)
        self.done.append(outcome)
        await self._tell()

    async def crashed(self, row: str, error: Exception) -> None:
        self._stumble("crashed")
        self.crashes.append((row, type(error)))
        await self._tell()

    async def next_due(self) -> datetime | None:
        self._stumble("next_due")
        return min(self.due.values(), default=None)

    async def hold(self, held: Callable[[str], bool]) -> None:
        self.held = held
        await self._tell()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to have happened in here."""
        async with asyncio.timeout(60), self._changed:
            await self._changed.wait_for(condition)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _stumble(self, where: str) -> None:
        if self.trouble.get(where):
            raise self.trouble[where].pop(0)


@asynccontextmanager
async def turning(clockwork: Clockwork[str, str]) -> AsyncIterator[asyncio.Task[None]]:
    """The loop while the block runs; stopped, and waited for, at its end."""
    async with asyncio.TaskGroup() as group:
        yield group.create_task(clockwork.run())
        clockwork.stop()


async def advancing(clock: WatchedClock, chores: Chores, condition: Callable[[], bool]) -> None:
    """Time goes on in small steps until something has happened."""
    async with asyncio.timeout(60):
        while not condition():
            await clock.calm()
            clock.advance(GATHERING)
