"""The only creator of tasks, with `clockwork.py`.

There are two kinds. *Essential* services live in one task group: if one fails, the group ends, and
with it the process, which systemd starts again. *Contained* work fails alone and is logged.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from types import TracebackType
from typing import Any, Self, TypeAlias, TypeVar

import structlog

log = structlog.get_logger(__name__)

T = TypeVar("T")

Background: TypeAlias = Callable[[str, Coroutine[Any, Any, None]], object]
"""Runs work beside all else, by a name for the log: `Supervisor.contained`."""


class Supervisor:
    """Owns every task of the process between `__aenter__` and `__aexit__`.

    Leaving the block waits for essential services to end by themselves (tell them to stop first)
    and cancels contained work that is still running. An error of the block itself is raised as it
    is; the failures of essential services are raised in a group.
    """

    def __init__(self) -> None:
        self._group = asyncio.TaskGroup()
        self._contained: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self._group.__aexit__(kind, error, trace)
        except BaseExceptionGroup as group:
            if group.exceptions != (error,):
                raise
        finally:
            await self._end_contained()

    def essential(self, name: str, service: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `service`; its failure ends the process."""
        return self._group.create_task(service, name=name)

    def contained(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work`; its failure is logged and touches nothing else."""
        task = asyncio.create_task(_log_failure(name, work), name=name)
        self._contained.add(task)
        task.add_done_callback(self._contained.discard)
        task.add_done_callback(lambda _: work.close())  # it never began if it was cancelled at once
        return task

    async def _end_contained(self) -> None:
        while tasks := list(self._contained):  # the end of one may have begun another
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


async def together(works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Run them at once; returns their results in the same order. A failure ends them all, and is raised in
    a group."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in works]
    return [task.result() for task in tasks]


async def before(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """The result of the work; None if `stop` is set before: the work is cancelled. A failure is raised in a
    group."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work)
        stopper = group.create_task(_cancel_at(stop, task))
        task.add_done_callback(lambda _: stopper.cancel())
    return None if task.cancelled() else task.result()


async def _cancel_at(stop: asyncio.Event, task: asyncio.Task[T]) -> None:
    await stop.wait()
    task.cancel()


async def _log_failure(name: str, work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception as error:
        log.exception("supervisor.contained_failed", task=name, error=type(error).__name__)
