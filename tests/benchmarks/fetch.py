"""Reading a token: 64 keep-alive connections, each asking again as soon as it was answered."""

import asyncio
import itertools
import random
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from tests.benchmarks.baselines import go, nginx
from tests.benchmarks.crowd import fill
from tests.benchmarks.daemon import daemon
from tests.benchmarks.harness import (
    Bench,
    Contender,
    Figures,
    Result,
    Server,
    Target,
    python_server,
)
from tests.benchmarks.load import load
from tests.benchmarks.servers import KEY
from tests.benchmarks.start import request

SERVERS = "tests.benchmarks.servers"
BARE = "aiohttp, bare"
ONE_CELL = "1 cell"
SIZES = (1, 1_000, 100_000)
# Requests that share a slot of the memo's first sights need some rounds until all are remembered.
PASSES = 8
FOREVER = 10**9

NGINX, GO = "nginx, static answer", "Go net/http"
# The original program answers 0.55 of what net/http does, with one account.
TARGETS = (
    Target(ratio=5 * 0.55, to=GO),
    Target(ratio=1, to=NGINX),
    Target(ratio=1, unit="CPU µs", to=NGINX, less_is_better=True),
)

Running = AbstractContextManager[Server]


def run(bench: Bench) -> list[Result]:
    return [_compare_servers(bench), _compare_sizes(bench), _compare_daemons(bench)]


def _compare_servers(bench: Bench) -> Result:
    """The fast path beside the ordinary way, and both beside what others can do."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))

        def contend(name: str, running: Running | None, *, vary: bool = False) -> Contender:
            if running is None:
                return Contender(name=name, measure=None)
            requests = _varying() if vary else itertools.cycle(_requests(1))
            server = stack.enter_context(running)
            return Contender(name=name, measure=_measure(bench, server, requests, warm=5_000))

        contenders = [
            contend("socket and uvloop, no HTTP", python_server(SERVERS, "socket")),
            contend(BARE, python_server(SERVERS, "bare")),
            contend("ordinary way, key checked", python_server(SERVERS, "ordinary")),
            contend("memo, key checked", python_server(SERVERS, "memo")),
            contend("memo, no key", python_server(SERVERS, "memo-without-key")),
            contend("memo, an id varies", python_server(SERVERS, "memo"), vary=True),
            contend(NGINX, nginx(folder) if shutil.which("nginx") else None),
            contend(GO, go(folder) if shutil.which("go") else None),
        ]
        return bench.compare("Reading a token", contenders, baseline=BARE)


def _compare_sizes(bench: Bench) -> Result:
    """The same with more cells, every one of them asked for."""
    with ExitStack() as stack:
        contenders = []
        for cells in SIZES:
            server = stack.enter_context(python_server(SERVERS, "memo", cells))
            requests = itertools.cycle(_requests(cells))
            measure = _measure(bench, server, requests, warm=max(5_000, PASSES * cells))
            name = ONE_CELL if cells == 1 else f"{cells:,} cells"
            contenders.append(Contender(name=name, measure=measure))
        return bench.compare("Reading by number of cells", contenders, baseline=ONE_CELL)


def _compare_daemons(bench: Bench) -> Result:
    """The program itself, key checked, with more and more jobs registered; one is polled, at last with
    another id in each request."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bare = stack.enter_context(python_server(SERVERS, "bare"))
        ready = itertools.cycle([_request(0)])
        contenders = [Contender(name=BARE, measure=_measure(bench, bare, ready, warm=5_000))]
        for name, program in ((NGINX, nginx), (GO, go)):
            other = None
            if shutil.which(program.__name__):
                running = stack.enter_context(program(folder))
                other = _measure(bench, running, ready, warm=5_000)
            contenders.append(Contender(name=name, measure=other))
        for jobs in SIZES:
            state = folder / str(jobs)
            with bench.busy(f"registering {jobs:,} jobs"):
                state.mkdir()
                asyncio.run(fill(state, jobs))
            started = stack.enter_context(daemon(state))
            polled = itertools.cycle([request(started, jobs // 2)])
            measure = _measure(bench, started.server, polled, warm=5_000)
            name = f"wechat-scheduler, {jobs:,} {'job' if jobs == 1 else 'jobs'}"
            aims = TARGETS if jobs == SIZES[0] else ()
            contenders.append(Contender(name=name, measure=measure, targets=aims))
        varying = (request(started, jobs // 2, header) for header in _ids())
        measure = _measure(bench, started.server, varying, warm=5_000)
        contenders.append(Contender(name="the same, an id varies", measure=measure, target=1.5))
        return bench.compare("Reading from the program", contenders, baseline=BARE)


def _measure(
    bench: Bench, server: Server, requests: Iterable[bytes], *, warm: int
) -> Callable[[], Figures]:
    with bench.busy(f"warming up with {warm:,} requests"):
        load(server.port, requests, seconds=60, count=warm)

    def measure() -> Figures:
        used = server.cpu_seconds()
        seen = load(server.port, requests, seconds=bench.seconds, count=FOREVER)
        used = server.cpu_seconds() - used
        return {
            "requests/s": seen.rate,
            "p50 ms": seen.p50,
            "p99 ms": seen.p99,
            "CPU µs": used / seen.count * 1e6,
        }

    return measure


def _requests(cells: int) -> list[bytes]:
    """One for each cell, in an order that no cache likes."""
    requests = [_request(number) for number in range(cells)]
    random.Random(cells).shuffle(requests)
    return requests


def _varying() -> Iterator[bytes]:
    """A client that puts a new id into each request."""
    return (_request(0, header) for header in _ids())


def _ids() -> Iterator[str]:
    return (f"X-Request-Id: {number:032x}\r\n" for number in itertools.count())


def _request(cell: int, header: str = "") -> bytes:
    """What a client library writes."""
    return (
        f"GET /task/wx{cell:016d}/0 HTTP/1.1\r\n"
        "Host: 127.0.0.1:9001\r\n"
        "Accept: */*\r\n"
        "Accept-Encoding: gzip, deflate\r\n"
        "User-Agent: python-requests/2.32.4\r\n"
        f"{header}"
        f"Authorization: Bearer {KEY}\r\n\r\n"
    ).encode()
