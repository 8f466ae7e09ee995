"""A dictionary that forgets, so that a sandbox may run for months."""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# A put adds one entry and may forget a few: memory follows, and no call pays for a large clean-up.
FORGET_AT_ONCE = 4


class Shelf(Generic[K, V]):
    """Keeps each entry for `keep` after it was put. Every operation is O(1).

    One `keep` for all makes the order of insertion the order of forgetting.
    """

    def __init__(self, keep: timedelta) -> None:
        self._keep = keep
        self._entries: OrderedDict[K, tuple[datetime, V]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, key: K, value: V, now: datetime) -> None:
        self._entries[key] = (now + self._keep, value)
        self._entries.move_to_end(key)
        self._forget(now)

    def get(self, key: K, now: datetime) -> V | None:
        entry = self._entries.get(key)
        return entry[1] if entry is not None and entry[0] > now else None

    def discard(self, key: K) -> None:
        self._entries.pop(key, None)

    def _forget(self, now: datetime) -> None:
        for _ in range(FORGET_AT_ONCE):
            oldest = next(iter(self._entries))
            if self._entries[oldest][0] > now:
                return
            del self._entries[oldest]
