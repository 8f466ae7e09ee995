"""Consumers: the business systems that call WeChat through this daemon, and the store that they are in."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Protocol

from wechat_scheduler.access.model import Address, Network
from wechat_scheduler.access.once import Once
from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.records import dataclass, field

# How the audit and the usage name a consumer beside API keys.
CONSUMER: Final = "consumer/"
# A name stands in paths, metrics and tokens.
NAME: Final = pattern(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """A consumer as stored: with the hash of its secret, not the secret; the hash is empty until it is made.

    It may use the accounts `appids`, from `networks` (any network if empty), with at most
    `per_minute` and `per_day` calls (0 means no limit). If it has `allow_paths`, only these of WeChat's calls
    pass, and none of `deny_paths`: rules as `PathRules` takes them. `generation` grows with each new secret and with
    the revocation, which end its stand-in tokens. With `stand_in` it gets these instead of WeChat's.
    """

    name: str
    hash: str = field(default="", repr=False)
    generation: int = 1
    appids: frozenset[str]
    networks: tuple[Network, ...] = ()
    per_minute: int = 0
    per_day: int = 0
    allow_paths: tuple[str, ...] = ()
    deny_paths: tuple[str, ...] = ()
    stand_in: bool = False
    created_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    @property
    def label(self) -> str:
        """How the audit and the usage name it."""
        return f"{CONSUMER}{self.name}"

    def admits(self, address: Address | None) -> bool:
        """Whether it may call from that address; None is an unknown one."""
        return not self.networks or (
            address is not None and any(address in network for network in self.networks)
        )


class ConsumerStore(Protocol):
    """Stores consumers. Every method is atomic and may raise StorageError."""

    async def all_consumers(self) -> Sequence[Consumer]:
        """Every consumer, also revoked ones, in the order of their names."""

    async def consumer(self, name: str) -> Consumer | None:
        """The consumer of that name, active or not. May raise another RequestError: it cannot be read."""

    async def has_consumer(self, digest: str) -> bool:
        """Whether an active consumer has the secret of that hash."""

    async def add(self, consumer: Consumer, *, once: Once | None = None) -> None:
        """Add a consumer, or replace a revoked one of its name, whose generation continues. Raises ConflictError if
        one of that name is active, and as `once.Once` says."""

    async def change(self, name: str, edit: Callable[[Consumer], Consumer]) -> Consumer | None:
        """Store what `edit` makes of an active consumer, whose name, secret and generation stay. Returns None
        if there is none; raises what `edit` raises."""

    async def rotate(
        self, name: str, *, digest: str, now: datetime, once: Once | None = None
    ) -> bool:
        """Give an active consumer another secret and the next generation. Returns False if there is none; raises as
        `once.Once` says."""

    async def revoke(self, name: str, *, now: datetime) -> bool:
        """End an active consumer, with the next generation. Returns False if there is none."""

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` when consumers may have changed, in another process or in this one."""


def new_secret() -> str:
    """The text of a new consumer secret: 256 random bits after a prefix that secret scanners can find."""
    return f"wcs_{secrets.token_urlsafe(32)}"
