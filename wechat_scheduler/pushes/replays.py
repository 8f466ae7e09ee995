"""What was accepted once is not accepted again."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

# How far WeChat's clock and this machine's may be apart.
WINDOW = timedelta(minutes=5)

# Only what was signed by WeChat gets in here: an hour of a busy platform's events.
MOST = 20_000


class Standing(enum.Enum):
    """How a push stands to those before it."""

    NEW = enum.auto()

    BEING_KEPT = enum.auto()
    """It came before, and nobody knows yet whether it can be kept."""

    ACCEPTED = enum.auto()
    """It came before, and WeChat did not hear our word for it."""

    FORGED = enum.auto()
    """Another push came with the same signature."""


@dataclass(slots=True, kw_only=True)
class _Seen:
    digest: bytes
    until: datetime
    accepted: bool = False


class Replays:
    """The signatures of the pushes that came, for as long as their timestamps would pass.

    A push is known by its signature alone: it covers timestamp and nonce run together, so that
    another cut between the two would make another triple of the same push. Only a plain one can
    come with another body under the signature of one before it.
    """

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    def enter(self, proof: str, digest: bytes, now: datetime) -> Standing:
        """A new one is being kept from now on, until it is accepted or forgotten."""
        self._forget_old(now)
        seen = self._seen.get(proof)
        if seen is None:
            self._seen[proof] = _Seen(digest=digest, until=now + 2 * WINDOW)
            return Standing.NEW
        if seen.digest != digest:
            return Standing.FORGED
        return Standing.ACCEPTED if seen.accepted else Standing.BEING_KEPT

    def accept(self, proof: str) -> None:
        """It is kept."""
        if seen := self._seen.get(proof):
            seen.accepted = True

    def forget(self, proof: str) -> None:
        """It was not accepted after all, and may come again."""
        self._seen.pop(proof, None)

    def _forget_old(self, now: datetime) -> None:
        while self._seen:
            oldest = next(iter(self._seen))
            if self._seen[oldest].until > now and len(self._seen) < MOST:
                return
            del self._seen[oldest]
