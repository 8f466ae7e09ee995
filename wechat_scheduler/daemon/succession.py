"""A restart in which the next daemon is loaded before this one ends.

The next one is a child with the same command line and the same listening socket. It reads its
configuration, imports everything, says so, and waits. Then this one ends as on SIGTERM; once it has
closed the database it says so, and the next one opens it. Callers wait in the socket for the short time
between. If the new one fails before it takes over, the old one continues.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

import structlog

from wechat_scheduler.config import launch
from wechat_scheduler.daemon.listening import NAME
from wechat_scheduler.errors import StartError

log = structlog.get_logger(__name__)

LOADED, GO = b"l", b"g"

# A successor that is not loaded by then hangs, for instance at a file of a network that is away.
PATIENCE: Final = timedelta(minutes=1)


class Succession:
    """Starts the successor of this process, and hands over to it."""

    def __init__(self, *, patience: timedelta = PATIENCE) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._patience = patience
        self._turn: socket.socket | None = None
        self._is_called_off = False

    async def prepare(self, listener: socket.socket) -> int:
        """Start the successor, and wait until it is loaded. Returns its process, 0 if it failed."""
        if os.getpid() == 1:
            log.error("restart.impossible", advice="the first process of a container ends it")
            return 0
        ours, theirs = socket.socketpair()
        with theirs:
            process = self.process = _launched(listener, theirs)
        ours.setblocking(False)
        log.info("restart.loading", pid=process.pid)
        if not await self._is_loaded(process, ours):
            ours.close()
            log.error("restart.failed", exit_code=await self._exit_code(process))
            return 0
        if self._is_called_off:
            ours.close()
            return 0
        self._turn = ours
        return process.pid

    async def _is_loaded(self, process: "subprocess.Popen[bytes]", turn: socket.socket) -> bool:
        """Whether the successor is loaded. One that hangs is killed; so is one that still loads when this
        daemon ends."""
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                return await asyncio.get_running_loop().sock_recv(turn, 1) == LOADED
        except TimeoutError:
            process.kill()
            return False
        except asyncio.CancelledError:
            process.kill()
            turn.close()
            raise

    async def _exit_code(self, process: "subprocess.Popen[bytes]") -> int:
        """The exit code of a successor that failed. One that still runs is killed after it had time to end by
        itself and say why."""
        try:
            with suppress(subprocess.TimeoutExpired):
                return await asyncio.to_thread(process.wait, self._patience.total_seconds())
        finally:
            process.kill()
        return await asyncio.to_thread(process.wait)

    def call_off(self) -> None:
        """End the successor: the daemon was told to stop, not to hand over."""
        self._is_called_off = True
        if self._turn is not None:
            self._turn.close()
            self._turn = None

    def finish(self) -> None:
        """Let the successor start. This process has closed everything."""
        if self._turn is not None:
            with self._turn, suppress(OSError):  # it may be dead by now
                self._turn.setblocking(True)
                self._turn.sendall(GO)


def take_turn(load: Callable[[], None]) -> None:
    """In a successor: `load` what the daemon needs, and wait until the predecessor has closed everything.

    Does nothing in other processes. Raises StartError if the predecessor ends without that.
    """
    descriptor = launch.turn()
    if descriptor is None:
        return
    with socket.socket(fileno=descriptor) as turn:
        turn.set_inheritable(False)
        load()
        turn.sendall(LOADED)
        if turn.recv(1) != GO:
            raise StartError("the old daemon ended without handing over")


def _launched(listener: socket.socket, turn: socket.socket) -> "subprocess.Popen[bytes]":
    handed = (listener.fileno(), turn.fileno())
    before = (sys.executable, "-S", launch.__file__, str(handed[0]), NAME, str(handed[1]))
    # The command of this process, with its arguments.
    command = (*before, sys.executable, *sys.orig_argv[1:])
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGUSR2,))
    try:
        return subprocess.Popen(command, pass_fds=handed, stdin=subprocess.DEVNULL)  # noqa: S603
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGUSR2,))
