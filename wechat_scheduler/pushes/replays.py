"""What was accepted once is not accepted again."""

from datetime import datetime, timedelta

# How far WeChat's clock and this machine's may be apart.
WINDOW = timedelta(minutes=5)

# Only what was signed by WeChat gets in here: an hour of a busy platform's events.
MOST = 20_000


class Replays:
    """The signatures of the pushes that were accepted, for as long as their timestamps would pass.

    A push is known by `msg_signature` alone: it covers timestamp and nonce run together, so that
    another cut between the two would make another triple of the same push.
    """

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def remember(self, signature: str, now: datetime) -> bool:
        """Returns whether it is the first time."""
        self._forget_old(now)
        if signature in self._until:
            return False
        self._until[signature] = now + 2 * WINDOW
        return True

    def forget(self, signature: str) -> None:
        """It was not accepted after all, and may come again."""
        self._until.pop(signature, None)

    def _forget_old(self, now: datetime) -> None:
        while self._until:
            oldest = next(iter(self._until))
            if self._until[oldest] > now and len(self._until) < MOST:
                return
            del self._until[oldest]
