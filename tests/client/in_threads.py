"""A SyncClient as tests with an event loop call it: each call in a thread."""

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping
from typing import Any, Self

from tests.clock import FakeClock
from wechat_scheduler.client import Client, Fetched, SyncClient

WATCH = "wechat-scheduler watch"


class ThreadedClock(FakeClock):
    """Threads wait for it, too."""

    def wait_for(self, event: threading.Event, seconds: float) -> bool:
        deadline = self.boottime() + seconds
        self._sleepers += 1
        try:
            while self.boottime() < deadline:
                if event.wait(0.001):
                    return True
            return event.is_set()
        finally:
            self._sleepers -= 1


class InThreads:
    """What the tests use of a Client, done by a SyncClient."""

    def __init__(self, *given: Any, **options: Any) -> None:
        self.sync = SyncClient(*given, **options)
        self._memory = self.sync._memory

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await asyncio.to_thread(self.sync.close)

    async def credential(self, *name: str) -> str:
        return await asyncio.to_thread(self.sync.credential, *name)

    async def invalid(self, *name: str) -> str:
        return await asyncio.to_thread(self.sync.invalid, *name)

    async def register(self, body: Mapping[str, Any]) -> None:
        await asyncio.to_thread(self.sync.register, body)

    async def follow(self, *names: tuple[str, ...]) -> AsyncIterator[Fetched]:
        found = self.sync.follow(*names)
        while True:
            yield await asyncio.to_thread(next, found)


ClientType = type[Client] | type[InThreads]
EITHER: list[ClientType] = [Client, InThreads]


def watchers() -> set[object]:
    """The tasks and threads that watch."""
    tasks = [task for task in asyncio.all_tasks() if task.get_name() == WATCH]
    return {*tasks, *(each for each in threading.enumerate() if each.name == WATCH)}
