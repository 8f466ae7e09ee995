"""Loads again what another process changed. A change is announced once, and the store may not respond then."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StorageError

# Until the store answers, it is asked this often.
LOAD_AGAIN: Final = timedelta(seconds=1)


class HeardRereads:
    """Call it at each change: it runs `load` in the background until that raises no StorageError."""

    def __init__(
        self, name: str, load: Callable[[], Awaitable[None]], supervisor: Supervisor, clock: Clock
    ) -> None:
        self._name = name
        self._load = load
        self._supervisor = supervisor
        self._clock = clock
        self._heard = 0

    def __call__(self) -> None:
        self._heard += 1
        self._supervisor.contained(self._name, self._until_loaded(self._heard))

    async def _until_loaded(self, heard: int) -> None:
        while heard == self._heard:  # a later one takes over
            try:
                await self._load()
            except StorageError:  # those who use the store say so
                await self._clock.sleep(LOAD_AGAIN)
            else:
                break
