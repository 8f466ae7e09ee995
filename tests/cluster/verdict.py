"""What the books of a sandbox say after a storm."""

import itertools
import statistics
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.cluster.arena import LEASE, NOTICED, Blow

# The margin before the expiry is at most this share of a life.
WIDEST_MARGIN = 0.25
# By SHORT_CLAIMS a call takes a second; its end is logged when it is stored.
CALL = 2.0


class Issued(NamedTuple):
    """A token, and the number of the daemon that asked for it."""

    at: float
    daemon: int
    value: str


class Verdict:
    """`periods` are the times from one token of a job to the next. `twice` counts those that were too short, and
    `late` those that outlasted a life, by what befell the daemon; `given_up` are the times, by appid, at which a
    daemon had waited in vain for WeChat's answer, which came too late. `takeovers` are the times from the end of a dead
    daemon's claim to the refresh by another."""

    def __init__(
        self,
        issued: Mapping[str, Sequence[Issued]],
        blows: Sequence[Blow],
        life: float,
        given_up: Mapping[str, Sequence[float]],
    ) -> None:
        self._blows = blows
        self._given_up = given_up
        self._life = life
        self.periods = 0
        self.twice: Counter[str] = Counter()
        self.unexplained: list[str] = []
        self.late: Counter[str] = Counter()
        self.longest = 0.0
        for appid, tokens in issued.items():
            for one, other in itertools.pairwise(tokens):
                self._look(appid, one, other)
        self.takeovers = sorted(self._takeovers(issued))

    def _look(self, appid: str, one: Issued, other: Issued) -> None:
        self.periods += 1
        gap = other.at - one.at
        self.longest = max(self.longest, gap)
        if gap < self._life * (1 - WIDEST_MARGIN) - 1:
            reason = self._reason(one) or self._reason(other) or self._unheard(appid, one)
            self.twice[reason or "unexplained"] += 1
            if not reason:
                self.unexplained.append(
                    f"{appid}: by {one.daemon} at {one.at:.2f}, by {other.daemon} after {gap:.2f} s"
                )
        if gap > self._life:
            self.late[self._reason(other) or "unexplained"] += 1

    def _reason(self, token: Issued) -> str:
        """What befell the daemon while it could not have stored this token yet."""
        for blow in self._blows:
            meanwhile = blow.began - LEASE <= token.at <= blow.ended + LEASE
            if blow.daemon == token.daemon and meanwhile:
                return blow.what if token.at < blow.ended else f"after {blow.what}"
        return ""

    def _unheard(self, appid: str, token: Issued) -> str:
        """Whether the daemon heard nothing of this token, since WeChat took too long."""
        near = any(abs(at - token.at) < CALL for at in self._given_up.get(appid, ()))
        return "not heard in time" if near else ""

    def _takeovers(self, issued: Mapping[str, Sequence[Issued]]) -> Iterator[float]:
        """A job that the dead daemon stored in its last moment is refreshed much later."""
        for blow in self._blows:
            for appid, until in blow.held.items() if blow.what == "kill" else ():
                times = [token.at for token in issued.get(appid, ())]
                after = bisect_right(times, blow.began + NOTICED)
                if after < len(times) and times[after] - until < self._life / 2:
                    yield times[after] - until


def shown(seconds: Sequence[float]) -> str:
    """The median, the 99th percentile and the longest."""
    if len(seconds) < 2:
        return "none"
    parts = statistics.quantiles(seconds, n=100)
    worst = max(seconds)
    return f"{1000 * parts[49]:.1f} ms p50, {1000 * parts[98]:.1f} ms p99, {1000 * worst:.0f} ms at most"
