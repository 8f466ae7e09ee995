"""Opens connections to PostgreSQL one after the other, and waits between attempts that fail.

When a server comes back, each program that wants it makes one attempt at its own moment, however many units of
work wait in it: a server that starts is not met by all of them at once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from typing import Any

import asyncpg
import structlog

from wechat_scheduler.engine.backoff import jittered
from wechat_scheduler.engine.clock import Clock

log = structlog.get_logger(__name__)

# The first is short, since a server restarts within seconds; half of each pause is random.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(milliseconds=200), timedelta(seconds=5)
_FAILURES = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class NoConnectionLeftError(ConnectionError):
    """The server is there, but full; its words are for the operator."""

    def __init__(self) -> None:
        super().__init__(
            "it has no connection left for this daemon: raise its max_connections, or lower state.connections"
        )


class Connector:
    """Stands for `connect`. Raises what that raises, and ConnectionError during the pause after it;
    NoConnectionLeftError if the server is there, but full."""

    def __init__(
        self, connect: Callable[..., Awaitable[asyncpg.Connection]], clock: Clock, rng: Random
    ) -> None:
        self._connect = connect
        self._clock = clock
        self._rng = rng
        self._one = asyncio.Lock()
        self._pause = timedelta(0)
        self._next_at = 0.0
        self._reason = ""
        self._is_full = False

    async def __call__(self, *args: Any, **options: Any) -> asyncpg.Connection:
        async with self._one:
            self._refuse_in_pause()
            try:
                connection = await self._connect(*args, **options)
            except _FAILURES as error:
                self._failed(error)
                if self._is_full:
                    raise NoConnectionLeftError from error
                raise
            self._pause, self._is_full = timedelta(0), False
            return connection

    def _refuse_in_pause(self) -> None:
        left = self._next_at - self._clock.boottime()
        if not self._pause or left <= 0:
            return
        if self._is_full:
            raise NoConnectionLeftError
        raise ConnectionError(f"{self._reason}; the next attempt is in {left:.1f} s")

    def _failed(self, error: Exception) -> None:
        was_full, self._is_full = self._is_full, _says_full(error)
        if self._is_full and not was_full:
            log.warning("storage.no_connection_left", reason=str(error))
        self._pause = min(max(self._pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
        pause = jittered(self._pause, self._rng)
        self._next_at = self._clock.boottime() + pause.total_seconds()
        self._reason = str(error).partition("\n")[0] or "no answer in time"


def _says_full(error: Exception) -> bool:
    """Whether the server says so: PostgreSQL by a code, pgbouncer only in words."""
    return isinstance(error, asyncpg.TooManyConnectionsError) or (
        isinstance(error, asyncpg.ProtocolViolationError) and "no more connections" in str(error)
    )
