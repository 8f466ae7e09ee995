"""One credential in the memory of an app, and the terms in which it is spoken of."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.errors import (
    CallError,
    RequestError,
    ThrottledError,
    UnauthorizedError,
    UnavailableError,
)

# A caller with a valid credential waits at most this long for a newer one, and asks again no sooner
# than this after a failure.
HURRY = timedelta(seconds=1)


class Name(NamedTuple):
    """A credential as its user names it; `kind` is a name or a number."""

    appid: str
    kind: str
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A credential as a client got it. Without a valid value, `value` is empty and `error` says why."""

    name: Name
    value: str = field(default="", repr=False)
    version: str = ""
    expires_at: datetime | None = None
    error: CallError | RequestError | None = None

    @property
    def told(self) -> tuple[str, str, str]:
        """Equal as long as there is nothing new."""
        return self.value, self.version, str(self.error or "")


@dataclass(slots=True, kw_only=True)
class KeptCredential:
    """One credential in memory.

    `lock` is taken for a call; `looks` counts what was heard of it. The daemon is asked again from
    `look_at` on, unless the stream numbered `stream` stands; `error` is the last call's, None if it
    succeeded.
    """

    lock: Any
    looks: int = 0
    look_at: float = 0.0
    value: str = field(default="", repr=False)
    etag: str = ""
    expiry: str = ""
    expires: float = 0.0
    heard: float = 0.0
    stream: int = -1
    error: CallError | RequestError | None = None

    def fail(self, error: CallError | RequestError, boottime: float) -> None:
        """Keeps the error; while wrong keys are throttled, the refusal of the key."""
        if isinstance(error, ThrottledError) and isinstance(self.error, UnauthorizedError):
            rest, error = _rest_after(error, is_valid=False), self.error
        else:
            if not isinstance(error, CallError | UnavailableError | ThrottledError):
                self.expires = 0.0
            rest = _rest_after(error, is_valid=boottime < self.expires)
        self.look_at, self.stream, self.error = boottime + rest, -1, error
        self.looks += 1

    def hand_out(self, boottime: float) -> str:
        value, error = self.value, self.error
        if error is None or boottime < self.expires:
            return value
        # All waiting callers get the same error: each raises it without the others' tracebacks.
        raise error.with_traceback(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """What a stream tells of a credential; without `value` if the key may not read it."""

    appid: str
    kinds: tuple[str, ...]
    subject: str
    value: str = field(default="", repr=False)
    version: int = 0
    expiry: str = ""
    expires_in: float = 0.0


class LookStarted(NamedTuple):
    """A call that is under way: since when, and what was known as it began."""

    at: float
    looks: int
    stream: int


def expiry_of(headers: Mapping[str, str]) -> str:
    return headers.get("X-Credential-Expires", "")


def seconds_until(expiry: str, now: datetime) -> float:
    instant = instant_of(expiry)
    return (instant - now).total_seconds() if instant else 0.0


def instant_of(expiry: str) -> datetime | None:
    """None if a proxy removed the header, or wrote another."""
    try:
        instant = datetime.fromisoformat(expiry)
    except (ValueError, TypeError):
        return None
    return instant if instant.tzinfo else None


def _rest_after(error: CallError | RequestError, *, is_valid: bool) -> float:
    """For how many seconds callers get the value, or this error, without a call. The daemon lets a fetch wait
    for a value: where none is valid, it is asked again at once."""
    if isinstance(error, ThrottledError):
        return max(HURRY, error.retry_after).total_seconds()
    waits = isinstance(error, UnavailableError) and not is_valid
    return 0.0 if waits else HURRY.total_seconds()
