"""A program that the agent starts with the values in its environment, and starts again when they change.

It gets the signals that the agent gets, and what it started ends with it. If the agent is killed, the
kernel ends it: it would keep using values that are not renewed.
"""

import ctypes
import os
import signal
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial

import structlog

from wechat_scheduler.agent.forms import Values, environment, texts
from wechat_scheduler.agent.processes import check_program, end, ending, signal_group, start
from wechat_scheduler.agent.settings import ChildSettings
from wechat_scheduler.agent.values import WantedCredential
from wechat_scheduler.engine.backoff import backoff
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Background

log = structlog.get_logger(__name__)

# A child that runs this long before it ends is started again at once.
HEALTHY = timedelta(minutes=1)
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=1)

SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class Child:
    """Keeps one process, an output like others. `code` is the exit code of the last one that ended."""

    def __init__(
        self,
        settings: ChildSettings,
        wanted: tuple[WantedCredential, ...],
        *,
        environ: Mapping[str, str],
        clock: Clock,
    ) -> None:
        self.label = f"exec ({os.path.basename(settings.run[0])})"
        self.wanted = wanted
        self.code = 0
        self.last_signal: int = signal.SIGTERM
        self._settings, self._environ, self._clock = settings, environ, clock
        self._given: tuple[str, ...] | None = None
        self._process: Process | None = None
        self._is_wanted = True
        self._started = 0.0
        self._quick_ends = 0
        self._not_before = 0.0
        self._is_starting = False
        self._is_late = False
        self._signals: list[int] = []

    def attend(
        self, background: Background, *, wake: Callable[[], None], on_end: Callable[[], None]
    ) -> None:
        """Called before the first `settle`: how to wait for the process, to be settled again, and to end all."""
        self._background, self._wake, self._on_end = background, wake, on_end

    @property
    def until(self) -> float:
        return self._not_before if self._process is None else 0.0

    async def check(self) -> None:
        check_program(self.label, self._settings.run[0])

    async def open(self) -> None:
        await self.check()

    async def settle(self, values: Values | None) -> None:
        if values is None:
            self._expired()
        if values is None or not self._is_wanted:
            return
        if self._process is not None and texts(values) != self._given:
            await self._stop(self._process, signal.Signals[f"SIG{self._settings.stop_signal}"])
        if self._process is None and self._is_wanted and self._clock.boottime() >= self._not_before:
            await self._start(values)

    def forward(self, number: int) -> None:
        """Passes on a signal that the agent got."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, number)
        elif self._is_starting:
            self._signals.append(number)

    def retire(self) -> None:
        """No process is started any more."""
        self._is_wanted = False

    async def close(self) -> None:
        """Ends the process as the agent is ended, with `last_signal`."""
        self.retire()
        if self._process is not None:
            await self._stop(self._process, self.last_signal)

    def _expired(self) -> None:
        """Says once that the process goes on with values that have expired."""
        if self._process is not None and not self._is_late:
            self._is_late = True
            advice = "it runs on with expired values, and is started again with the next ones"
            log.warning("agent.child_outdated", child=self.label, advice=advice)

    async def _start(self, values: Values) -> None:
        environ = {**self._environ, **environment(values)}
        self._is_starting, self._is_late = True, False
        try:
            words = self._settings.run
            self._process = await start(
                self.label, words, environ, prepare=partial(_die_with, os.getpid())
            )
        finally:
            self._is_starting = False
        self._given, self._started = texts(values), self._clock.boottime()
        log.info("agent.child_started", child=self.label, pid=self._process.pid)
        self._background("child", self._watch(self._process))
        while self._signals:
            self.forward(self._signals.pop(0))

    async def _watch(self, process: Process) -> None:
        code = await process.wait()
        if self._process is process and self._given is not None:
            self._process = None
            signal_group(process, signal.SIGKILL)
            self._ended_by_itself(code)

    def _ended_by_itself(self, code: int) -> None:
        log.warning("agent.child_ended", child=self.label, message=ending(code))
        self.code = _exit_code(code)
        if self._settings.on_exit == "exit":
            self._is_wanted = False
            self._on_end()
            return
        now = self._clock.boottime()
        is_quick = now - self._started < HEALTHY.total_seconds()
        self._quick_ends = self._quick_ends + 1 if is_quick else 0
        pause = backoff(FIRST_PAUSE, self._quick_ends, cap=LONGEST_PAUSE)
        self._not_before = now + (pause.total_seconds() if is_quick else 0.0)
        self._wake()

    async def _stop(self, process: Process, number: int) -> None:
        """If this is cancelled, `close` starts it again."""
        self._given = None
        await end(process, signal.Signals(number), self._settings.stop_timeout)
        self._process = None
        self.code = _exit_code(process.returncode or 0)
        log.info("agent.child_stopped", child=self.label, message=ending(process.returncode or 0))


def _exit_code(code: int) -> int:
    """The exit code as in a shell: 128 and the number for a signal."""
    return code if code >= 0 else 128 - code


_prctl = ctypes.CDLL(None).prctl


def _die_with(parent: int) -> None:
    """In the new process: it ends with its parent, which may have ended already."""
    _prctl(SET_DEATH_SIGNAL, int(signal.SIGTERM), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(_exit_code(-signal.SIGTERM))
