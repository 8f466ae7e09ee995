"""A process that has imported the program, and becomes it: `fork_server.py LISTENER`.

Each message on a connection of the socket LISTENER is JSON, with descriptors: where to answer, the three
standard streams, and sockets that the program listens on. It forks; the child becomes `python -m
wechat_scheduler WORDS` in all but the start of the interpreter, the imports, and what the first daemon of a
process computes; and ends as that does, but frees nothing. The answers are two messages: the child's process id,
with a pidfd of it, and its exit code. It has no threads, and ends with its last caller.
"""

import atexit
import json
import os
import random
import select
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from struct import Struct
from tempfile import TemporaryDirectory
from typing import Any, Final, NoReturn

from wechat_scheduler.cli.main import SERVE, main

LARGEST: Final = 1 << 17
FIRST: Final = 3
# Of a peer: its process, user and group.
CREDENTIALS: Final = Struct("iII")
FILES: Final = 1024
# How an interpreter ends whose output has no room.
UNWRITTEN: Final = 120


def wait(listener: socket.socket) -> list[str]:
    """Fork for each message. Returns the words of the program in a child, and never in the parent."""
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who runs the tests
    running: dict[int, socket.socket] = {}
    callers: dict[int, socket.socket] = {}
    while True:
        for ready in select.select([woken, listener.fileno(), *callers], [], [])[0]:
            if ready == woken:
                os.read(woken, 4096)
                bury(running)
            elif ready == listener.fileno():
                admit(listener, callers)
            elif asked := take(listener, callers, ready):
                message, descriptors = asked
                if not bear(running, descriptors[0]):
                    for one in (listener, *callers.values(), *running.values()):
                        one.detach()
                    return become(message, descriptors[1:])
                for descriptor in descriptors[1:]:
                    os.close(descriptor)


def take(
    listener: socket.socket, callers: dict[int, socket.socket], ready: int
) -> tuple[dict[str, Any], list[int]] | None:
    """The next message of a caller, None if it has gone. With the last one this process ends, and the next
    caller starts another."""
    try:
        message, descriptors, _, _ = socket.recv_fds(callers[ready], LARGEST, 8)
    except ConnectionError:
        message = b""
    if message:
        return json.loads(message), descriptors
    callers.pop(ready).close()
    if not callers and not select.select([listener], [], [], 0)[0]:
        listener.close()  # before the modules are freed, which takes a while
        sys.exit()
    return None


def bear(running: dict[int, socket.socket], descriptor: int) -> int:
    """Forks, and tells the other end of `descriptor` of the child. Returns 0 in that, its number here."""
    answers = socket.socket(fileno=descriptor)
    assert threading.active_count() == 1
    child = os.fork()
    if not child:
        answers.detach()
        return child
    running[child] = answers
    handle = os.pidfd_open(child)
    with suppress(OSError):  # the test is over
        socket.send_fds(answers, [b"%d" % child], [handle])
    os.close(handle)
    return child


def admit(listener: socket.socket, callers: dict[int, socket.socket]) -> None:
    """A caller of the same user: any user of the machine can reach the socket."""
    caller, _ = listener.accept()
    peer = caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    if CREDENTIALS.unpack(peer)[1] == os.getuid():
        callers[caller.fileno()] = caller
    else:
        caller.close()


def bury(running: dict[int, socket.socket]) -> None:
    """Tell of the children that have ended."""
    for child, answers in list(running.items()):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            del running[child]
            with answers, suppress(OSError):  # the test is over
                answers.sendall(b"%d" % os.waitstatus_to_exitcode(status))


def become(message: dict[str, Any], descriptors: list[int]) -> list[str]:
    """This process as the start of an interpreter leaves it. Returns the words of the command."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Out of the places that they get.
    free = [os.dup(descriptor) for descriptor in descriptors]
    for place, descriptor in enumerate(free):
        os.dup2(descriptor, place)
    os.closerange(len(free), FILES)
    os.chdir(message["folder"])
    os.environ.clear()
    os.environ.update(message["environ"])
    if len(free) > FIRST:
        os.environ["LISTEN_PID"] = str(os.getpid())
    time.tzset()
    unbuffered = bool(os.environ.get("PYTHONUNBUFFERED"))
    sys.stdout.reconfigure(line_buffering=os.isatty(1), write_through=unbuffered)
    sys.stderr.reconfigure(write_through=unbuffered)
    words: list[str] = message["words"]
    sys.orig_argv = [sys.executable, "-m", "wechat_scheduler", *words]
    sys.argv[1:] = words
    exec(message["first"])
    return words


def run(words: list[str]) -> NoReturn:
    """The program, to the end of its process."""
    try:
        main(words)
    except SystemExit as ended:
        end(int(ended.code or 0))
    end(0)


def end(code: int) -> NoReturn:
    """As an interpreter ends. But that would free all that it imported, and copy those pages first: 100 ms."""
    threading._shutdown()  # type: ignore[attr-defined]  # what the interpreter calls at its end
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = UNWRITTEN
    os._exit(code)


async def warm_up(folder: Path) -> None:
    """Load what a start puts off, and open a daemon, which writes the methods of classes and the like."""
    flags = {"server.port": 0, "state.dir": str(folder)}
    config = loading.load(file=None, flags=flags, environ={}).config
    load_for(config)
    async with open_daemon(config, clock=SystemClock(), rng=random.Random(1), run_loops=False):
        pass


if __name__ == "__main__":
    SERVE.load()
    from wechat_scheduler.cli import serve
    from wechat_scheduler.cli.late_loading import load_for
    from wechat_scheduler.config import loading
    from wechat_scheduler.daemon.opening import open_daemon
    from wechat_scheduler.engine.clock import SystemClock

    with TemporaryDirectory() as folder:
        serve.run(warm_up(Path(folder)))
    run(wait(socket.socket(fileno=int(sys.argv[1]))))
