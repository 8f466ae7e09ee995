"""The agent: its outputs, its start, its run and its end."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

import structlog

from wechat_scheduler.agent.child import Child
from wechat_scheduler.agent.loops import PASSING, CredentialLoop, OutputLoop
from wechat_scheduler.agent.ports import Output, ValueSource
from wechat_scheduler.agent.values import KeptValues, WantedCredential
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Supervisor, before, together
from wechat_scheduler.errors import (
    CallError,
    OutputError,
    RequestError,
    SchedulerError,
    StartError,
)

log = structlog.get_logger(__name__)


class Agent:
    """Keeps `stores`, and lets `hooks` act after them."""

    def __init__(
        self,
        wanted: Iterable[WantedCredential],
        *,
        stores: Sequence[Output],
        hooks: Sequence[Output],
        child: Child | None,
        daemon: ValueSource,
        clock: Clock,
        rng: random.Random,
    ) -> None:
        self._values = KeptValues(clock)
        self._fetching = [
            CredentialLoop(one, daemon, self._values, clock=clock, rng=rng) for one in wanted
        ]
        first = [OutputLoop(store, self._values, clock=clock, rng=rng) for store in stores]
        then = [
            OutputLoop(
                hook,
                self._values,
                clock=clock,
                rng=rng,
                after=[loop for loop in first if _shares(loop.output, hook)],
            )
            for hook in (*hooks, *((child,) if child else ()))
        ]
        self._loops = [*first, *then]
        self.child = child

    async def check(self) -> None:
        """Raises StartError with a line for each thing that is wrong; changes nothing."""
        checks = [loop.output.check for loop in self._loops]
        async with self._closed_at_end():
            await _all([*checks, *(loop.fetch for loop in self._fetching)])

    async def once(self, patience: timedelta = timedelta(0)) -> None:
        """Fetches all credentials, updates all outputs, and ends. A daemon that is away, or has no valid
        value, is asked again until `patience` has passed. Raises StartError."""
        async with self._closed_at_end():
            await self._open()
            await _all(partial(loop.fetch_within, patience) for loop in self._fetching)
            outputs = [loop.output for loop in self._loops if loop.output is not self.child]
            _raise([await _error_of(partial(self._settle, output)) for output in outputs])

    async def run(self, stop: asyncio.Event) -> None:
        """Runs until `stop`. Raises StartError for what is wrong at the start; later failures are retried."""
        async with self._closed_at_end():
            if await self._begun(stop):
                log.info("agent.ready", credentials=len(self._fetching), outputs=len(self._loops))
                await self._turn(stop)
        log.info("agent.stopped")

    async def _begun(self, stop: asyncio.Event) -> bool:
        """Opens all and asks for all. False if `stop` comes before that is done: it is given up."""
        found = await before(stop, self._begin())
        _raise(found or [])
        return found is not None

    async def _begin(self) -> list[SchedulerError | None]:
        return [await _error_of(self._open_and_ask)]

    async def _open_and_ask(self) -> None:
        await self._open()
        await _all(_first(loop) for loop in self._fetching)

    async def _settle(self, output: Output) -> None:
        await output.settle(self._values.valid(output.wanted))

    async def _turn(self, stop: asyncio.Event) -> None:
        async with Supervisor() as supervisor:
            if self.child:
                self.child.attend(supervisor.contained, wake=self._values.stir, on_end=stop.set)
            works = [
                *(loop.run() for loop in self._fetching),
                *(loop.run() for loop in self._loops),
            ]
            tasks = [supervisor.essential("agent", work) for work in works]
            try:
                await stop.wait()
            finally:
                if self.child:
                    # A process that is half started could not be ended with all that it started.
                    self.child.retire()
                    self._loops[-1].end()
                    tasks.pop()
                for task in tasks:
                    task.cancel()

    async def _open(self) -> None:
        await _all(loop.output.open for loop in self._loops)

    @asynccontextmanager
    async def _closed_at_end(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for loop in self._loops:
                stack.push_async_callback(loop.output.close)
            yield


def _shares(store: Output, hook: Output) -> bool:
    return not {one.name for one in store.wanted}.isdisjoint(one.name for one in hook.wanted)


def _first(loop: CredentialLoop) -> Callable[[], Awaitable[None]]:
    """The first fetch; failures that may pass soon are tolerated."""

    async def fetch() -> None:
        try:
            await loop.fetch()
        except PASSING as error:
            log.warning("agent.waits", message=str(error))

    return fetch


async def _all(works: Iterable[Callable[[], Awaitable[None]]]) -> None:
    """Runs all at the same time. Raises StartError with the sentences of those that failed."""
    _raise(await together(map(_error_of, works)))


def _raise(found: Iterable[SchedulerError | None]) -> None:
    errors = [error for error in found if error is not None]
    if len(errors) == 1 and isinstance(errors[0], StartError):
        raise errors[0]
    if errors:
        raise OutputError("\n".join(dict.fromkeys(map(str, errors)))) from errors[0]


async def _error_of(work: Callable[[], Awaitable[None]]) -> SchedulerError | None:
    try:
        await work()
    except (CallError, RequestError, StartError) as error:
        return error
    return None
