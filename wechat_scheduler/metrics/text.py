"""Writes the metrics in Prometheus's text format, with prometheus-client."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from prometheus_client import ProcessCollector, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from wechat_scheduler.metrics.counters import BUCKETS, Durations
from wechat_scheduler.metrics.families import Family, MetricType, Samples, Sources

_FORMS: Mapping[MetricType, Callable[..., Any]] = {
    MetricType.COUNTER: CounterMetricFamily,
    MetricType.GAUGE: GaugeMetricFamily,
    MetricType.HISTOGRAM: HistogramMetricFamily,
}
_BOUNDS = (*map(str, BUCKETS), "+Inf")

_process = ProcessCollector(registry=None)


def render(families: Sequence[Family], sources: Sources) -> bytes:
    """The page, with the usual metrics of a process first."""
    return generate_latest(_Collected((*_process.collect(), *_metrics(families, sources))))


class _Collected(Collector):
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def _metrics(families: Sequence[Family], sources: Sources) -> Iterator[Metric]:
    for family in families:
        samples = family.read(sources)
        if samples is not None:
            name = f"wechat_scheduler_{family.name}"
            metric = _FORMS[family.type](name, family.says, labels=family.labels)
            _fill(metric, samples)
            yield metric


def _fill(metric: Any, samples: Samples) -> None:
    for names, value in samples:
        labels = list(map(str, names))  # of a damaged row, a name may be anything
        if isinstance(value, Durations):
            reached = zip(_BOUNDS, accumulate(map(float, value.counts)), strict=True)
            metric.add_metric(labels, list(reached), value.total)
        else:
            metric.add_metric(labels, value)
