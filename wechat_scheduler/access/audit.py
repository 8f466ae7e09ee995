"""The audit log: an entry for each change, and one an hour for the reads of each key and object."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Action(enum.StrEnum):
    """An action, as the log spells it."""

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

    An entry for reads counts `count` reads in the hour that begins at `at`; its `address` is empty.
    `id` grows with every entry and is 0 before it is stored.
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
    """A filter of entries; an empty field matches all. `object` also matches the objects below it:
    `wx1` matches `wx1/access_token`. `before` is the id of the last entry of the previous page."""

    key: str = ""
    action: str = ""
    object: str = ""
    before: int = 0
    limit: int


class AuditStore(Protocol):
    """Stores entries. Every method is atomic and may raise StorageError."""

    async def add(self, entries: Sequence[Entry]) -> None: ...

    async def count(self, reads: Sequence[Entry]) -> None:
        """Add the counts to the entries of the same key, object and hour."""
        ...

    async def used(self, keys: Mapping[str, datetime]) -> None:
        """Store the last use of each key, by its id."""
        ...

    async def forget(self, before: datetime) -> None:
        """Delete older entries."""
        ...

    async def find(self, search: Search) -> Sequence[Entry]:
        """The matching entries, newest first."""
        ...
