"""The states of the rooms of an application: what they keep between requests.

aiohttp takes such objects only before its first request, and most rooms are imported after that.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias, TypeVar

from aiohttp import web

T = TypeVar("T")

Unrouted: TypeAlias = Callable[[web.Request, web.HTTPException], Awaitable[web.StreamResponse]]


class RoomStates:
    """Takes and gives objects by the keys of aiohttp."""

    def __init__(self) -> None:
        self._kept: dict[web.AppKey[Any], Any] = {}

    def __setitem__(self, key: web.AppKey[T], value: T) -> None:
        self._kept[key] = value

    def __getitem__(self, key: web.AppKey[T]) -> T:
        kept: T = self._kept[key]
        return kept


STATES: Final = web.AppKey("STATES", RoomStates)
# Answers a request that no route fits.
UNROUTED: Final[web.AppKey[Unrouted]] = web.AppKey("UNROUTED")
