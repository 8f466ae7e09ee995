"""Readers while 64 connections create as fast as they are answered: they should not notice."""

import multiprocessing
import os
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import uvloop

from tests.benchmarks.creates import CREATES, FOREVER, WARM, open_shop_of, requests_of
from tests.benchmarks.daemon import Started, daemon
from tests.benchmarks.harness import Bench, Contender, Figures, Result, python_server
from tests.benchmarks.load import load
from tests.benchmarks.messages import APPID

IDLE = "while nothing is created"
PAUSE = 0.001
# The creating process leaves the core to the reader: what is measured is the daemon.
NICE = 10
TARGET = 1.5


def run(bench: Bench) -> list[Result]:
    return [_compare(bench)]


def _compare(bench: Bench) -> Result:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        wechat = stack.enter_context(python_server("tests.benchmarks.upstream", "silent"))
        url = f"http://127.0.0.1:{wechat.port}"
        (folder / "state").mkdir()
        shop = uvloop.run(open_shop_of(url, folder / "state"))
        started = stack.enter_context(daemon(folder / "state", wechat=url))
        requests = requests_of(CREATES[0], shop, started)
        with bench.busy(f"warming up with {WARM:,} requests"):
            load(started.server.port, requests, seconds=60, count=WARM)
        contenders = [
            Contender(name=IDLE, measure=partial(read_for, started, bench.seconds)),
            Contender(
                name="while 64 connections create",
                measure=partial(_read_meanwhile, started, bench.seconds, requests),
                target=TARGET,
                less_is_better=True,
            ),
        ]
        return bench.compare("A reader's p99", contenders, baseline=IDLE)


def _read_meanwhile(started: Started, seconds: float, requests: Iterator[bytes]) -> Figures:
    with _creating(partial(_create, started.server.port, requests)):
        time.sleep(0.3)
        return read_for(started, seconds)


def _create(port: int, requests: Iterator[bytes]) -> None:
    os.nice(NICE)
    load(port, requests, seconds=60, count=FOREVER)


@contextmanager
def _creating(create: Callable[[], None]) -> Iterator[None]:
    process = multiprocessing.get_context("fork").Process(target=create)
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


def read_for(started: Started, seconds: float) -> Figures:
    """One connection that asks again a moment after each answer."""
    request = (
        f"GET /task/{APPID}/0 HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {started.admin_key}\r\n\r\n"
    ).encode()
    times = []
    with socket.create_connection(("127.0.0.1", started.server.port)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        until = time.perf_counter() + seconds
        while (began := time.perf_counter()) < until:
            sock.send(request)
            assert sock.recv(65536).startswith(b"HTTP/1.1 200 ")
            times.append(time.perf_counter() - began)
            time.sleep(PAUSE)
    times.sort()
    return {
        "p99 ms": times[len(times) * 99 // 100] * 1000,
        "p50 ms": times[len(times) // 2] * 1000,
    }
