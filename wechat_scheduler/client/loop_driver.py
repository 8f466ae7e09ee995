"""Takes the client's steps in an event loop, and watches in a task of it."""

import asyncio
import random
import weakref
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from wechat_scheduler.client.answers import DaemonResponse
from wechat_scheduler.client.fetching import long_poll, look
from wechat_scheduler.client.kept import KeptCredential, Name
from wechat_scheduler.client.memory import Memory
from wechat_scheduler.client.steps import (
    CallStep,
    LongPollStep,
    LookStep,
    OpenStep,
    Outcome,
    PauseStep,
    ReadStep,
    Step,
    Steps,
)
from wechat_scheduler.client.watch import Watch
from wechat_scheduler.client.wire import Wire
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import CallError, RequestError

T = TypeVar("T")


class LoopDriver:
    """Fetches into the memory, and watches. It knows no Client: one that is forgotten can be collected."""

    def __init__(
        self, wire: Wire, memory: Memory, *, clock: Clock, timeout: timedelta, patience: timedelta
    ) -> None:
        self._wire = wire
        self._memory = memory
        self._clock = clock
        self._timeout = timeout
        self._patience = patience
        self._reached = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        memory.reached = self._reached.set

    async def call(self, method: str, *path: str, **sent: Any) -> DaemonResponse:
        """One response. Raises as `Wire.call`."""
        return await self._wire.call(
            method, *path, timeout=self._timeout, patience=self._patience, **sent
        )

    async def look(self, name: Name, kept: KeptCredential) -> Outcome:
        """Fetches, once for all who wait for the same."""
        looks = kept.looks
        async with kept.lock:
            if looks != kept.looks:  # another caller asked while this one waited
                return Outcome.HELD
            return await self.take(look(self._memory, name, kept))

    async def take(self, steps: Steps[T]) -> T:
        """Takes all steps; returns what the generator does."""
        return await _take(steps, self._step)

    def watch(self, owner: object) -> None:
        """Watches in a task, until `stop` or until `owner` is collected."""
        if self._task is None or self._task.done():
            loop = asyncio.get_running_loop()
            steps = Watch(self._memory, random.Random()).steps()  # noqa: S311 - jitter
            self._task = loop.create_task(self.take(steps), name="wechat-scheduler watch")
            weakref.finalize(owner, _cancel, loop, self._task).atexit = False

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def _step(self, step: Step) -> Any:
        match step:
            case CallStep():
                return await self._call(step)
            case OpenStep():
                return await self._wire.open_stream(
                    *step.path, query=step.query, headers=step.headers, timeout=self._timeout
                )
            case ReadStep():
                return await self._wire.read_stream(step.timeout)
            case LookStep():
                return await self.look(step.name, self._memory.entry(step.name))
            case LongPollStep():
                return await self._long_polls(step)
            case PauseStep():
                self._reached.clear()
                return await self._clock.wait(self._reached, timedelta(seconds=step.seconds))

    async def _call(self, step: CallStep) -> DaemonResponse:
        return await self._wire.call(
            step.method,
            *step.path,
            query=step.query,
            headers=step.headers,
            body=step.body,
            timeout=step.timeout(self._timeout),
            patience=step.patience(self._patience),
        )

    async def _long_polls(self, step: LongPollStep) -> list[Outcome]:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(
                    self.take(long_poll(self._memory, name, self._memory.entry(name), step.wait))
                )
                for name in step.names
            ]
        return [task.result() for task in tasks]


async def _take(steps: Steps[T], take: Callable[[Step], Awaitable[Any]]) -> T:
    try:
        step = next(steps)
        while True:
            try:
                done = await take(step)
            except (CallError, RequestError) as error:
                step = steps.throw(error)
            else:
                step = steps.send(done)
    except StopIteration as end:
        value: T = end.value
        return value
    finally:
        steps.close()


def _cancel(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(task.cancel)
