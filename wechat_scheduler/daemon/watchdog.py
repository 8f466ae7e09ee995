"""Notifies systemd's watchdog while the daemon's loops run.

A running event loop is not enough: the daemon's own loops may hang nevertheless.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

import structlog

from wechat_scheduler.daemon.systemd import Notifier
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import StorageError

log = structlog.get_logger(__name__)

# Heartbeats in the time in which systemd expects one. After the machine wakes from suspension,
# some are missed until the loops have turned again.
SIGNS: Final = 4


class Watchdog:
    """Sends heartbeats while every loop is `turning` and the store responds.

    A StorageError from `ask_store` counts as a response: a restart would not bring the database
    back, but would lose the credentials in memory. A store that hangs delays the sign.
    """

    def __init__(
        self,
        notifier: Notifier,
        *,
        turning: Callable[[], Mapping[str, bool]],
        ask_store: Callable[[], Awaitable[object]],
        clock: Clock,
        limit: timedelta,
    ) -> None:
        self._notifier = notifier
        self._turning = turning
        self._ask_store = ask_store
        self._clock = clock
        self._pause = limit / SIGNS

    async def run(self) -> None:
        """Runs until it is cancelled."""
        while True:
            await self.run_once()
            await self._clock.sleep(self._pause)

    async def run_once(self) -> bool:
        """Check once; returns whether the sign was given."""
        standing = [name for name, turns in self._turning().items() if not turns]
        if standing:
            log.error("watchdog.loops_stand", loops=standing)
            return False
        try:
            await self._ask_store()
        except StorageError as error:
            log.warning("watchdog.store_unavailable", error=str(error))
        self._notifier.alive()
        return True
