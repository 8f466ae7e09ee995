"""Who read and changed what: an entry for each change, and one an hour for all reads of a key."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Action(enum.StrEnum):
    """What was done, in the words of the log."""

    READ = "credential.read"
    REGISTERED = "job.registered"
    REMOVED = "job.removed"
    REFRESHED = "job.refreshed"
    REPORTED = "credential.reported"
    KEY_CREATED = "key.created"
    KEY_REVOKED = "key.revoked"
    CALLBACKS_SET = "callback.set"
    CALLBACKS_REMOVED = "callback.removed"
    APP_CREATED = "app.created"
    APP_CHANGED = "app.changed"
    APP_REMOVED = "app.removed"
    TOKEN_RESET = "token.reset"  # noqa: S105 - a word for the log


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`object` is a job (`wx1/access_token/oABC`), an account (`wx1`) or a key's id; never a secret.

    A read's `at` is the beginning of the hour whose `count` reads it stands for, and its `address`
    is empty. `id` grows with every entry and is 0 before it is stored.
    """

    id: int = 0
    at: datetime
    key: str
    address: str = ""
    action: Action
    object: str
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which entries are wanted; what is empty matches all. `object` also finds what lies below it:
    `wx1` finds `wx1/access_token`. `before` is the id of the last entry that is already known."""

    key: str = ""
    action: str = ""
    object: str = ""
    before: int = 0
    limit: int


class AuditStore(Protocol):
    """Where entries lie. Every method is atomic, and may raise StorageError."""

    async def add(self, entries: Sequence[Entry]) -> None: ...

    async def count(self, reads: Sequence[Entry]) -> None:
        """Add to the reads of the same key, object and hour."""
        ...

    async def used(self, keys: Mapping[str, datetime]) -> None:
        """Remember when each key was used last, by its id."""
        ...

    async def forget(self, before: datetime) -> None:
        """Drop what is older."""
        ...

    async def find(self, search: Search) -> Sequence[Entry]:
        """The newest first."""
        ...
