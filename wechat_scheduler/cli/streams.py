"""The standard streams, when one is closed or its reader is gone."""

import atexit
import io
import os
import select
import sys
from contextlib import suppress
from typing import Any, Final, NoReturn

# In the order of their numbers.
_STREAMS: Final = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def open_streams() -> None:
    """Make the standard streams fit to be used, closed ones and those without a reader too.

    The null device takes the place of one that is closed: else a database or a socket takes its number,
    and Python has no such stream. What has no reader any more vanishes, so that a command ends as it
    would with one: its exit code does not depend on how fast the reader leaves.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) < len(_STREAMS):
        os.set_inheritable(number, True)
    os.close(number)
    for number, (name, mode) in enumerate(_STREAMS):
        stream = getattr(sys, name)
        if stream is None:
            raw = io.FileIO(number, mode, closefd=False)
            setattr(sys, name, io.TextIOWrapper(raw, encoding="utf-8"))
        elif mode == "w" and stream is getattr(sys, f"__{name}__"):  # else a test's
            setattr(sys, name, _outlet(number, stream))
            if name == "stderr":
                atexit.register(_end_errors)


def _outlet(number: int, stream: Any) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(_Outlet(number, "w", closefd=False)),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering or stream.write_through,
    )


class _Outlet(io.FileIO):
    """Writes to a reader. Once that is gone, all output vanishes."""

    is_gone = False

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            self.is_gone = True
            _forget(self.fileno())
            return memoryview(data).nbytes


def has_reader() -> bool:
    """Whether the output still has a reader, as far as is known before the next write."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if isinstance(raw, _Outlet) and raw.is_gone:
        return False
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)
    return not any(event & select.POLLERR for _, event in poll.poll(0))


def forget_output() -> None:
    """Let all further output vanish: what is still buffered must not fail at exit."""
    with suppress(OSError):  # a test's output has no number
        _forget(sys.stdout.fileno())


def leave() -> NoReturn:
    """End the process now, with exit code 0, for one that has closed everything. What was written arrives.

    The interpreter would free all that was imported first: 30 ms, in which callers wait for the next daemon.
    """
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    _end_errors()
    os._exit(0)


def _end_errors() -> None:
    """Errors and lines of the log that have no room change no exit code."""
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            _forget(sys.stderr.fileno())


def _forget(number: int) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, number)
    os.close(null)
