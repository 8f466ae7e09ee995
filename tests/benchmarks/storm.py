"""Readers while 10,000 refreshes are due at once: they should not notice."""

import asyncio
import itertools
import shutil
import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path

from tests.benchmarks.crowd import fill
from tests.benchmarks.daemon import daemon
from tests.benchmarks.fetch import FOREVER
from tests.benchmarks.harness import (
    LOAD_CORE,
    Bench,
    Contender,
    Figures,
    Result,
    Target,
    python_server,
)
from tests.benchmarks.load import load
from tests.benchmarks.start import request

JOBS = 10_000
CALM = "idle"


def run(bench: Bench) -> list[Result]:
    with (
        python_server("tests.benchmarks.upstream", core=LOAD_CORE) as upstream,
        tempfile.TemporaryDirectory() as place,
    ):
        folder, url = Path(place), f"http://127.0.0.1:{upstream.port}"
        for name, due_within in (("calm", None), ("due", timedelta(0))):
            with bench.busy(f"registering {JOBS:,} jobs"):
                (folder / name).mkdir()
                asyncio.run(fill(folder / name, JOBS, due_within=due_within))
        measure = partial(_read, bench.seconds, url)
        contenders = [
            Contender(name=CALM, measure=partial(measure, folder / "calm")),
            Contender(
                name=f"{JOBS:,} refreshes at once",
                measure=partial(measure, folder / "due"),
                targets=(Target(ratio=3, unit="p99 ms", less_is_better=True),),
            ),
        ]
        return [bench.compare("One reader", contenders, baseline=CALM)]


def _read(seconds: float, url: str, state: Path) -> Figures:
    """What one connection sees of a daemon that has just begun; the storm outlasts it."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "state"
        shutil.copytree(state, copy)
        with daemon(copy, wechat=url) as started:
            requests = itertools.repeat(request(started, JOBS // 2))
            load(started.server.port, requests, connections=1, seconds=5, count=100)
            seen = load(
                started.server.port, requests, connections=1, seconds=seconds, count=FOREVER
            )
            return {"reads/s": seen.rate, "p50 ms": seen.p50, "p99 ms": seen.p99}
