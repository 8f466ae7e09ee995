"""Starting with jobs that are registered and fresh, and what they cost in memory."""

import asyncio
import itertools
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.benchmarks.crowd import appid, fill
from tests.benchmarks.daemon import Started, daemon
from tests.benchmarks.harness import Bench, Contender, Figures, Result
from tests.benchmarks.load import load

EMPTY = "no jobs"
JOBS = 100_000


def run(bench: Bench) -> list[Result]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        with bench.busy(f"registering {JOBS:,} jobs"):
            (folder / "full").mkdir()
            asyncio.run(fill(folder / "full", JOBS))
        contenders = [
            Contender(name=EMPTY, measure=partial(_start, folder / "empty", 0)),
            Contender(name=f"{JOBS:,} jobs", measure=partial(_start, folder / "full", 0)),
            Contender(
                name=f"{JOBS:,} jobs, all fetched", measure=partial(_start, folder / "full", JOBS)
            ),
        ]
        return [bench.compare("Starting", contenders, baseline=EMPTY)]


def _start(state: Path, fetched: int) -> Figures:
    with daemon(state) as started:
        if fetched:
            _fetch_all(started, fetched)
        return {"seconds until ready": started.seconds, "MB": started.memory() / 1e6}


def _fetch_all(started: Started, jobs: int) -> None:
    requests = itertools.cycle([request(started, number) for number in range(jobs)])
    load(started.server.port, requests, seconds=300, count=jobs)


def request(started: Started, number: int, header: str = "") -> bytes:
    """What a client that polls for one job's token sends."""
    return (
        f"GET /task/{appid(number)}/0 HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}"
        f"Authorization: Bearer {started.admin_key}\r\nAccept: */*\r\n\r\n"
    ).encode()
