"""Who may do what: API keys and their scopes."""

import base64
import enum
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

# The admin key's registrations belong to this id, whatever the key itself is at the time.
ADMIN = "admin"


class Scope(enum.StrEnum):
    """What a key may be used for; ADMIN includes the others."""

    READ = "read"
    REGISTER = "register"
    PUSH = "push"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key as it is stored: its text is not, only the hash of it.

    `id` is what registrations made with it belong to.
    """

    id: str
    name: str
    hash: str = field(repr=False)
    scopes: frozenset[Scope]

    def allows(self, scope: Scope) -> bool:
        return scope in self.scopes or Scope.ADMIN in self.scopes


class KeyStore(Protocol):
    """Where keys live. Both methods may raise StorageError."""

    async def all_keys(self) -> Sequence[Key]: ...

    async def put_admin(self, digest: str, *, now: datetime) -> bool:
        """Make the key with that hash an admin key; returns whether it was not one before."""
        ...


def new_key() -> str:
    """The text of a new key: 256 random bits behind a prefix that secret scanners can look for."""
    return f"wsk_{secrets.token_urlsafe(32)}"


def new_signing_secret() -> str:
    """A Standard Webhooks secret: 256 random bits."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def digest(text: str) -> str:
    """The hash by which a key is known. Keys are random, so there is nothing to stretch."""
    return hashlib.sha256(text.encode()).hexdigest()
