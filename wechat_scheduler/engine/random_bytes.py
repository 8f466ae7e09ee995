"""Random bytes of the operating system, read ahead.

Each read releases the GIL, which a busy thread then takes: a few bytes would cost as much as the request
that they are for. They are for ids; a secret is read by itself when it is made.
"""

import os
from io import BytesIO
from typing import Final

AHEAD: Final = 4096

_ahead = BytesIO()


def random_bytes(size: int) -> bytes:
    """At most AHEAD bytes, each given out once."""
    global _ahead
    found = _ahead.read(size)
    if len(found) < size:
        _ahead = BytesIO(os.urandom(AHEAD))
        found = _ahead.read(size)
    return found
