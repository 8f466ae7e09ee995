"""Half of the load that the daemon could carry, for long: it grows by nothing, and nothing fails.

`python -m tests.benchmarks soak --minutes 30`. Jobs fall due all the time, 64 connections read their
tokens, and every fiftieth request creates a message that is sent.
"""

import asyncio
import itertools
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvloop

from tests.benchmarks.creates import CREATES, FOREVER, WARM, Shop, open_shop_of, requests_of
from tests.benchmarks.crowd import fill
from tests.benchmarks.daemon import Started, daemon
from tests.benchmarks.harness import LOAD_CORE, Bench, Figures, Result, Target, python_server
from tests.benchmarks.load import Load, load
from tests.benchmarks.messages import PEOPLE
from tests.benchmarks.results import ITSELF, compared
from tests.benchmarks.start import request

JOBS = 3_000
ONE_IN = 50
# A slice of load, and as long a pause: half of what it carries.
SLICE = 0.5
ERRORS = frozenset({"warning", "error", "critical"})
BEGIN, END = "the first third", "the last third"
FLAT = (
    Target(ratio=1.15, unit="MB", less_is_better=True),
    Target(ratio=1.5, unit="p99 ms", less_is_better=True),
    Target(ratio=1.1, unit="descriptors", less_is_better=True),
    Target(ratio=0, unit="errors", to=ITSELF, less_is_better=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A daemon under load, and its log."""

    started: Started
    requests: Iterator[bytes]
    log: Path

    def figures(self, seen: Load) -> Figures:
        descriptors = len(os.listdir(f"/proc/{self.started.server.pid}/fd"))
        return {
            "p99 ms": seen.p99,
            "MB": self.started.memory() / 1e6,
            "descriptors": descriptors,
            "errors": len(self.errors()),
        }

    def errors(self) -> list[dict[str, Any]]:
        """What the log warned of."""
        events = map(json.loads, self.log.read_text().splitlines())
        return [event for event in events if event["level"] in ERRORS]

    def tell_errors(self) -> None:
        """How many there are of each kind, and the first of it."""
        kinds: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for event in self.errors():
            kinds[event["event"]].append(event)
        for event, told in kinds.items():
            print(f"{event}: {len(told)} times, first {told[0]}", file=sys.stderr)


def run(bench: Bench, minutes: float) -> list[Result]:
    with (
        python_server("tests.benchmarks.upstream", core=LOAD_CORE) as upstream,
        tempfile.TemporaryDirectory() as folder,
    ):
        url, state = f"http://127.0.0.1:{upstream.port}", Path(folder) / "state"
        with bench.busy(f"registering {JOBS:,} jobs"):
            state.mkdir()
            shop = uvloop.run(open_shop_of(url, state))
            asyncio.run(fill(state, JOBS, due_within=timedelta(minutes=minutes)))
        with daemon(state, wechat=url) as started:
            requests = _mixed(shop, started)
            place = Place(started=started, requests=requests, log=state.with_suffix(".log"))
            with bench.busy(f"{minutes:g} minutes"):
                soaked = _soaked(place, minutes * 60)
            place.tell_errors()
        return [soaked]


def _soaked(place: Place, seconds: float) -> Result:
    load(place.started.server.port, place.requests, seconds=60, count=WARM)
    ends = time.monotonic() + seconds
    slices: list[Figures] = []
    while time.monotonic() < ends:
        seen = load(place.started.server.port, place.requests, seconds=SLICE, count=FOREVER)
        slices.append(place.figures(seen))
        time.sleep(SLICE)
    third = len(slices) // 3
    samples = {BEGIN: slices[:third], END: slices[-third:]}
    return compared("Half load", {BEGIN: (), END: FLAT}, samples, BEGIN)


def _mixed(shop: Shop, started: Started) -> Iterator[bytes]:
    reads = itertools.cycle([request(started, number) for number in range(JOBS)])
    create = replace(CREATES[0], body=_message)
    for message in requests_of(create, shop, started):
        yield from itertools.islice(reads, ONE_IN - 1)
        yield message


def _message(shop: Shop, number: int) -> dict[str, object]:
    """Sent at once."""
    person = str(number % PEOPLE)
    return {"app": shop.app_id, "to": [person], "title": "订单已发货", "text": f"订单 {number}"}
