"""Reads jobs again that another process changed. A change is announced once, and the store may not respond then."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import StorageError

# Until the store answers, each job is tried this often.
READ_AGAIN = timedelta(seconds=1)


class Rereads:
    """`reload` reads one job. It raises StorageError."""

    def __init__(self, reload: Callable[[JobKey], Awaitable[None]], clock: Clock) -> None:
        self._reload = reload
        self._clock = clock
        self._sweeps = 0

    async def read(self, key: JobKey) -> None:
        """Return once it was read."""
        while not await self._is_read(key):
            await self._clock.sleep(READ_AGAIN)

    async def read_all(self, keys: Sequence[JobKey]) -> None:
        """Read all jobs, one after the other. A later call takes over."""
        self._sweeps += 1
        sweep = self._sweeps
        for key in keys:
            if sweep == self._sweeps:
                await self.read(key)

    async def _is_read(self, key: JobKey) -> bool:
        try:
            await self._reload(key)
        except StorageError:  # those who use the store say so
            return False
        return True
