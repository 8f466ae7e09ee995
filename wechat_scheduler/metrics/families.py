"""What is looked at for each page, as metrics. Labels never name a job: there may be 100,000."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeAlias

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from wechat_scheduler.credentials.census import Census
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.metrics.vitals import Vitals

Samples: TypeAlias = Iterable[tuple[tuple[str, ...], float]]


def of_process(vitals: Vitals, census: Census | None) -> Iterator[Metric]:
    yield _gauge("store_up", "1 while the store answers.", (), [((), census is not None)])
    yield _gauge(
        "loop_turning",
        "1 while a loop comes round in time.",
        ("loop",),
        [((name,), turning) for name, turning in vitals.turning.items()],
    )
    yield _counter("memo_hits", "Fetches answered from the memo.", vitals.memo_hits)
    yield _gauge("memo_entries", "Requests in the memo.", (), [((), vitals.memo_entries)])
    yield _gauge("memo_bytes", "Roughly what they take.", (), [((), vitals.memo_bytes)])
    yield _gauge(
        "daily_calls_limit",
        "Calls to WeChat that one job may make in a day.",
        ("kind",),
        [((kind,), limit) for kind, limit in vitals.daily_limits.items()],
    )


def of_store(census: Census, *, now: datetime) -> Iterator[Metric]:
    yield from _of_jobs(census, now)
    yield _gauge(
        "failing_jobs",
        "Jobs whose last attempt failed, by what that calls for.",
        ("kind", "reaction", "endpoint", "errcode"),
        [
            (
                (it.kind, it.reaction.value, it.endpoint, str(it.errcode or "")),
                it.jobs,
            )
            for it in census.faults
        ],
    )
    yield from _of_queues(census, now)
    yield _gauge(
        "ticket_age_seconds",
        "Since a platform's last component_verify_ticket came, or since one is expected.",
        ("appid",),
        [((appid,), _since(came_at, now)) for appid, came_at in census.tickets.items()],
    )


def _of_jobs(census: Census, now: datetime) -> Iterator[Metric]:
    kinds = census.kinds
    yield _gauge(
        "jobs",
        "Credentials kept, by how they stand.",
        ("kind", "state"),
        [((it.kind, state.value), it.states.get(state, 0)) for it in kinds for state in Freshness],
    )
    yield _gauge(
        "first_expiry_seconds",
        "Until the first credential of a kind expires; negative since one did.",
        ("kind",),
        [((it.kind,), -_since(it.first_expiry, now)) for it in kinds if it.first_expiry],
    )
    yield _gauge(
        "oldest_credential_seconds",
        "Since the oldest credential of a kind was issued.",
        ("kind",),
        [((it.kind,), _since(it.oldest_issue, now)) for it in kinds if it.oldest_issue],
    )
    yield _gauge(
        "calls_today",
        "Calls to WeChat since midnight in Shanghai.",
        ("kind",),
        [((it.kind,), it.calls) for it in kinds],
    )
    yield _gauge(
        "busiest_job_calls_today",
        "Those of the job that made most; compare with daily_calls_limit.",
        ("kind",),
        [((it.kind,), it.most_calls) for it in kinds],
    )


def _of_queues(census: Census, now: datetime) -> Iterator[Metric]:
    queues = census.queues
    yield _gauge(
        "queue_waiting",
        "Rows that wait for their time.",
        ("queue",),
        [((it.name,), it.waiting) for it in queues],
    )
    yield _gauge(
        "queue_due",
        "Those whose time has come.",
        ("queue",),
        [((it.name,), it.due) for it in queues],
    )
    yield _gauge(
        "queue_late_seconds",
        "Since the first of those was due.",
        ("queue",),
        [((it.name,), _since(it.due_since, now)) for it in queues],
    )
    yield _gauge(
        "queue_oldest_seconds",
        "Since the row was put there that waits longest.",
        ("queue",),
        [((it.name,), _since(it.oldest, now)) for it in queues if it.oldest],
    )


def _since(instant: datetime | None, now: datetime) -> float:
    return (now - instant).total_seconds() if instant else 0.0


def _gauge(name: str, says: str, labels: tuple[str, ...], samples: Samples) -> Metric:
    family = GaugeMetricFamily(f"wechat_scheduler_{name}", says, labels=labels)
    for values, value in samples:
        family.add_metric(values, value)
    return family


def _counter(name: str, says: str, value: float) -> Metric:
    family = CounterMetricFamily(f"wechat_scheduler_{name}", says)
    family.add_metric((), value)
    return family
