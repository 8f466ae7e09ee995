"""What the books of a sandbox say after a storm."""

import itertools
import statistics
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.cluster.arena import LEASE, NOTICED, Blow
from tests.cluster.ledger import CALL, Claimed, Ledger

# The margin before the expiry is at most this share of a life.
WIDEST_MARGIN = 0.25
# A claim lasts at least this much longer than the call under it.
HELD = LEASE - CALL
SLOW = "slow"
# Blows that befall all daemons at once, and the seconds in which each is back and takes over the claims of others.
OF_ALL, BACK = ("restart", "failover"), 14.0
# Seconds from the end of a claim in which one that has time for it takes it over.
TAKEN_OVER = 1.5


class Issued(NamedTuple):
    """A token, and the number of the daemon that asked for it."""

    at: float
    daemon: int
    value: str


class Verdict:
    """`periods` are the times from one token of a job to the next. `twice` counts those that were too short, and
    `late` those that outlasted a life, by what befell the daemon that had claimed the job before its value died.
    `takeovers` are the times from the end of a dead daemon's claim to the refresh by another.

    A period may be too short only if the first token was not stored in time, since a blow befell its daemon while it
    had it, or its answer came after the daemon had given up. If the daemon, or the machine, was so slow that its
    claim ended before, the period is `slow`: it is listed apart, and a machine that has time for all shows none.
    Whatever happens, no token may follow one that was stored before its daemon claimed the job. All else is
    `unexplained`.

    A period may be too long only if a daemon claimed the job in time and was hindered then, and the job was taken over as
    soon as that claim ended, or as its daemon continued: WeChat gives a new `stable_token` only shortly before the old
    one dies, and where a life is short, a claim lasts longer than that. If the takeover came later, it is `slow` too. All
    else is `unexplained_late`.
    """

    def __init__(
        self,
        issued: Mapping[str, Sequence[Issued]],
        blows: Sequence[Blow],
        life: float,
        ledger: Ledger,
    ) -> None:
        self._blows = blows
        self._ledger = ledger
        self._life = life
        self.periods = 0
        self.twice: Counter[str] = Counter()
        self.unexplained: list[str] = []
        self.slow: list[str] = []
        self.late: Counter[str] = Counter()
        self.unexplained_late: list[str] = []
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
            reason = self._excuse(appid, one, other)
            self.twice[reason or "unexplained"] += 1
            if reason in ("", SLOW):
                (self.slow if reason else self.unexplained).append(
                    f"{appid}: by {one.daemon} at {one.at:.2f}, {self._storing(appid, one, other)}, "
                    f"by {other.daemon} after {gap:.2f} s"
                )
        if gap > self._life:
            self._note_late(appid, one, other)

    def _note_late(self, appid: str, one: Issued, other: Issued) -> None:
        claims = self._ledger.claims(appid, one.at, other.at)
        reason = self._delay(one.at + self._life, other, claims)
        self.late[reason or "unexplained"] += 1
        if not reason:
            said = "; ".join(f"{c.daemon} at {c.at:.2f} until {c.until:.2f}" for c in claims)
            self.unexplained_late.append(
                f"{appid}: by {one.daemon} at {one.at:.2f}, by {other.daemon} {other.at - one.at - self._life:.2f} s "
                f"late; claimed by {said or 'none'}"
            )

    def _delay(self, end: float, other: Issued, claims: Sequence[Claimed]) -> str:
        """Why the value that died at `end` was not replaced before; empty if it should have been."""
        for blow in self._blows:
            if blow.what in OF_ALL and blow.began <= end and other.at <= blow.ended + BACK:
                return blow.what
        for claim in claims:
            blow = self._hindered(claim) if claim.at < end else None
            if blow:
                own = claim.daemon == other.daemon  # one that stood still asks when it continues
                since = max(claim.until, blow.ended) if own else claim.until
                return blow.what if other.at - since < TAKEN_OVER + CALL else SLOW
        return ""

    def _hindered(self, claim: Claimed) -> Blow | None:
        """What befell the daemon while it had this claim."""
        for blow in self._blows:
            if blow.daemon == claim.daemon and blow.began < claim.until and claim.at < blow.ended:
                return blow
        return None

    def _excuse(self, appid: str, one: Issued, other: Issued) -> str:
        """Why the first token did not prevent the second; empty if it should have."""
        stored_at = self._ledger.stored_at(appid, one.at, other.at)
        if stored_at is None and self._ledger.was_given_up(appid, one.at):
            return self._befell(one) or "not heard in time"
        # A value that is stored after its claim may meet one that was claimed before.
        if stored_at is None or (stored_at - one.at > HELD and other.at - stored_at < LEASE):
            return self._befell(one) or (SLOW if HELD < other.at - one.at < 3 * LEASE else "")
        return ""

    def _storing(self, appid: str, one: Issued, other: Issued) -> str:
        stored_at = self._ledger.stored_at(appid, one.at, other.at)
        return "not stored" if stored_at is None else f"stored after {stored_at - one.at:.2f} s"

    def _befell(self, token: Issued) -> str:
        """What befell the daemon while it had this token, and could not have stored it yet."""
        for blow in self._blows:
            if blow.daemon == token.daemon and blow.began - CALL <= token.at <= blow.ended:
                return blow.what
        return ""

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
    # Of a sample that is all there is: the other method guesses beyond the longest.
    parts = statistics.quantiles(seconds, n=100, method="inclusive")
    worst = max(seconds)
    return f"{1000 * parts[49]:.1f} ms p50, {1000 * parts[98]:.1f} ms p99, {1000 * worst:.0f} ms at most"
