"""The log of what runs within the tests: plain lines, which pytest shows with a failure."""

import structlog


def plain() -> None:
    """Without the frames, colours and variables of structlog's default, which take as long as a request."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["level", "event"]),
        ]
    )
