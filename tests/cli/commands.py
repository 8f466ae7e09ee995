"""Runs commands: in this process, in a process of their own, on a terminal."""

import asyncio
import os
import pty
import sys
import termios
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from click.testing import CliRunner

from tests import warm
from tests.program import ENVIRONMENT
from wechat_scheduler.cli.main import main

PROGRAM = (sys.executable, "-m", "wechat_scheduler")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The result of a command."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one line on standard error."""
        (line,) = self.err.splitlines()
        assert self.out == ""
        return line


def invoke(*words: str, **environ: str | None) -> Ended:
    """Runs a command in this process, as `main` does; a variable that is None is unset."""
    isolated = {name: None for name in os.environ if name.startswith("WECHAT_SCHEDULER_")}
    code = 0
    with CliRunner().isolation(env={**isolated, **environ}) as (out, err, _):
        try:
            main(words)
        except SystemExit as end:
            code = int(end.code or 0)
        return Ended(code=code, out=out.getvalue().decode(), err=err.getvalue().decode())


async def run(*words: str, **environ: str) -> Ended:
    """Runs the program to its end in a process of its own, without standard input."""
    return await execute(*PROGRAM, *words, **environ)


async def run_warm(*words: str, **environ: str) -> Ended:
    """The same, from a process that has imported the program; see `tests.warm`."""
    async with warm.piped(*words, **environ) as process:
        out, err = await process.communicate()
    return Ended(code=process.returncode or 0, out=out.decode(), err=err.decode())


async def execute(*words: str, **environ: str) -> Ended:
    """Runs any program in that way."""
    process = await asyncio.create_subprocess_exec(
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**ENVIRONMENT, **environ},
    )
    out, err = await process.communicate()
    return Ended(code=process.returncode or 0, out=out.decode(), err=err.decode())


class Terminal:
    """A person at a terminal with a program."""

    def __init__(self, process: warm.Process, screen: asyncio.StreamReader, at: int):
        self.process = process
        self._screen = screen
        self._at = at

    async def until(self, text: str) -> str:
        """The output up to `text`."""
        return (await self._screen.readuntil(text.encode())).decode()

    def type(self, text: str) -> None:
        os.write(self._at, text.encode())

    async def end(self) -> str:
        """The output until the program ends."""
        shown = b""
        with suppress(OSError):  # the terminal's other side is closed
            while chunk := await self._screen.read(4096):
                shown += chunk
        await self.process.wait()
        return shown.decode()


@asynccontextmanager
async def terminal(*words: str, columns: int = 80, **environ: str) -> AsyncIterator[Terminal]:
    """Runs the program on a terminal of this width, from a process that has imported it."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (50, columns))
    environ = {**ENVIRONMENT, "TERM": "xterm-256color", **environ}
    process = await warm.start(*words, environ=environ, streams=(theirs, theirs, theirs))
    os.close(theirs)
    screen = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(screen), os.fdopen(ours, "rb", buffering=0)
    )
    try:
        yield Terminal(process, screen, ours)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        transport.close()
