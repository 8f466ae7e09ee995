"""The descriptors of this process: one for each connection and each open file."""

import os
import resource
from contextlib import suppress
from typing import Final

# For new connections to databases and receivers, files of pages, and the connection that is refused.
SPARE: Final = 32

# With fewer than this, the daemon could answer no one.
FEWEST: Final = 8

# A higher limit of the system is not used: the daemon handles no more connections than that.
MOST: Final = 1 << 16


class DescriptorLimit:
    """`outgoing` is the number of connections that the daemon itself may open."""

    def __init__(self, *, outgoing: int) -> None:
        self._outgoing = outgoing
        self._limit = _raised_limit()

    def room(self, connections: int) -> int:
        """How many callers may be connected, while `connections` are. The daemon's own descriptors come
        first: those that it has now, and at least those that it may open."""
        others = _open_now() - connections
        return max(FEWEST, self._limit - max(others, self._outgoing) - SPARE)


def _raised_limit() -> int:
    """The limit of this process, raised as far as it may raise it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            return wanted
    return wanted if soft == resource.RLIM_INFINITY else soft


def _open_now() -> int:
    """The number of open descriptors; 0 if the system does not report it."""
    with suppress(OSError):
        return len(os.listdir("/dev/fd"))
    return 0
