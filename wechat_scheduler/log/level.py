"""Whether lines of the level `debug` are written.

structlog finds that out by itself, and takes as long as the statement that a durable create is stored by.
What happens thousands of times a second asks here first.
"""

_is_debugging = True


def is_debugging() -> bool:
    """True before the log is set up, too."""
    return _is_debugging


def set_debugging(on: bool) -> None:
    global _is_debugging
    _is_debugging = on
