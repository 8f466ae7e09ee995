"""What is counted while the daemon runs: what became of attempts, and requests.

Plain numbers: prometheus-client, which takes a tenth of the time in which a daemon starts, is not
needed before somebody asks for the page.
"""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from wechat_scheduler.credentials.model import Failed, Repeated, Rotated
from wechat_scheduler.credentials.model import Outcome as RefreshOutcome
from wechat_scheduler.delivery.model import Deferred, Settled
from wechat_scheduler.delivery.model import Outcome as DeliveryOutcome

# Seconds. A fetch is answered within a few ms, or waits for WeChat.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@dataclass(slots=True, kw_only=True)
class Durations:
    """How many fell into each of `BUCKETS`, and beyond the last; and their sum, in seconds."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds


class Counters:
    """By their labels: `refreshes` by kind, outcome, endpoint and errcode; `deliveries` by
    channel, way (empty where none was tried) and outcome; `requests` by method, route and status; `seconds` by route."""

    def __init__(self) -> None:
        self.refreshes: Counter[tuple[str, str, str, str]] = Counter()
        self.deliveries: Counter[tuple[str, str, str]] = Counter()
        self.requests: Counter[tuple[str, str, str]] = Counter()
        self.seconds: dict[str, Durations] = {}

    def refreshed(self, outcome: RefreshOutcome) -> None:
        """As `credentials.ports.Observer`."""
        kind = outcome.job.key.kind
        match outcome:
            case Rotated():
                self.refreshes[kind, "rotated", "", ""] += 1
            case Repeated():
                self.refreshes[kind, "repeated", "", ""] += 1
            case Failed(fault=fault):
                errcode = "" if fault.errcode is None else str(fault.errcode)
                self.refreshes[kind, "failed", fault.endpoint, errcode] += 1

    def sent(self, outcome: DeliveryOutcome) -> None:
        """As `delivery.ports.Observer`."""
        channel = outcome.delivery.channel
        way = outcome.attempt.way if outcome.attempt else ""
        match outcome:
            case Settled(state=state):
                self.deliveries[channel, way, state.value] += 1
            case Deferred():
                self.deliveries[channel, way, "deferred"] += 1

    def answered(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """As `api.meter.Tally`."""
        self.requests[method, route, str(status)] += 1
        if route not in self.seconds:
            self.seconds[route] = Durations()
        self.seconds[route].add(seconds)
