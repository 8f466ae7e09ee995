"""Keeps the turns of Python's garbage collector short.

A full collection looks at every object that may be part of a cycle: with 100,000 credentials in memory that
takes a third of a second, in which nothing else turns. What such a collection has kept is in use, and most of
it stays: it is frozen, and later collections do not look at it again. It is still freed when its last
reference goes. Only cycles that end later are not found, such as the connections of a moment: so once twice as
much is frozen as the last look at everything has left, the next collection looks at everything.
"""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

# Objects that a full collection may look at again: about 10 ms.
MOST: Final = 20_000

# New objects that a collection of the young looks at, in 1 to 2 ms while a daemon works. Python's 700 are fewer
# than what a claim of deliveries has in hand, which would be looked at again and again: a twentieth of its work.
YOUNG: Final = 5_000

_OLDEST: Final = 2


@contextmanager
def imports_kept() -> Iterator[None]:
    """No collection looks at what this block imports, nor at what else lives at its end, neither now nor later:
    it stays, and to search it for garbage takes 100 ms."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


@contextmanager
def short_collections(most: int = MOST) -> Iterator[None]:
    """In this block, what survives a full collection is frozen as soon as it is more than `most` objects, and
    new objects are looked at after each YOUNG."""
    # Counting them takes as long as a look at them: it is done at the first full collection.
    imported: int | None = None
    left: int | None = None  # by the last look at everything; None if the next one is to come

    def collected(phase: str, info: Mapping[str, Any]) -> None:
        nonlocal imported, left
        if phase != "stop" or info["generation"] != _OLDEST:
            return
        if imported is None:
            imported = gc.get_freeze_count()
        if len(gc.get_objects(_OLDEST)) > most:
            gc.freeze()
        frozen = gc.get_freeze_count() - imported
        if left is None:
            left = frozen
        elif frozen > 2 * left + most:
            gc.unfreeze()
            left = None

    thresholds = gc.get_threshold()
    gc.callbacks.append(collected)
    gc.set_threshold(YOUNG, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.callbacks.remove(collected)
