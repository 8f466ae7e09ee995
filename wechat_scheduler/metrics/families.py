"""Every metric of the daemon: one row with its name, its labels and where its numbers come from.

Labels never name a job: there may be 100,000. Stored rows are counted in the store for each page, since
other processes store rows too; these metrics are left out while the store does not respond.
"""

import enum
import platform
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias

from wechat_scheduler import __version__
from wechat_scheduler.credentials.census import Census
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.metrics.counters import Counters, Durations

Samples: TypeAlias = Iterable[tuple[tuple[str, ...], float | Durations]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """The state of the process. `turning` tells for each loop whether it is on time; `daily_limits` how many
    calls a job of each kind may make to WeChat in a day; `store_error` why the store is not writable;
    `clock_ahead` how far this machine's clock is ahead of the store's; `commit_time`
    how long a commit takes."""

    turning: Mapping[str, bool]
    daily_limits: Mapping[str, int]
    memo_hits: int
    memo_entries: int
    memo_bytes: int
    waiting_requests: int = 0
    store_error: str = ""
    clock_ahead: timedelta = timedelta(0)
    commit_time: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What a page is made from. `census` is None while the store does not respond."""

    counters: Counters
    vitals: Vitals
    census: Census | None
    now: datetime


class MetricType(enum.Enum):
    COUNTER = enum.auto()
    GAUGE = enum.auto()
    HISTOGRAM = enum.auto()


class Family(NamedTuple):
    """A metric named `wechat_scheduler_` and `name`. `read` gives the values of `labels` and the number
    for each sample; None leaves the metric out."""

    type: MetricType
    name: str
    says: str
    labels: tuple[str, ...]
    read: Callable[[Sources], Samples | None]


def counted(name: str, says: str, *labels: str) -> Family:
    """A counter that `Counters.count` raises under this name."""
    return Family(
        MetricType.COUNTER,
        name,
        says,
        labels,
        lambda sources: sources.counters.counts[name].items(),
    )


def of_process(name: str, says: str, *labels: str, read: Callable[[Vitals], Samples]) -> Family:
    """A gauge."""
    return Family(MetricType.GAUGE, name, says, labels, lambda sources: read(sources.vitals))


def of_store(
    name: str, says: str, *labels: str, read: Callable[[Census, datetime], Samples]
) -> Family:
    """A gauge. `read` takes the census and its time."""
    return Family(
        MetricType.GAUGE,
        name,
        says,
        labels,
        lambda sources: None if sources.census is None else read(sources.census, sources.now),
    )


def _since(instant: datetime | None, now: datetime) -> float:
    return (now - instant).total_seconds() if instant else 0.0


_BUILD = [((__version__, platform.python_version()), 1)]

# fmt: off
FAMILIES = (
    Family(MetricType.GAUGE, "build_info", "What is running.", ("version", "python"), lambda _: _BUILD),
    counted(
        "refreshes", "Attempts at a credential, by outcome: rotated, repeated, failed, waiting.",
        "kind", "outcome", "endpoint", "errcode",
    ),
    counted("contests", "Values that another program's fetch ended before their time.", "kind"),
    counted(
        "deliveries", "Attempts at a delivery, by way and outcome.",
        "channel", "way", "outcome",
    ),
    counted(
        "pushes_mended", "Pushes that had to be mended to be read: characters, encoding, markup.", "mending",
    ),
    counted(
        "pushes_unread", "Pushes of WeChat's that lack a field, by the field that says what they are.", "sort",
    ),
    counted(
        "http_requests",
        "Requests answered, except fetches answered from the memo.",
        "method", "route", "status",
    ),
    Family(
        MetricType.HISTOGRAM, "http_request_seconds",
        "Duration of those requests, without what a long poll waits.", ("route",),
        lambda sources: sources.counters.durations.items(),
    ),
    counted(
        "connections_closed", "Connections closed: slow_head, slow_body, slow_response, full.", "cause",
    ),
    counted(
        "gateway_calls",
        "Calls that came to the gateway: answered by WeChat, refused here, failed on the way.",
        "outcome",
    ),
    counted(
        "gateway_consumer_calls",
        "Calls of consumers that passed: answered by WeChat, or failed (refused by it, or not answered).",
        "consumer", "outcome",
    ),
    Family(
        MetricType.GAUGE, "store_up", "1 while the store responds and accepts writes.", (),
        lambda sources: [((), sources.census is not None and not sources.vitals.store_error)],
    ),
    of_process(
        "clock_ahead_seconds",
        "How far this machine's clock is ahead of the database's; negative if behind.",
        read=lambda vitals: [((), vitals.clock_ahead.total_seconds())],
    ),
    of_process(
        "store_commit_seconds", "Median of how long the commits of the last minute took.",
        read=lambda vitals: [((), vitals.commit_time.total_seconds())],
    ),
    of_process(
        "loop_turning", "1 while a loop turns in time.", "loop",
        read=lambda vitals: [((name,), turns) for name, turns in vitals.turning.items()],
    ),
    Family(
        MetricType.COUNTER, "memo_hits", "Fetches answered from the memo.", (),
        lambda sources: [((), sources.vitals.memo_hits)],
    ),
    of_process("memo_entries", "Requests in the memo.", read=lambda it: [((), it.memo_entries)]),
    of_process("memo_bytes", "Approximate size of the memo.", read=lambda it: [((), it.memo_bytes)]),
    of_process(
        "waiting_requests", "Requests that stay open until something happens.",
        read=lambda vitals: [((), vitals.waiting_requests)],
    ),
    of_process(
        "daily_calls_limit", "Calls to WeChat that one job may make in a day.", "kind",
        read=lambda vitals: [((kind,), limit) for kind, limit in vitals.daily_limits.items()],
    ),
    of_store(
        "jobs", "Credentials kept, by state.", "kind", "state",
        read=lambda census, now: [
            ((it.kind, state.value), it.states.get(state, 0))
            for it in census.kinds for state in Freshness
        ],
    ),
    of_store(
        "first_expiry_seconds",
        "Until the first credential of a kind expires; negative since one did.", "kind",
        read=lambda census, now: [
            ((it.kind,), -_since(it.first_expiry, now)) for it in census.kinds if it.first_expiry
        ],
    ),
    of_store(
        "oldest_credential_seconds", "Since the oldest credential of a kind was issued.", "kind",
        read=lambda census, now: [
            ((it.kind,), _since(it.oldest_issue, now)) for it in census.kinds if it.oldest_issue
        ],
    ),
    of_store(
        "calls_today", "Calls to WeChat since midnight in Shanghai.", "kind",
        read=lambda census, now: [((it.kind,), it.calls) for it in census.kinds],
    ),
    of_store(
        "busiest_job_calls_today",
        "Calls of the job that made the most; compare with daily_calls_limit.", "kind",
        read=lambda census, now: [((it.kind,), it.most_calls) for it in census.kinds],
    ),
    of_store(
        "failing_jobs", "Jobs whose last attempt failed, by reaction.",
        "kind", "reaction", "endpoint", "errcode",
        read=lambda census, now: [
            ((it.kind, it.reaction.value, it.endpoint, str(it.errcode or "")), it.jobs)
            for it in census.faults
        ],
    ),
    of_store(
        "queue_waiting", "Rows that wait for their due time.", "queue",
        read=lambda census, now: [((it.name,), it.waiting) for it in census.queues],
    ),
    of_store(
        "queue_due", "Rows that are due.", "queue",
        read=lambda census, now: [((it.name,), it.due) for it in census.queues],
    ),
    of_store(
        "queue_late_seconds", "Since the first due row fell due.", "queue",
        read=lambda census, now: [((it.name,), _since(it.due_since, now)) for it in census.queues],
    ),
    of_store(
        "queue_oldest_seconds", "Age of the row that waits longest.", "queue",
        read=lambda census, now: [
            ((it.name,), _since(it.oldest, now)) for it in census.queues if it.oldest
        ],
    ),
    of_store(
        "dead_deliveries", "Messages that died in the last 24 hours and were not replayed.",
        "channel", "errcode",
        read=lambda census, now: [
            ((it.channel, str(it.errcode or "")), it.deliveries) for it in census.dead
        ],
    ),
    of_store(
        "rows_set_aside",
        "Rows that cannot be read, or whose handling crashed again and again.", "queue",
        read=lambda census, now: [((queue,), count) for queue, count in census.aside.items()],
    ),
    of_store(
        "ticket_age_seconds",
        "Since a platform's last component_verify_ticket came, or since one is expected.", "appid",
        read=lambda census, now: [
            ((appid,), _since(came_at, now)) for appid, came_at in census.tickets.items()
        ],
    ),
)
# fmt: on
