"""A thread that leaves the interpreter to the loop.

A thread that imports modules keeps the interpreter for Python's switch interval of 5 ms each time that the loop
wants it back: for all callers who ask meanwhile.
"""

import asyncio
import sys
from collections.abc import Callable
from threading import Lock
from typing import Final, TypeVar

T = TypeVar("T")

_USUAL: Final = sys.getswitchinterval()
# A tenth of the usual. A shorter one changes nothing that readers notice.
_GENTLE: Final = 0.0005
_LOADING: Final = Lock()


async def in_gentle_thread(load: Callable[[], T]) -> T:
    """What `load` returns. It runs in a thread, after those that came before: two threads that import the same
    packages in another order may wait for one another, which Python ends with an error."""
    return await asyncio.to_thread(_load_gently, load)


def _load_gently(load: Callable[[], T]) -> T:
    """Meanwhile every thread gives the interpreter back ten times sooner."""
    with _LOADING:
        sys.setswitchinterval(_GENTLE)
        try:
            return load()
        finally:
            sys.setswitchinterval(_USUAL)
