"""Starts of the program from a process that has imported it; `fork_server.py` says what differs.

A test whose subject is the start itself, or what an interpreter takes from its environment, starts the
program by `tests.program` without this.
"""

import asyncio
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parent.parent
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith("WECHAT_SCHEDULER_")
}
UNBUFFERED = "PYTHONUNBUFFERED"
SERVER = (sys.executable, "-m", "tests.fork_server")
# Of this run, in all its workers; in the abstract namespace.
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
ADDRESS = f"\0wechat-scheduler-tests-{RUN}"
SERVER_LOCK = ROOT / "tests" / "fork_server.py"


class Server:
    """The process that forks; one for all workers of a run, started for the first test that asks."""

    def __init__(self) -> None:
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def fork(self, message: bytes, descriptors: Sequence[int]) -> None:
        socket.send_fds(self._control or self._begin(), [message], descriptors)

    def _begin(self) -> socket.socket:
        control = self._control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with SERVER_LOCK.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                control.connect(ADDRESS)
            except ConnectionRefusedError:
                self._process = _launched()
                control.connect(ADDRESS)
        return control

    def end(self) -> None:
        """The process itself ends with its last caller."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.wait()
        self._control = self._process = None


def _launched() -> "subprocess.Popen[bytes]":
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(ADDRESS)
        listener.listen()
        return subprocess.Popen(
            [*SERVER, str(listener.fileno())],
            pass_fds=[listener.fileno()],
            cwd=ROOT,
            env=ENVIRONMENT,
        )


server = Server()


class Process:
    """As `asyncio.subprocess.Process`, but for a child of another process, and without streams."""

    def __init__(self, pid: int, handle: int, answers: socket.socket) -> None:
        """`handle` is a pidfd: when the process has ended, its number may be that of another."""
        self.pid = pid
        self.returncode: int | None = None
        self._handle = handle
        self._answers = answers
        self._ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(answers, self._end)

    async def wait(self) -> int:
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.returncode is not None:
            raise ProcessLookupError
        signal.pidfd_send_signal(self._handle, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        with suppress(ProcessLookupError):  # it has ended, and the fork server has yet to say so
            self.send_signal(signal.SIGKILL)

    def _end(self) -> None:
        self.returncode = int(self._answers.recv(100))
        asyncio.get_running_loop().remove_reader(self._answers)
        self._answers.close()
        os.close(self._handle)
        self._ended.set()


async def start(
    *words: str,
    environ: Mapping[str, str],
    streams: tuple[int, int, int] = (0, 1, 2),
    held: Sequence[socket.socket] = (),
    first: str = "",
) -> Process:
    """`python -m wechat_scheduler WORDS` with these standard streams, and with sockets `held` as systemd
    passes them; `environ` then says how many there are. The Python code `first` runs before it."""
    for name in (environ.keys() | ENVIRONMENT.keys()) - {
        UNBUFFERED
    }:  # only an interpreter takes these
        assert not name.startswith("PYTHON") or environ.get(name) == ENVIRONMENT.get(name)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    folder = str(Path.cwd())
    message = {"words": words, "environ": dict(environ), "folder": folder, "first": first}
    with theirs:
        descriptors = [theirs.fileno(), *streams, *(one.fileno() for one in held)]
        server.fork(json.dumps(message).encode(), descriptors)
    pid, (handle,), _, _ = await asyncio.to_thread(socket.recv_fds, ours, 100, 1)
    ours.setblocking(False)
    return Process(int(pid), handle, ours)


@asynccontextmanager
async def pipe() -> AsyncIterator[tuple[asyncio.StreamReader, int]]:
    """What a process writes, and the end that it writes into, which the caller closes."""
    ours, theirs = os.pipe()
    lines = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), os.fdopen(ours, "rb", buffering=0)
    )
    try:
        yield lines, theirs
    finally:
        transport.close()


class Piped:
    """A process whose output and errors are read from pipes."""

    def __init__(
        self, process: Process, stdout: asyncio.StreamReader, stderr: asyncio.StreamReader
    ) -> None:
        self.process = process
        self.stdout = stdout
        self.stderr = stderr

    @property
    def returncode(self) -> int | None:
        return self.process.returncode

    def send_signal(self, number: int) -> None:
        self.process.send_signal(number)

    async def communicate(self) -> tuple[bytes, bytes]:
        """What it still writes until it ends."""
        out, err = await self.stdout.read(), await self.stderr.read()
        await self.process.wait()
        return out, err


@asynccontextmanager
async def piped(*words: str, **environ: str) -> AsyncIterator[Piped]:
    """The program with nothing to read; killed at the end if it still runs."""
    async with pipe() as (stdout, to_stdout), pipe() as (stderr, to_stderr):
        streams = (os.open(os.devnull, os.O_RDONLY), to_stdout, to_stderr)
        process = await start(*words, environ={**ENVIRONMENT, **environ}, streams=streams)
        for stream in streams:
            os.close(stream)
        try:
            yield Piped(process, stdout, stderr)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
