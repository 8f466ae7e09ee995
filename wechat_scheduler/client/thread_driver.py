"""Takes the client's steps in threads, and watches in a thread of its own."""

import atexit
import os
import random
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
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
from wechat_scheduler.client.sync_wire import SyncWire
from wechat_scheduler.client.thread_clock import ThreadClock
from wechat_scheduler.client.watch import Watch
from wechat_scheduler.errors import CallError, RequestError

T = TypeVar("T")

# A thread that waits for the daemon is woken; one that is in the middle of a call is left to its end.
FAREWELL = 1.0


class ThreadDriver:
    """Fetches into the memory, and watches. It knows no SyncClient: one that is forgotten can be collected."""

    def __init__(
        self,
        wire: SyncWire,
        memory: Memory,
        *,
        clock: ThreadClock,
        timeout: timedelta,
        patience: timedelta,
    ) -> None:
        self._wire = wire
        self._memory = memory
        self._clock = clock
        self._timeout = timeout
        self._patience = patience
        self._begin()
        _drivers.add(self)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._reached = threading.Event()
        self._thread: threading.Thread | None = None
        self._memory.reached = self._reached.set

    def forked(self) -> None:
        """In the child: what is kept stays, but no lock, socket or thread of the parent is used."""
        self._wire.forget()
        self._memory.unlock()
        self._begin()

    def call(self, method: str, *path: str, **sent: Any) -> DaemonResponse:
        """One response. Raises as `SyncWire.call`."""
        return self._wire.call(
            method, *path, timeout=self._timeout, patience=self._patience, **sent
        )

    def look(self, name: Name, kept: KeptCredential) -> Outcome:
        """Fetches, once for all who wait for the same."""
        looks = kept.looks
        with kept.lock:
            if looks != kept.looks:  # another caller asked while this one waited
                return Outcome.HELD
            return self.take(look(self._memory, name, kept))

    def take(self, steps: Steps[T]) -> T:
        """Takes all steps; returns what the generator does."""
        return _take(steps, self._step)

    def watch(self) -> None:
        """Watches in a thread until `stop`."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                stopped = self._stopped = threading.Event()
                thread = threading.Thread(
                    target=self._watch, args=(stopped,), name="wechat-scheduler watch", daemon=True
                )
                self._thread = thread
                thread.start()

    def stop(self, *, farewell: float = FAREWELL) -> None:
        """Ends the watch, and waits as long for its thread."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._stopped.set()
            self._reached.set()
        self._wire.close()
        if thread is not None and thread is not threading.current_thread():
            thread.join(farewell)

    def _watch(self, stopped: threading.Event) -> None:
        """Until `stopped`: another watch may have begun meanwhile."""

        def take(step: Step) -> Any:
            if stopped.is_set():
                raise _StoppedError
            return self._step(step)

        steps = Watch(self._memory, random.Random()).steps()  # noqa: S311 - jitter
        try:
            with suppress(_StoppedError):
                _take(steps, take)
        finally:
            self._wire.end_stream()

    def _step(self, step: Step) -> Any:
        match step:
            case CallStep():
                return self._call(step)
            case OpenStep():
                return self._wire.open_stream(
                    *step.path, query=step.query, headers=step.headers, timeout=self._timeout
                )
            case ReadStep():
                return self._wire.read_stream(step.timeout)
            case LookStep():
                return self.look(step.name, self._memory.entry(step.name))
            case LongPollStep():
                return self._long_polls(step)
            case PauseStep():
                return self._pause(step.seconds)

    def _pause(self, seconds: float) -> bool:
        self._reached.clear()
        return self._stopped.is_set() or self._clock.wait_for(self._reached, seconds)

    def _call(self, step: CallStep) -> DaemonResponse:
        return self._wire.call(
            step.method,
            *step.path,
            query=step.query,
            headers=step.headers,
            body=step.body,
            timeout=step.timeout(self._timeout),
            patience=step.patience(self._patience),
            is_long=bool(step.longer),
        )

    def _long_polls(self, step: LongPollStep) -> list[Outcome]:
        outcomes: dict[Name, Outcome] = {}

        def wait(name: Name) -> None:
            kept = self._memory.entry(name)
            outcomes[name] = self.take(long_poll(self._memory, name, kept, step.wait))

        threads = [
            threading.Thread(target=wait, args=(name,), name="wechat-scheduler poll", daemon=True)
            for name in step.names[1:]
        ]
        for thread in threads:
            thread.start()
        for name in step.names[:1]:
            wait(name)
        for thread in threads:
            thread.join()
        return [outcomes.get(name, Outcome.UNREACHED) for name in step.names]


class _StoppedError(Exception):
    pass


def _take(steps: Steps[T], take: Callable[[Step], Any]) -> T:
    try:
        step = next(steps)
        while True:
            try:
                done = take(step)
            except (CallError, RequestError) as error:
                step = steps.throw(error)
            else:
                step = steps.send(done)
    except StopIteration as end:
        value: T = end.value
        return value
    finally:
        steps.close()


_drivers: "weakref.WeakSet[ThreadDriver]" = weakref.WeakSet()


def _forked() -> None:
    for driver in tuple(_drivers):
        driver.forked()


def _end() -> None:
    """At the end of the program: no thread is left."""
    for driver in tuple(_drivers):
        driver.stop()


os.register_at_fork(after_in_child=_forked)
atexit.register(_end)
