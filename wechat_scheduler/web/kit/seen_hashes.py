"""Remembers that something was seen, in four bytes each."""

import random
from array import array
from typing import Final

# In one megabyte.
SLOTS: Final = 262_144


class SeenHashes:
    """What comes once would fill a memory and never come again, so what was seen once leaves only a hash."""

    def __init__(self, rng: random.Random, *, number: int = SLOTS) -> None:
        self._rng = rng
        self._seen = array("I", [0]) * number

    def seen(self, chunk: bytes) -> bool:
        """Whether it came before, as far as known. Now it did."""
        slot, mark = divmod(hash(chunk) % (len(self._seen) << 32), 1 << 32)
        known = self._seen[slot]
        # If the newer one always won, two that share a slot would drive each other out forever.
        if not known or self._rng.random() < 0.5:
            self._seen[slot] = mark
        return known == mark
