"""Receives the signals of other processes through PostgreSQL's NOTIFY, and reconnects.

A pooler that gives each transaction another connection takes LISTEN and forwards nothing. So the listener has
a signal sent now and then that it must hear; while it does not, it looks every few seconds.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random

import asyncpg
import structlog

from wechat_scheduler.engine.backoff import jittered
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StorageError

log = structlog.get_logger(__name__)

CHANNEL = "wechat_scheduler"
# A connection that a firewall dropped looks like one without traffic.
PING_EVERY = timedelta(seconds=30)
PING_TIMEOUT = 10.0
# A signal takes a millisecond. While none is heard, the listeners look this often.
HEARD_WITHIN, LOOK_EVERY = timedelta(seconds=3), timedelta(seconds=5)
ADVICE = (
    "set state.listen_database to an address of PostgreSQL itself, or of a pooler in session mode"
)
# How long one who asks waits until it is known whether it hears: it connects first.
KNOWN_WITHIN = timedelta(seconds=15)
# Half of each pause is random, so that several daemons do not come at once.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(milliseconds=100), timedelta(seconds=5)


class ChangeListener:
    """Keeps one connection listening from the first `add` on; opens a new one after a loss. `signal` sends
    a payload on another connection."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[asyncpg.Connection]],
        signal: Callable[[str], Awaitable[None]],
        clock: Clock,
        supervisor: Supervisor,
        rng: Random,
    ) -> None:
        self._connect = connect
        self._signal = signal
        self._clock = clock
        self._supervisor = supervisor
        self._rng = rng
        self._listeners: list[Callable[[str], None]] = []
        self._task: asyncio.Task[None] | None = None
        self._pause = FIRST_PAUSE
        # Means nothing to those who listen, in this process or another.
        self._proof = secrets.token_hex(8)
        self._hears = asyncio.Event()
        self._is_deaf = False
        self._tried = asyncio.Event()
        self._failure: StorageError | None = None

    def add(self, listener: Callable[[str], None]) -> None:
        """Like `Database.on_signal`. `listener` must not raise."""
        self._listeners.append(listener)
        if self._task is None:
            self._task = self._supervisor.contained("storage.listener", self._run())

    async def hears(self) -> bool:
        """Whether it hears what is sent, as far as it has found out. Raises StorageError if the
        database is not writable."""
        self.add(lambda payload: None)
        if not await self._clock.wait(self._tried, KNOWN_WITHIN):
            return False
        if self._failure is not None:
            raise self._failure
        return not self._is_deaf

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (
                OSError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                asyncpg.InternalClientError,
                AttributeError,  # asyncpg's, of a connection that was lost between two steps
            ) as error:
                reason = type(error).__name__
            else:
                reason = "closed"
            pause = jittered(self._pause, self._rng).total_seconds()
            log.warning("storage.listener_lost", reason=reason, retry_in_seconds=round(pause, 3))
            await self._clock.sleep_seconds(pause)
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    async def _listen(self) -> None:
        """Listen on a new connection until it is lost."""
        connection = await self._connect()
        try:
            async with asyncio.timeout(PING_TIMEOUT):
                await connection.add_listener(CHANNEL, self._heard)
            self._tell("")
            await self._watch(connection)
        finally:
            connection.terminate()

    async def _watch(self, connection: asyncpg.Connection) -> None:
        lost = asyncio.Event()

        def end(_: object) -> None:
            lost.set()
            self._hears.set()  # nothing more will be heard

        connection.add_termination_listener(end)
        while not lost.is_set():
            await self._prove()
            if await self._clock.wait(lost, LOOK_EVERY if self._is_deaf else PING_EVERY):
                return
            await connection.execute("SELECT 1", timeout=PING_TIMEOUT)
            self._pause = FIRST_PAUSE
            if self._is_deaf:
                self._tell("")

    async def _prove(self) -> None:
        """Find out whether what is sent is heard."""
        self._hears.clear()
        try:
            await self._signal(self._proof)
            self._failure = None
        except StorageError as error:
            self._failure = error
        else:
            was_deaf = self._is_deaf
            self._is_deaf = not await self._clock.wait(self._hears, HEARD_WITHIN)
            if self._is_deaf and not was_deaf:
                log.warning("storage.signals_unheard", advice=ADVICE)
        self._tried.set()

    def _heard(self, connection: object, pid: int, channel: str, payload: object) -> None:
        if payload == self._proof:
            self._pause = FIRST_PAUSE  # the connection works
            self._hears.set()
        else:
            self._tell(str(payload))

    def _tell(self, payload: str) -> None:
        for listener in self._listeners:
            listener(payload)
