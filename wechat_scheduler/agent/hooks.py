"""Commands and signals that follow a rotation."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol

import structlog

from wechat_scheduler.agent.files import FileOutput
from wechat_scheduler.agent.forms import Values, environment, texts
from wechat_scheduler.agent.processes import check_program, end, ending, start
from wechat_scheduler.agent.settings import CommandSettings, SignalSettings
from wechat_scheduler.agent.values import WantedCredential
from wechat_scheduler.config.os_errors import system_message
from wechat_scheduler.errors import OutputError

log = structlog.get_logger(__name__)

# A command that is stopped with the agent has this time to end by itself.
LAST_WORDS = timedelta(seconds=5)


class HookAction(Protocol):
    """What is done on rotation. `label` names it in sentences and in the log."""

    label: str

    def check(self) -> None:
        """Raises OutputError if it cannot be done as it is; changes nothing."""

    async def act(self, values: Values) -> None:
        """Raises OutputError; is then called again."""


class Hook:
    """Acts once for each new content of `files`; without any, once at the start and for each rotation.

    What an earlier agent wrote, and was killed before it acted, counts as new."""

    until = 0.0

    def __init__(
        self, action: HookAction, wanted: tuple[WantedCredential, ...], files: Sequence[FileOutput]
    ) -> None:
        self.label, self.wanted = action.label, wanted
        self._action, self._files = action, files
        self._acted: tuple[str, ...] | None = None
        for file in files:
            file.tells(self.label)

    async def check(self) -> None:
        self._action.check()

    async def open(self) -> None:
        self._action.check()

    async def settle(self, values: Values | None) -> None:
        if values is None or not self._is_due(values):
            return
        known = [(file, file.changes) for file in self._files]
        await self._action.act(values)
        self._acted = texts(values)
        for file, changes in known:
            file.told(self.label, changes)

    async def close(self) -> None: ...

    def _is_due(self, values: Values) -> bool:
        if self._files:
            return any(file.has_news(self.label) for file in self._files)
        return texts(values) != self._acted


class CommandAction:
    """Runs a program to its end, with the values in its environment."""

    def __init__(self, label: str, settings: CommandSettings, environ: Mapping[str, str]) -> None:
        self.label = f"{label} ({os.path.basename(settings.run[0])})"
        self._settings, self._environ = settings, environ

    def check(self) -> None:
        check_program(self.label, self._settings.run[0])

    async def act(self, values: Values) -> None:
        process = await start(
            self.label, self._settings.run, {**self._environ, **environment(values)}
        )
        seconds = self._settings.timeout.total_seconds()
        try:
            async with asyncio.timeout(seconds):
                code = await process.wait()
        except TimeoutError as error:
            await end(process, signal.SIGKILL, LAST_WORDS)
            raise OutputError(
                f"{self.label}: was killed, because it still ran after {seconds:g} s"
            ) from error
        except asyncio.CancelledError:
            await end(process, signal.SIGTERM, LAST_WORDS)
            raise
        if code:
            raise OutputError(f"{self.label}: {ending(code)}")
        log.info("agent.command_ran", command=self.label)


class SignalAction:
    """Sends a signal to the process whose id is in a file. One that does not run needs none."""

    def __init__(self, label: str, settings: SignalSettings) -> None:
        self.label = f"{label} ({settings.pid_file})"
        self._file, self._number = settings.pid_file, signal.Signals[f"SIG{settings.signal}"]

    def check(self) -> None:
        """A file that is not there may have another name: that is a warning."""
        if not self._pid() and not self._file.exists():
            advice = "there is no such file: its program does not run, or the name is wrong"
            log.warning("agent.no_pid_file", pid_file=str(self._file), advice=advice)

    async def act(self, values: Values) -> None:
        pid = self._pid()
        try:
            if pid:
                os.kill(pid, self._number)
        except ProcessLookupError:
            pid = 0
        except OSError as error:
            sentence = f"{self.label}: cannot send {self._number.name}: {system_message(error)}"
            raise OutputError(sentence) from error
        log.info("agent.signal_sent" if pid else "agent.no_process", pid_file=str(self._file))

    def _pid(self) -> int:
        """0 if there is no file: the process does not run."""
        try:
            text = self._file.read_text("ascii").strip()
        except FileNotFoundError:
            return 0
        except (OSError, UnicodeDecodeError) as error:
            said = system_message(error) if isinstance(error, OSError) else "is not text"
            raise OutputError(f"{self.label}: {said}") from error
        if not text.isdecimal() or int(text) < 2:
            raise OutputError(f"{self.label}: does not hold the id of a process")
        return int(text)
