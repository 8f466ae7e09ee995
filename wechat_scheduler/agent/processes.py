"""Programs that the agent starts, each in a process group of its own."""

import asyncio
import os
import shutil
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from wechat_scheduler.config.os_errors import system_message
from wechat_scheduler.errors import OutputError


def check_program(label: str, name: str) -> None:
    """Raises OutputError if there is no such program."""
    if shutil.which(name) is None:
        where = "is not executable" if "/" in name else "was not found in $PATH"
        raise OutputError(f"{label}: {name} {where}")


async def start(
    label: str,
    words: Sequence[str],
    environ: Mapping[str, str],
    *,
    prepare: Callable[[], object] | None = None,
) -> Process:
    """Starts a program without standard input; `prepare` is called in its process before. Raises OutputError."""
    try:
        return await asyncio.create_subprocess_exec(
            *words, env=environ, stdin=DEVNULL, process_group=0, preexec_fn=prepare
        )
    except (OSError, ValueError) as error:
        said = system_message(error) if isinstance(error, OSError) else "cannot be started"
        raise OutputError(f"{label}: {said}") from error


async def end(process: Process, number: signal.Signals, timeout: timedelta) -> None:
    """Sends the signal to the process and to all that it started, and SIGKILL to those that do not end in time
    or outlive it."""
    signal_group(process, number)
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout.total_seconds()):
            await process.wait()
    signal_group(process, signal.SIGKILL)
    await process.wait()


def signal_group(process: Process, number: signal.Signals) -> None:
    """Send the signal to all processes of the group that still run."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def ending(code: int) -> str:
    """How a process ended, as the end of a sentence."""
    if code >= 0:
        return f"ended with exit code {code}"
    return f"was ended by {signal.Signals(-code).name}"
