"""Writes the page, with prometheus-client."""

import platform
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import accumulate

from prometheus_client import ProcessCollector, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from wechat_scheduler import __version__
from wechat_scheduler.credentials.census import Census
from wechat_scheduler.metrics import families
from wechat_scheduler.metrics.counters import BUCKETS, Counters, Durations
from wechat_scheduler.metrics.vitals import Vitals

_process = ProcessCollector(registry=None)


def render(counters: Counters, vitals: Vitals, census: Census | None, *, now: datetime) -> bytes:
    return generate_latest(_Families(_all(counters, vitals, census, now)))


class _Families(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _all(
    counters: Counters, vitals: Vitals, census: Census | None, now: datetime
) -> Iterator[Metric]:
    yield from _process.collect()
    build = {"version": __version__, "python": platform.python_version()}
    yield InfoMetricFamily("wechat_scheduler_build", "What is running.", build)
    yield from _counted(counters)
    yield from families.of_process(vitals, census)
    if census is not None:
        yield from families.of_store(census, now=now)


def _counted(counters: Counters) -> Iterator[Metric]:
    yield _counter(
        "refreshes",
        "Attempts at a credential, by what became of them: rotated, repeated, failed.",
        ("kind", "outcome", "endpoint", "errcode"),
        counters.refreshes.items(),
    )
    yield _counter(
        "deliveries",
        "Attempts at a delivery, by how it was tried and what became of it.",
        ("channel", "way", "outcome"),
        counters.deliveries.items(),
    )
    yield _counter(
        "http_requests",
        "Requests answered; fetches that were answered from the memo are not among them.",
        ("method", "route", "status"),
        counters.requests.items(),
    )
    yield _histogram(
        "http_request_seconds",
        "How long those requests took, waiting for a credential included.",
        counters.seconds.items(),
    )


def _counter(
    name: str,
    says: str,
    labels: tuple[str, ...],
    samples: Iterable[tuple[tuple[str, ...], int]],
) -> Metric:
    family = CounterMetricFamily(f"wechat_scheduler_{name}", says, labels=labels)
    for values, value in samples:
        family.add_metric(values, value)
    return family


def _histogram(name: str, says: str, samples: Iterable[tuple[str, Durations]]) -> Metric:
    family = HistogramMetricFamily(f"wechat_scheduler_{name}", says, labels=("route",))
    bounds = [*map(str, BUCKETS), "+Inf"]
    for route, durations in samples:
        reached = zip(bounds, accumulate(map(float, durations.counts)), strict=True)
        family.add_metric((route,), list(reached), durations.total)
    return family
