"""Starting with jobs that are registered and fresh, and what they cost in memory; and with deliveries that
wait. Python and a bare aiohttp server beside it show what a start takes in any case."""

import asyncio
import itertools
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.benchmarks.crowd import appid, fill, fill_with_deliveries
from tests.benchmarks.daemon import Started, daemon
from tests.benchmarks.harness import Bench, Contender, Figures, Result, Target, python_server
from tests.benchmarks.load import load
from tests.benchmarks.results import ITSELF

EMPTY = "no jobs"
UNTIL, CPU = "seconds until ready", "CPU s"
PYTHON, BARE = "python -c pass", "aiohttp, bare"
TARGETS = (Target(ratio=0.4, to=ITSELF, less_is_better=True),)
AS_WITH_NONE = (Target(ratio=1.1, unit=CPU, less_is_better=True),)
JOBS, DELIVERIES, MANY_DELIVERIES = 100_000, 1_000_000, 10_000_000


def run(bench: Bench) -> list[Result]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        with bench.busy(f"registering {JOBS:,} jobs"):
            (folder / "full").mkdir()
            asyncio.run(fill(folder / "full", JOBS))
        contenders = [
            Contender(name=PYTHON, measure=_nothing),
            Contender(name=BARE, measure=_bare),
            Contender(name=EMPTY, measure=partial(_start, folder / "empty", 0), targets=TARGETS),
            Contender(name=f"{JOBS:,} jobs", measure=partial(_start, folder / "full", 0)),
            Contender(
                name=f"{JOBS:,} jobs, all fetched", measure=partial(_start, folder / "full", JOBS)
            ),
        ]
        return [
            bench.compare("Starting", contenders, baseline=EMPTY),
            _with_deliveries(bench, DELIVERIES),
        ]


def run_great(bench: Bench) -> list[Result]:
    return [_with_deliveries(bench, MANY_DELIVERIES)]


def _with_deliveries(bench: Bench, number: int) -> Result:
    with tempfile.TemporaryDirectory() as name:
        empty, full = Path(name) / "empty", Path(name) / "full"
        full.mkdir()
        with bench.busy(f"{number:,} deliveries"):
            asyncio.run(fill_with_deliveries(full, number))
            for folder in (empty, full):  # the first start mends what an earlier version left
                _start(folder, 0)
        contenders = [
            Contender(name=EMPTY, measure=partial(_start, empty, 0)),
            Contender(
                name=f"{number:,} deliveries",
                measure=partial(_start, full, 0),
                targets=AS_WITH_NONE,
            ),
        ]
        return bench.compare("Starting with deliveries that wait", contenders, baseline=EMPTY)


def _nothing() -> Figures:
    began = time.perf_counter()
    subprocess.run((sys.executable, "-c", "pass"), check=True)
    return {UNTIL: time.perf_counter() - began}


def _bare() -> Figures:
    began = time.perf_counter()
    with python_server("tests.benchmarks.bare"):
        return {UNTIL: time.perf_counter() - began}


def _start(state: Path, fetched: int) -> Figures:
    with daemon(state) as started:
        used = started.server.cpu_seconds()
        if fetched:
            _fetch_all(started, fetched)
        return {UNTIL: started.seconds, CPU: used, "MB": started.memory() / 1e6}


def _fetch_all(started: Started, jobs: int) -> None:
    requests = itertools.cycle([request(started, number) for number in range(jobs)])
    load(started.server.port, requests, seconds=300, count=jobs)


def request(started: Started, number: int, header: str = "") -> bytes:
    """What a client that polls for one job's token sends."""
    return (
        f"GET /task/{appid(number)}/0 HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}"
        f"Authorization: Bearer {started.admin_key}\r\nAccept: */*\r\n\r\n"
    ).encode()
