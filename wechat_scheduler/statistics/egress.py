"""Remembers the address that WeChat sees our calls come from. It names it in its refusals only."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.statistics.model import EgressAddress, EgressStore

# A machine whose address WeChat has not named for so long is forgotten.
KEPT: Final = timedelta(days=400)


class EgressWatch:
    """The last address of this machine, `host`, is stored with the next `flush`."""

    def __init__(self, store: EgressStore, *, host: str, clock: Clock) -> None:
        self._store = store
        self._host = host
        self._clock = clock
        self._seen: EgressAddress | None = None

    def note(self, address: str) -> None:
        """WeChat named the address just now."""
        self._seen = EgressAddress(host=self._host, address=address, seen_at=self._clock.now())

    async def flush(self) -> None:
        """Raises StorageError."""
        if (seen := self._seen) is not None:
            await self._store.put(seen)
            if self._seen is seen:
                self._seen = None

    async def find(self) -> Sequence[EgressAddress]:
        """The addresses of all machines, the last seen first. Raises StorageError."""
        found = await self._store.find()
        if (seen := self._seen) is None:
            return found
        return [seen, *(one for one in found if one.host != seen.host)]
