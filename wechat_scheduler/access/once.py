"""`Idempotency-Key`: what was asked for once is done once, and answered alike ever after."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from wechat_scheduler.errors import ConflictError, SchedulerError

# How long an answer is kept for repeats.
KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """Given to a store with what is to be created, so that both are committed together.

    `scope` is who asks, and for what; `key` is theirs; `digest` is that of the whole request.
    `answer` is the body that is given now and to every repeat; it may hold secrets. A store that
    knows the key already changes nothing and raises: ConflictError if it came with another request,
    else AnsweredError.
    """

    scope: str
    key: str
    digest: str
    answer: str = field(repr=False)


class Answers(Protocol):
    """Answers that were given. May raise StorageError."""

    async def find(self, scope: str, key: str, digest: str) -> str | None:
        """The answer to that very request; None if it never came. Raises ConflictError if the key
        came with another one."""
        ...


class AnsweredError(SchedulerError):
    """It was asked for before. `answer` is the one that was given then."""

    def __init__(self, answer: str) -> None:
        super().__init__("this was answered before")
        self.answer = answer


def digest_of(*parts: bytes) -> str:
    """Of a request: its path and its body."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def other_request(key: str) -> ConflictError:
    return ConflictError(
        f"the key {key!r} came before with another request: use a new one", field="Idempotency-Key"
    )
