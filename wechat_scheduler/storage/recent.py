"""Remembers what was read lately, as long as nothing was written to the tables that it came from.

A read asks another thread, and the thread hands the interpreter back and forth, which costs more than most
reads. Where other processes write too, nothing is remembered.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import Final, Generic, TypeVar

from wechat_scheduler.storage.database import Database

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")

# Some kilobytes each. When there are more, all are forgotten.
MOST: Final = 5_000


class RecentRows(Generic[KeyT, ValueT]):
    """Remembers by key what was read from `tables`."""

    def __init__(self, database: Database, *tables: str) -> None:
        self._database = database
        self._tables = tables
        self._version: int | None = None
        self._known: dict[KeyT, ValueT] = {}

    def version(self) -> int | None:
        """Call it before reading the rows that `keep` is given."""
        return self._database.version(*self._tables)

    def known(self, keys: Iterable[KeyT]) -> dict[KeyT, ValueT]:
        """The remembered values of these keys."""
        if self._version is None or self._version != self.version():
            return {}
        return {key: self._known[key] for key in keys if key in self._known}

    def keep(self, version: int | None, read: Mapping[KeyT, ValueT]) -> None:
        """What was read since `version` was taken."""
        if version != self._version or len(self._known) + len(read) > MOST:
            self._version, self._known = version, {}
        if version is not None and len(read) <= MOST:
            self._known.update(read)
