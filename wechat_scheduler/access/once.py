"""`Idempotency-Key`: a request that is repeated with its key is done once, and gets the first
response again.

    asked = Asked(scope=…, key=…, digest=…)
    reply = await idempotency.once(asked, make)

`make` passes the whole text of its response to `keep`, and hands what that returns to the store
together with what is to be created.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol, TypeAlias

from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.errors import ConflictError, SchedulerError
from wechat_scheduler.reasons import Reason

# How long a response is stored.
KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """Given to a store with what is to be created, so that both are committed together.

    `scope` names the caller and the operation; `key` is the caller's; `digest` is that of the whole
    request. `response` is the body that is sent now and to every repeat; it may hold secrets. A store
    that has the key already changes nothing and raises: ConflictError if the key was used with another
    request, else RepeatedError.
    """

    scope: str
    key: str
    digest: str
    response: str = field(repr=False)


Keep: TypeAlias = Callable[[str], Once | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request before it has a response; see `Once`. Without a `key` every request is a new one."""

    scope: str
    key: str
    digest: str

    def once(self, response: str) -> Once | None:
        if not self.key:
            return None
        return Once(scope=self.scope, key=self.key, digest=self.digest, response=response)


class OnceResponse(NamedTuple):
    """The text of a response, and whether it was sent before."""

    text: str
    replayed: bool


class RepeatedError(SchedulerError):
    """The same request was done before. `response` is what was sent then."""

    def __init__(self, response: str) -> None:
        super().__init__("the same request was already carried out")
        self.response = response


class StoredResponses(Protocol):
    """The store of the responses of the last days. Methods may raise StorageError."""

    async def find(self, scope: str, key: str, digest: str) -> str | None:
        """The response to the same request; None if it was not answered yet. Raises ConflictError if the
        key was used with another request."""

    async def put(self, response: Once, at: datetime) -> None:
        """Store a response as that of a request at that time, whose key is new."""


class Idempotency:
    """May raise StorageError."""

    def __init__(self, responses: StoredResponses) -> None:
        self._responses = responses

    async def once(self, asked: Asked, make: Callable[[Keep], Awaitable[None]]) -> OnceResponse:
        """The response that `make` keeps, or the stored one. Raises ConflictError if the key was
        used with another request, and what `make` raises."""
        if asked.key:
            known = await self._responses.find(asked.scope, asked.key, asked.digest)
            if known is not None:
                return OnceResponse(known, True)
        kept: list[str] = []

        def keep(response: str) -> Once | None:
            kept.append(response)
            return asked.once(response)

        try:
            await make(keep)
        except RepeatedError as error:  # the same request came twice at the same time
            return OnceResponse(error.response, True)
        return OnceResponse(kept[-1], False)


def digest_of(*parts: bytes) -> str:
    """The digest of a request: of its path and its body."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def other_request(key: str) -> ConflictError:
    return ConflictError(
        f"the key {key!r} was already used with another request: use a new one",
        reason=Reason.IDEMPOTENCY_CONFLICT,
        field="Idempotency-Key",
    )
