"""An event loop on which a day takes seconds: time moves only while there is nothing else to do.

It holds for every timeout, aiohttp's included, because they all count the time of the loop. What would
make the speed of the machine matter does not happen: connections are pairs of sockets whose bytes arrive
at once, and work for threads is done in the loop. So a test on it is the same each time.
"""

import asyncio
import selectors
import socket
from collections import Counter, deque
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import pytest
from aiohttp import connector

from tests.clock import START
from wechat_scheduler.engine.clock import SystemClock

T = TypeVar("T")

# The end of all names that are known; all are this machine.
KNOWN = "localhost"

# The seconds after which the system gives a silent name server up.
SILENCE = 30

# How many threads asyncio's own executor has on a machine with two cores.
THREADS = 6


class LoopClock(SystemClock):
    """The time of a `DayLoop`."""

    elapsed = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.elapsed)

    def boottime(self) -> float:
        return 1_000.0 + self.elapsed


class _Patience(selectors.DefaultSelector):
    """Where the loop would wait, time moves."""

    def __init__(self, clock: LoopClock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> Any:
        if (ready := super().select(0)) or timeout == 0:
            return ready
        if timeout is None:
            raise AssertionError("everything waits, and nothing for a time")
        self._clock.elapsed += timeout
        return []


class DayLoop(asyncio.SelectorEventLoop):
    """Its servers are reached from inside of it only. Looking up a name in `deaf` takes its thread for `SILENCE`, in vain."""

    def __init__(self, clock: LoopClock) -> None:
        self._clock = clock
        self.deaf: set[str] = set()
        self._factories: dict[int, Callable[[], asyncio.BaseProtocol]] = {}
        self._wires: dict[socket.socket, socket.socket] = {}
        self._stuck: Counter[object] = Counter()
        self._queues: dict[object, deque[Callable[[], None]]] = {}
        super().__init__(_Patience(clock))

    def time(self) -> float:
        return self._clock.boottime()

    async def create_server(self, protocol_factory: Any, *place: Any, **options: Any) -> Any:
        server = await super().create_server(protocol_factory, *place, **options)
        for listener in server.sockets:
            self._factories[listener.getsockname()[1]] = protocol_factory
        return server

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        factory = self._factories.get(address[1])
        if factory is None:
            raise ConnectionRefusedError(f"no server at {address}")
        mine, theirs = socket.socketpair()
        await self.connect_accepted_socket(factory, theirs)
        self._wires[sock] = mine

    async def create_connection(
        self, factory: Any, *place: Any, sock: Any = None, **options: Any
    ) -> Any:
        if sock is None:
            sock = socket.socket()
            await self.sock_connect(sock, place)
        if wire := self._wires.pop(sock, None):
            sock.close()
            sock = wire
        return await super().create_connection(factory, sock=sock, **options)

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        """The loop does it at once, if the executor has a thread that is free."""
        future = self.create_future()
        work = partial(self._work, executor, future, partial(func, *args))
        if self._stuck[executor] < _threads(executor):
            work()
        else:
            self._queues.setdefault(executor, deque()).append(work)
        return future

    def _work(self, executor: object, future: asyncio.Future[Any], call: partial[Any]) -> None:
        if future.cancelled():
            return
        if call.func is socket.getaddrinfo and call.args[0] in self.deaf:
            self._stuck[executor] += 1
            self.call_later(SILENCE, self._given_up, executor, future)
            return
        try:
            future.set_result(self._resolved(call) if call.func is socket.getaddrinfo else call())
        except Exception as error:  # noqa: BLE001 - the caller gets it
            future.set_exception(error)

    def _given_up(self, executor: object, future: asyncio.Future[Any]) -> None:
        if not future.done():
            future.set_exception(socket.gaierror(socket.EAI_AGAIN, "no name server answers"))
        self._stuck[executor] -= 1
        queue = self._queues.get(executor)
        while queue and self._stuck[executor] < _threads(executor):
            queue.popleft()()

    def _resolved(self, call: partial[Any]) -> Any:
        host, port = call.args[:2]
        if not host.endswith(KNOWN):
            raise socket.gaierror(socket.EAI_NONAME, "name not known")
        kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(*kind, ("127.0.0.1", port))]


def run(loop: DayLoop, play: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Play it on the loop to its end."""
    with pytest.MonkeyPatch.context() as patch, asyncio.Runner(loop_factory=lambda: loop) as runner:
        patch.setattr(connector, "monotonic", loop.time)  # by it connections are idle for too long
        return runner.run(play())


def played(play: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Play it on a loop of its own: a limit passes only when everybody waits, so what is under way arrives before it."""
    return run(DayLoop(LoopClock()), play)


def _threads(executor: object) -> int:
    number: int = getattr(executor, "_max_workers", THREADS)
    return number
