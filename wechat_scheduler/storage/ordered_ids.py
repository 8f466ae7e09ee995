"""Ids of 52 bits that grow with time.

Random ids lie on pages of their own: with 100,000 messages in the store, each of a batch writes pages of two
indexes that no other writes, and a commit takes twice as long. What is asked for without a key has a
random id all the same.
"""

import secrets
from datetime import datetime
from typing import Final

# Seconds, about 34 years of them, above a number within each.
_SECONDS: Final = (1 << 30) - 1
_NUMBERS: Final = (1 << 22) - 1


class IdSequence:
    """No id comes twice, unless the clock goes back or another process makes ids of the same second: then
    two may be the same by chance."""

    def __init__(self) -> None:
        self._second = -1
        self._number = 0

    def at(self, now: datetime) -> int:
        """A new one, never 0."""
        second = int(now.timestamp()) & _SECONDS
        if second == self._second:
            self._number = (self._number + 1) & _NUMBERS
        else:
            self._second, self._number = second, 1 + secrets.randbelow(_NUMBERS // 2)
        return second << 22 | self._number
