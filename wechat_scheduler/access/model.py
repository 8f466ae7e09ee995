"""API keys: their scopes, their limits, and the store that they are in."""

import base64
import enum
import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final, Protocol, TypeAlias

from wechat_scheduler.access.once import Once
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.engine.sentences import Sentence

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

# The id of every admin key of a state folder; their registrations belong to it.
ADMIN = "admin"
# The name of the admin key of this state folder, and of others.
FIRST_NAME: Final = Sentence("made at the first start", "首次启动时生成")
OTHER_ADMIN: Final = Sentence("of a former or another state folder", "属于之前的或另一个状态目录")


class Scope(enum.StrEnum):
    """The permitted use of a key; ADMIN includes the others. VIEW shows what READ and PUSH show, but for values of
    credentials, and changes nothing."""

    VIEW = "view"
    READ = "read"
    REGISTER = "register"
    PUSH = "push"
    ADMIN = "admin"


# What a key with the scope VIEW may look at.
VIEWED: Final = (Scope.READ, Scope.PUSH)


class KeyState(enum.StrEnum):
    """The state of a key. Only an ACTIVE key permits anything."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key as stored: with the hash of its text, not the text.

    Registrations made with the key belong to its `id`; the admin keys of several state folders share
    one. Empty `appids`, `kinds` and `networks` limit nothing.
    """

    id: str
    name: str
    hash: str = field(repr=False)
    scopes: frozenset[Scope]
    appids: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def allows(self, scope: Scope) -> bool:
        return scope in self.scopes or Scope.ADMIN in self.scopes

    def sees(self, scope: Scope) -> bool:
        """Whether the key permits looking at what a key with that scope may look at."""
        return self.allows(scope) or (scope in VIEWED and Scope.VIEW in self.scopes)

    def reaches(self, appid: str, kind: str = "") -> bool:
        """Whether the key permits that account and that kind of credential; an empty argument is not
        checked."""
        return (not appid or not self.appids or appid in self.appids) and (
            not kind or not self.kinds or kind in self.kinds
        )

    def admits(self, address: Address | None) -> bool:
        """Whether the key may be used from that address; None is an unknown one."""
        return not self.networks or (
            address is not None and any(address in network for network in self.networks)
        )

    def state(self, now: datetime) -> KeyState:
        if self.revoked_at is not None:
            return KeyState.REVOKED
        if self.expires_at is not None and self.expires_at <= now:
            return KeyState.EXPIRED
        return KeyState.ACTIVE


class KeyStore(Protocol):
    """Stores keys. Every method is atomic and may raise StorageError."""

    async def all_keys(self) -> Sequence[Key]:
        """Every key, also revoked and expired ones, oldest first: one for each hash."""

    async def has_key(self, digest: str) -> bool:
        """Whether there is a key with that hash, of any state."""

    async def add(self, key: Key, *, signing_secret: str, once: Once | None = None) -> None:
        """Add a key, and the secret that signs the calls to its owner. Raises as `once.Once` says."""

    async def revoke(self, key_id: str, *, spare: str, now: datetime) -> bool:
        """Revoke the keys of that id, except the one with the hash `spare`, and stop the notifications
        for them; `silence` does the rest. Returns whether there were any, revoked or not."""

    async def lapse(self, *, now: datetime) -> None:
        """Stop the notifications for keys that have expired; `silence` does the rest."""

    async def silence(self) -> bool:
        """Remove the addresses from some registrations of a key that has ended. Returns whether there was
        such a key: call it until there is none."""

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` when keys may have changed, in another process or in this one."""


def new_key() -> str:
    """The text of a new key: 256 random bits after a prefix that secret scanners can find."""
    return f"wsk_{secrets.token_urlsafe(32)}"


def new_id() -> str:
    """A new id of a key; it is public and permits nothing."""
    return f"key_{secrets.token_hex(6)}"


def new_signing_secret() -> str:
    """A Standard Webhooks secret: 256 random bits."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def digest(text: str) -> str:
    """The hash that a key is stored under. Keys are random, so the hash needs no stretching.

    `text` may be any header value: bytes that are not UTF-8 come as surrogates.
    """
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


@lru_cache(maxsize=4096)
def network_of(address: Address | None) -> str:
    """Names a caller by its address; a customer has a whole IPv6 network, /64 or larger."""
    if address is None or isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((int(address), 64), strict=False))
