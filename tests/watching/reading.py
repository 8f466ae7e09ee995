"""Reads a page of Prometheus's text format."""

import re
from collections.abc import Iterator

from tests.house import Caller

_SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


class Metrics:
    """The samples of one page; `types` are the families that it names, whether they have any."""

    def __init__(self, page: str) -> None:
        self.page = page
        self.types = dict(re.findall(r"^# TYPE (\w+) (\w+)$", page, re.MULTILINE))
        self.samples = list(_samples(page))

    def value(self, name: str, **labels: str) -> float:
        """Of the one sample that has these labels."""
        (value,) = self.values(name, **labels)
        return value

    def values(self, name: str, **labels: str) -> list[float]:
        """Of every sample that has these labels and perhaps others."""
        return [
            value
            for its_name, its_labels, value in self.samples
            if its_name == f"wechat_scheduler_{name}" and labels.items() <= its_labels.items()
        ]

    def labels(self, name: str) -> set[str]:
        """Those of a family's samples, but for a histogram's own."""
        parts = (name, f"{name}_count")
        return {
            label for its_name, labels, _ in self.samples if its_name in parts for label in labels
        }


def _samples(page: str) -> Iterator[tuple[str, dict[str, str], float]]:
    for line in page.splitlines():
        if found := _SAMPLE.match(line):
            yield found[1], dict(_LABEL.findall(found[2] or "")), float(found[3])


async def metrics(caller: Caller) -> Metrics:
    answer = await caller.call("GET", "/metrics")
    assert answer.status == 200
    assert isinstance(answer.json, str)
    return Metrics(answer.json)
