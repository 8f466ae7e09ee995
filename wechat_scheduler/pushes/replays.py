"""Recognises repeated pushes."""

import enum
from datetime import datetime, timedelta

from wechat_scheduler.engine.records import dataclass

# The largest difference between WeChat's clock and this machine's.
WINDOW = timedelta(minutes=5)

# Only pushes that WeChat signed get here: about an hour of a busy platform's events.
MOST = 20_000

# Replies that are remembered: WeChat repeats a push within a minute.
MOST_REPLIES = 1_000


class Standing(enum.Enum):
    """A push compared with the pushes before it."""

    NEW = enum.auto()

    BEING_KEPT = enum.auto()
    """It came before, and is still being stored."""

    ACCEPTED = enum.auto()
    """It came before and was stored, but the answer did not reach WeChat."""

    FORGED = enum.auto()
    """Another push came with the same signature."""


@dataclass(slots=True, kw_only=True)
class _Seen:
    digest: bytes
    until: datetime
    accepted: bool = False


class PushSignatures:
    """The signatures of pushes, for as long as their timestamps are accepted.

    The signature alone identifies a push: it covers the timestamp and the nonce joined without a
    separator, so the same signature fits other pairs that join to the same text. A plain push does not
    sign its body: `digest` detects another body with the same signature.
    """

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    def enter(self, proof: str, digest: bytes, now: datetime) -> Standing:
        """Begin to store a push: NEW until `accept` or `forget`."""
        self._forget_old(now)
        seen = self._seen.get(proof)
        if seen is None:
            self._seen[proof] = _Seen(digest=digest, until=now + 2 * WINDOW)
            return Standing.NEW
        if seen.digest != digest:
            return Standing.FORGED
        return Standing.ACCEPTED if seen.accepted else Standing.BEING_KEPT

    def accept(self, proof: str) -> None:
        """The push is stored."""
        if seen := self._seen.get(proof):
            seen.accepted = True

    def forget(self, proof: str) -> None:
        """Forget the push: it could not be stored, and WeChat may repeat it."""
        self._seen.pop(proof, None)

    def _forget_old(self, now: datetime) -> None:
        while self._seen:
            oldest = next(iter(self._seen))
            if self._seen[oldest].until > now and len(self._seen) < MOST:
                return
            del self._seen[oldest]


class GivenReplies:
    """What the responses to the latest pushes showed their users: WeChat repeats a push if it gets no response, and the
    user has seen nothing then. `digest` is that of the push."""

    def __init__(self) -> None:
        self._given: dict[bytes, str] = {}

    def keep(self, digest: bytes, text: str) -> None:
        self._given[digest] = text
        while len(self._given) > MOST_REPLIES:
            del self._given[next(iter(self._given))]

    def get(self, digest: bytes) -> str:
        """Empty if the response showed nothing."""
        return self._given.get(digest, "")
