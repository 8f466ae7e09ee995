"""Remembers hashes of byte strings, in four bytes each."""

import random
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap
from typing import Final

# In one megabyte.
SLOTS: Final = 262_144


class SeenHashes:
    """Remembers a hash at the first request, so that one-off requests do not fill the cache."""

    def __init__(self, rng: random.Random, *, number: int = SLOTS) -> None:
        self._rng = rng
        # The system gives the memory, all zeros, page by page as it is written to.
        pages = mmap(-1, 4 * number, flags=MAP_PRIVATE | MAP_ANONYMOUS)
        self._seen = memoryview(pages).cast("I")

    def seen(self, chunk: bytes) -> bool:
        """Whether `chunk` was seen before, as far as is known; marks it as seen."""
        slot, mark = divmod(hash(chunk) % (len(self._seen) << 32), 1 << 32)
        known = self._seen[slot]
        # If the newer one always won, two that share a slot would always replace each other.
        if not known or self._rng.random() < 0.5:
            self._seen[slot] = mark
        return known == mark
