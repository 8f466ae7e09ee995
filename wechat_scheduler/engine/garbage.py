"""Keeps the turns of Python's garbage collector short.

A full collection looks at every object that may be part of a cycle: with 100,000 credentials in memory that
takes a third of a second, in which nothing else turns. What such a collection has kept is in use, and most of
it stays: it is frozen, and later collections do not look at it again. It is still freed when its last
reference goes; only a cycle that ends later is never found.
"""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

# Objects that a full collection may look at again: about 10 ms.
MOST: Final = 20_000

_OLDEST: Final = 2


@contextmanager
def short_collections(most: int = MOST) -> Iterator[None]:
    """In this block, what survives a full collection is frozen as soon as it is more than `most` objects."""

    def collected(phase: str, info: Mapping[str, Any]) -> None:
        is_full = phase == "stop" and info["generation"] == _OLDEST
        if is_full and len(gc.get_objects(_OLDEST)) > most:
            gc.freeze()

    gc.callbacks.append(collected)
    try:
        yield
    finally:
        gc.callbacks.remove(collected)
