"""Keeps systemd from ending a daemon that is well, and from keeping one that is not.

What counts is whether work gets done: a process whose event loop turns may still refresh nothing.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

import structlog

from wechat_scheduler.daemon.systemd import Notifier
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import StorageError

log = structlog.get_logger(__name__)

# Signs of life in the time that systemd allows for one. After a suspended machine wakes, the loops
# need a while to come round again, and some of these fall out.
SIGNS: Final = 4


class Watchdog:
    """Says "alive" to systemd for as long as every loop is `turning` and the store answers.

    `ask_store` may raise StorageError: to say no is an answer, and a restart would not bring back a
    database that is away, only lose what the daemon has in memory and can hand out without it.
    A store that hangs withholds the sign all by itself.
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
        """Until it is cancelled."""
        while True:
            await self.run_once()
            await self._clock.sleep(self._pause)

    async def run_once(self) -> bool:
        """Look once; returns whether all is well, and said so."""
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
