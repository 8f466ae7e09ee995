"""The origins whose pages may ask without a key, by account: `https://shop.example.com`.

An origin is allowed exactly as a browser writes it. There are no wildcards: a subdomain may be given to
others, or taken over once its host is gone.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, Protocol, TypeAlias

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.latest_rereads import LatestRereads
from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.read_through import ReadThrough

# Authorities as browsers write them, and with capitals. A user, a backslash or a space is in none.
_ADDRESS: Final = pattern(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]{2,45}\]|[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?)"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<rest>[/?#][^\n]*)?",
    re.IGNORECASE | re.ASCII,
)
_LONGEST_HOST: Final = 253
_LARGEST_PORT: Final = 65535
_DEFAULT: Final = {"http": 80, "https": 443}

AllowedOrigins: TypeAlias = Mapping[str, Sequence[str]]


class Located(NamedTuple):
    """Where a page is. `rest` is empty or begins with `/`, `?` or `#`."""

    origin: str
    rest: str


class OriginStore(Protocol):
    """Stores the origins. Every method is atomic and may raise StorageError."""

    async def all_origins(self) -> AllowedOrigins:
        """The allowed origins by appid."""

    async def allows(self, appid: str, origin: str) -> bool: ...

    async def put(self, appid: str, origins: Sequence[str]) -> None:
        """Allow only these."""

    def on_change(self, listener: Callable[[], object]) -> None:
        """Call `listener` when they may have changed, in another process or in this one."""


def located(url: str) -> Located | None:
    """The origin of an address of http or https, as a browser writes it, and the rest; None for others."""
    found = _ADDRESS.fullmatch(url)
    if found is None or len(found["host"]) > _LONGEST_HOST:
        return None
    scheme, host, port = found["scheme"].lower(), found["host"].lower(), int(found["port"] or 0)
    if found["port"] and not 0 < port <= _LARGEST_PORT:
        return None
    shown = f":{port}" if port and port != _DEFAULT[scheme] else ""
    return Located(f"{scheme}://{host}{shown}", found["rest"] or "")


class PageOrigins:
    """The allowed origins of every account, in memory. Call `load` before the first use."""

    def __init__(self, store: OriginStore, *, clock: Clock) -> None:
        self._store = store
        self._allowed: AllowedOrigins = {}
        self._rereads = LatestRereads(store.all_origins, self._hold)
        self._misses = ReadThrough(self.load, clock)

    async def load(self) -> None:
        """Read them from the store, where another process may have changed them."""
        await self._rereads.run()

    def of(self, appid: str) -> Sequence[str]:
        """The origins of the account, in the order in which they were given."""
        return self._allowed.get(appid, ())

    async def allows(self, appid: str, origin: str) -> bool:
        """Whether the account allows that origin; also if another process has just allowed it. May raise
        StorageError."""
        if origin not in self.of(appid):
            await self._misses.ask((appid, origin), lambda: self._store.allows(appid, origin))
        return origin in self.of(appid)

    async def put(self, appid: str, origins: Sequence[str]) -> None:
        """Allow only these, at once. May raise StorageError."""
        await self._store.put(appid, origins)
        self._rereads.changed()
        self._hold({**self._allowed, appid: tuple(origins)})  # at once: the next `load` may fail
        await self.load()

    def _hold(self, allowed: AllowedOrigins) -> None:
        self._allowed = allowed
