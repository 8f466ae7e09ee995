"""The standard output, when its reader is gone."""

import errno
import os
import select
import sys
from contextlib import suppress


def forget_output() -> None:
    """Let all further output vanish: what is still buffered must not fail at exit."""
    with suppress(OSError):  # a test's output has no number
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def check_reader() -> None:
    """Raises BrokenPipeError if the output's reader is gone, which else the next write would notice."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)
    if any(event & select.POLLERR for _, event in poll.poll(0)):
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
