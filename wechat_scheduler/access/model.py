"""Who may do what: API keys, what they are for, and what they are limited to."""

import base64
import enum
import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Protocol, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

# The admin key's registrations belong to this id, whatever the key itself is at the time.
ADMIN = "admin"


class Scope(enum.StrEnum):
    """What a key may be used for; ADMIN includes the others."""

    READ = "read"
    REGISTER = "register"
    PUSH = "push"
    ADMIN = "admin"


class KeyState(enum.StrEnum):
    """Only an ACTIVE key opens anything."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key as it is stored: its text is not, only the hash of it.

    `id` is what registrations made with it belong to; the admin keys of several state folders share
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

    def reaches(self, appid: str, kind: str = "") -> bool:
        """Whether it may touch that account, and there that kind of credential; what is empty is not
        asked about."""
        return (not appid or not self.appids or appid in self.appids) and (
            not kind or not self.kinds or kind in self.kinds
        )

    def admits(self, address: Address | None) -> bool:
        """Whether it may be used from there; None is an address that nobody knows."""
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
    """Where keys live. Every method is atomic, and may raise StorageError."""

    async def all_keys(self) -> Sequence[Key]:
        """Every key there ever was, the oldest first: one for each hash."""
        ...

    async def put_admin(self, digest: str, *, now: datetime) -> bool:
        """Make the key with that hash an admin key, unless it was one before, revoked or not.
        Returns whether it can be used."""
        ...

    async def add(self, key: Key, *, signing_secret: str) -> None:
        """Keep a new key, and what callbacks to its owner are signed with."""
        ...

    async def revoke(self, key_id: str, *, spare: str, now: datetime) -> bool:
        """End the keys of that id, but for the one with the hash `spare`: they open nothing any
        more, and nobody is told or asked anything on their behalf. Returns whether there were any,
        ended or not."""
        ...

    async def lapse(self, *, now: datetime) -> None:
        """Tell and ask nobody any more on behalf of keys that have expired."""
        ...

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` when keys may have changed, by another process or by this one."""
        ...


def new_key() -> str:
    """The text of a new key: 256 random bits behind a prefix that secret scanners can look for."""
    return f"wsk_{secrets.token_urlsafe(32)}"


def new_id() -> str:
    """Names a key wherever it is spoken of; opens nothing."""
    return f"key_{secrets.token_hex(6)}"


def new_signing_secret() -> str:
    """A Standard Webhooks secret: 256 random bits."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def digest(text: str) -> str:
    """The hash by which a key is known. Keys are random, so there is nothing to stretch.

    `text` may be anything that stood in a header: bytes that are not UTF-8 come as surrogates.
    """
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
