"""The program as its users start it: a process of its own, known to be ready by what it says."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from tests import warm
from tests.template import lay_database
from tests.warm import ENVIRONMENT
from wechat_scheduler.config.loading import DATABASE_NAME
from wechat_scheduler.config.state_folder import ADMIN_KEY
from wechat_scheduler.daemon.listening import NAME

# For `environ`: on PostgreSQL a daemon that was killed keeps its claims until they run out.
SHORT_CLAIMS = {
    "WECHAT_SCHEDULER_WECHAT_TIMEOUT": "1s",
    "WECHAT_SCHEDULER_CALLBACKS_TIMEOUT": "1s",
    "WECHAT_SCHEDULER_REFRESH_LEASE": "5s",
}


class Log:
    """What a program writes to standard error: JSON lines, but for what it says when it dies."""

    def __init__(self, lines: asyncio.StreamReader) -> None:
        self._lines = lines
        self._written = asyncio.Condition()
        self._ended = False
        self.events: list[dict[str, Any]] = []
        self.others: list[str] = []

    async def read(self) -> None:
        """To its end: a program whose pipe is full stops."""
        async for line in self._lines:
            async with self._written:
                self._take(line)
                self._written.notify_all()
        async with self._written:
            self._ended = True
            self._written.notify_all()

    async def ends(self) -> None:
        """Wait until no process holds the stream."""
        async with self._written:
            await self._written.wait_for(lambda: self._ended)

    async def says(self, event: str) -> dict[str, Any]:
        """Wait for the first event of that name."""
        async with self._written:
            await self._written.wait_for(lambda: self._ended or self._named(event))
        assert self._named(event), f"{event} was never said: {self.events} {self.others}"
        return self._named(event)[0]

    def _named(self, event: str) -> list[dict[str, Any]]:
        return [entry for entry in self.events if entry["event"] == event]

    def _take(self, line: bytes) -> None:
        if line.startswith(b"{"):
            self.events.append(msgspec.json.decode(line))
        else:
            self.others.append(line.decode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A daemon that runs. `admin_key` is the one in its state folder."""

    url: str
    admin_key: str
    process: asyncio.subprocess.Process | warm.Process
    log: Log

    async def kill(self) -> None:
        """SIGKILL: it gets to do nothing more."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        """SIGTERM, and what it exits with."""
        self.process.send_signal(signal.SIGTERM)
        return await self.process.wait()


@asynccontextmanager
async def program(
    state: Path,
    *arguments: str,
    launcher: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
    pass_fds: Collection[int] = (),
) -> AsyncIterator[Program]:
    """`wechat-scheduler` on a free port, ready; killed at the end if it still runs.

    `launcher` is a command that becomes the one behind it, such as `env`.
    """
    process = await asyncio.create_subprocess_exec(
        *launcher, sys.executable, "-m", "wechat_scheduler", *_words(state), *arguments,
        stderr=asyncio.subprocess.PIPE,
        env={**ENVIRONMENT, **(environ or {})},
        pass_fds=pass_fds,
    )  # fmt: skip
    assert process.stderr is not None
    async with _ready(state, process, process.stderr) as running:
        yield running


@asynccontextmanager
async def warm_program(
    state: Path,
    *arguments: str,
    environ: Mapping[str, str] | None = None,
    held: Sequence[socket.socket] = (),
    first: str = "",
) -> AsyncIterator[Program]:
    """The same, from a process that has imported it, which saves nine tenths of a start; see `tests.warm`.

    It listens on the socket that is `held`, if any, as on one that systemd passes. In a new state folder it
    finds the database that its first start would make. The Python code `first` runs before it.
    """
    if "--database" not in arguments and not (state / ADMIN_KEY).exists():
        await lay_database(state / DATABASE_NAME)
    handed = {"LISTEN_FDS": str(len(held)), "LISTEN_FDNAMES": NAME} if held else {}
    async with warm.pipe() as (lines, end):
        process = await warm.start(
            *_words(state), *arguments, streams=(0, 1, end), held=held, first=first,
            environ={**ENVIRONMENT, **handed, **(environ or {})},
        )  # fmt: skip
        os.close(end)
        async with _ready(state, process, lines) as running:
            yield running


def _words(state: Path) -> tuple[str, ...]:
    return ("-p", "0", "--state", str(state), "--log-format", "json")


@asynccontextmanager
async def _ready(
    state: Path, process: asyncio.subprocess.Process | warm.Process, lines: asyncio.StreamReader
) -> AsyncIterator[Program]:
    log = Log(lines)
    reading = asyncio.create_task(log.read())  # noqa: TID251 - it goes on beside the test
    try:
        url = (await log.says("daemon.ready"))["url"]
        key = (state / "admin.key").read_text().strip()
        yield Program(url=url, admin_key=key, process=process, log=log)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading
