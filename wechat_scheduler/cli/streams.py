"""The standard streams, when one is closed or its reader is gone."""

import errno
import io
import os
import select
import sys
from contextlib import suppress
from typing import Final, TextIO

# In the order of their numbers.
_STREAMS: Final = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def fill_closed_streams() -> None:
    """Open the null device in place of each standard stream that is closed: else a database or a socket
    takes its number, and Python has no such stream."""
    while (number := os.open(os.devnull, os.O_RDWR)) < len(_STREAMS):
        os.set_inheritable(number, True)
    os.close(number)
    for number, (name, mode) in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            raw = io.FileIO(number, mode, closefd=False)
            setattr(sys, name, io.TextIOWrapper(raw, encoding="utf-8"))


def forget_output() -> None:
    """Let all further output vanish: what is still buffered must not fail at exit."""
    _forget(sys.stdout)


def flush_errors() -> None:
    """Write the errors out. Without a reader they vanish: at exit they would change its code."""
    try:
        sys.stderr.flush()
    except OSError:
        _forget(sys.stderr)


def _forget(stream: TextIO) -> None:
    with suppress(OSError):  # a test's output has no number
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def check_reader() -> None:
    """Raises BrokenPipeError if the output's reader is gone, which else the next write would notice."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)
    if any(event & select.POLLERR for _, event in poll.poll(0)):
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
