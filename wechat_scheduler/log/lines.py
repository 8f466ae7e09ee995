"""Writes lines to a stream: each by itself, or those that wait together, by a thread of its own.

A write releases the GIL, which a busy thread then takes: a line would cost as much as the request
that it tells of. Lines keep their order, and none waits behind an error: a process that dies of it leaves
all of them.
"""

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Event, RLock, Thread
from typing import Final, TextIO

# How long the first of a batch waits for the last, in seconds.
GATHERING: Final = 0.01
# Lines that wait at the most: then their writer waits for the stream.
MOST: Final = 10_000
# The pause between two calls of `each_second`, in seconds.
SECOND: Final = 1.0


class Lines:
    """Writes structlog's lines. If the stream is closed, the line is lost, without an error."""

    _lock = RLock()

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def msg(self, line: str) -> None:
        self._write(f"{line}\n")

    debug = info = warning = error = critical = msg

    def _write(self, text: str) -> None:
        with self._lock, suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()


class LineQueue(Lines):
    """`each_second` is called by the thread, as long as lines come."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._waiting: deque[str] = deque()
        self._came = Event()
        self._hurries = False
        self.each_second: Callable[[], bool] = lambda: False
        Thread(target=self._serve, name="log", daemon=True).start()

    def msg(self, line: str) -> None:
        self._waiting.append(f"{line}\n")
        if self._hurries or len(self._waiting) > MOST:
            self.flush()
        elif not self._came.is_set():
            self._came.set()

    debug = info = warning = msg

    def error(self, line: str) -> None:
        self._waiting.append(f"{line}\n")
        self.flush()

    critical = error

    def hurry(self) -> None:
        """Write all lines at once from now on: the process is ending."""
        self._hurries = True
        self.flush()

    def flush(self) -> None:
        with self._lock:
            lines = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if lines:
                self._write("".join(lines))

    def _serve(self) -> None:
        goes_on = False
        while True:
            came = self._came.wait(SECOND if goes_on else None)
            if came:
                time.sleep(GATHERING)
                self._came.clear()
                self.flush()
            goes_on = self.each_second()
