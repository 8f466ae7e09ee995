"""Counts attempts and requests from the daemon's start.

Plain numbers: prometheus-client takes a tenth of the daemon's start, and is loaded once it serves.
"""

from bisect import bisect_left
from collections import Counter, defaultdict

from wechat_scheduler.credentials.journal import only_waits
from wechat_scheduler.credentials.model import Failed, Repeated, Rotated
from wechat_scheduler.credentials.model import Outcome as RefreshOutcome
from wechat_scheduler.delivery.model import Deferred, Settled
from wechat_scheduler.delivery.model import Outcome as DeliveryOutcome
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.pushes.model import PushedMessage

# Seconds. A fetch is answered within a few ms, or waits for WeChat.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@dataclass(slots=True, kw_only=True)
class Durations:
    """The number of durations in each of `BUCKETS` and above the last, and their sum in seconds."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds


class Counters:
    """Counts by the name of a metric and the values of its labels, in the order of `families.py`."""

    def __init__(self) -> None:
        self.counts: defaultdict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
        self.durations: defaultdict[tuple[str, ...], Durations] = defaultdict(Durations)

    def count(self, name: str, *labels: str) -> None:
        self.counts[name][labels] += 1

    def refreshed(self, outcome: RefreshOutcome) -> None:
        """Like `credentials.ports.RefreshObserver`."""
        kind = outcome.job.key.kind
        match outcome:
            case Rotated():
                self.count("refreshes", kind, "rotated", "", "")
                if outcome.contest is not None:
                    self.count("contests", kind)
            case Repeated():
                self.count("refreshes", kind, "repeated", "", "")
            case Failed() if only_waits(outcome):
                self.count("refreshes", kind, "waiting", "", "")
            case Failed(fault=fault):
                errcode = "" if fault.errcode is None else str(fault.errcode)
                self.count("refreshes", kind, "failed", fault.endpoint, errcode)

    def sent(self, outcome: DeliveryOutcome, _: str | None) -> None:
        """Like `delivery.ports.DeliveryObserver`."""
        channel = outcome.delivery.channel
        way = outcome.attempt.way if outcome.attempt else ""
        match outcome:
            case Settled(state=state):
                self.count("deliveries", channel, way, state.value)
            case Deferred(counts=False, attempt=None):
                self.count("deliveries", channel, way, "postponed")
            case Deferred():
                self.count("deliveries", channel, way, "deferred")

    def received(self, appid: str) -> None:
        """Like `pushes.ports.PushObserver`. Metrics name no account, and responses are counted."""

    def mended(self, message: PushedMessage) -> None:
        """Like `pushes.ports.PushObserver`."""
        for mending in message.mended:
            self.count("pushes_mended", mending.value)

    def unread(self, message: PushedMessage) -> None:
        """Like `pushes.ports.PushObserver`."""
        self.count("pushes_unread", message.sort)

    def answered(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Like `web.kit.services.RequestCounter`."""
        self.count("http_requests", method, route, str(status))
        self.durations[route,].add(seconds)
