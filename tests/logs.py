"""The log of what runs within the tests: plain lines, which pytest shows with a failure."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from wechat_scheduler.log.level import set_debugging


def plain() -> None:
    """Without the frames, colours and variables of structlog's default, which take as long as a request."""
    set_debugging(True)
    structlog.reset_defaults()  # `configure` leaves as it is what it is not given
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["level", "event"]),
        ]
    )


@contextmanager
def restored() -> Iterator[None]:
    """Undoes at its end what the block sets up: else it would hold for all further tests of the process."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        plain()
        logging.captureWarnings(capture=False)
        root.handlers[:] = handlers
        root.setLevel(level)
