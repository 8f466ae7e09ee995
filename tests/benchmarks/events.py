"""A thousand consumers on one stream of events each: how soon they have a rotation, and whether readers notice."""

import json
import multiprocessing
import os
import select
import socket
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from tests.benchmarks.daemon import Started, daemon
from tests.benchmarks.harness import Bench, Contender, Figures, Result, python_server
from tests.benchmarks.messages import APPID
from tests.benchmarks.readers import NICE, TARGET, read_for

CONSUMERS = 1000
ROTATED = b"event: credential.rotated"
NOBODY, IDLE = "no consumer", "1,000 consumers"
# Five rotations a second cost readers something themselves.
ONE, ALL = "five rotations a second, one consumer", "five rotations a second, 1,000 consumers"
EVERY = 0.2
PATIENCE = 30.0


def run(bench: Bench) -> list[Result]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        wechat = stack.enter_context(python_server("tests.benchmarks.upstream"))
        url = f"http://127.0.0.1:{wechat.port}"
        started = stack.enter_context(daemon(folder / "state", wechat=url))
        register(started)
        rotation = Contender(name=f"{CONSUMERS:,} consumers", measure=partial(_rotation, started))
        beside = partial(_read_beside, started, bench.seconds)
        idle = [
            Contender(name=NOBODY, measure=partial(read_for, started, bench.seconds)),
            _reader(IDLE, partial(beside, CONSUMERS, 0.0)),
        ]
        busy = [
            Contender(name=ONE, measure=partial(beside, 1, EVERY)),
            _reader(ALL, partial(beside, CONSUMERS, EVERY)),
        ]
        return [
            bench.compare("A rotation", [rotation], baseline=rotation.name),
            bench.compare("A reader's p99", idle, baseline=NOBODY),
            bench.compare("A reader's p99 while credentials rotate", busy, baseline=ONE),
        ]


def _reader(name: str, measure: Callable[[], Figures]) -> Contender:
    return Contender(name=name, measure=measure, target=TARGET, less_is_better=True)


def register(started: Started) -> None:
    body = {
        "appid": APPID,
        "appsecret": "s" * 32,
        "access_token_endpoint": "token",
        "tasks": [{"type": 0}],
    }
    ask(started, "POST", "/register", json.dumps(body).encode())
    ask(started, "GET", f"/task/{APPID}/0")


def ask(started: Started, method: str, path: str, body: bytes | None = None) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{started.server.port}{path}", body, method=method
    )
    request.add_header("Authorization", f"Bearer {started.admin_key}")
    urllib.request.urlopen(request).read()


@contextmanager
def consumers(started: Started, number: int = CONSUMERS) -> Iterator[Sequence[socket.socket]]:
    """Connected, and greeted."""
    request = (
        "GET /v1/events?kinds=credential.rotated HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {started.admin_key}\r\n\r\n"
    ).encode()
    with ExitStack() as stack:
        found = []
        for _ in range(number):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", started.server.port)))
            one.sendall(request)
            found.append(one)
        wait_for(found, b"event: hello")
        yield found


def wait_for(sockets: Sequence[socket.socket], event: bytes) -> list[float]:
    """When each had that event, in order."""
    poll, waiting = select.epoll(), {sock.fileno(): sock for sock in sockets}
    came, seen = [], dict.fromkeys(waiting, b"")
    for number in waiting:
        poll.register(number, select.EPOLLIN)
    until = time.perf_counter() + PATIENCE
    while waiting and time.perf_counter() < until:
        for number, _ in poll.poll(1):
            seen[number] += waiting[number].recv(65536)
            if event in seen[number]:
                came.append(time.perf_counter())
                poll.unregister(number)
                del waiting[number]
    if waiting:
        raise RuntimeError(f"{len(waiting)} consumers were not told: {seen[next(iter(waiting))]!r}")
    return came


def _rotation(started: Started) -> Figures:
    before = started.memory()
    with consumers(started) as sockets:
        each = (started.memory() - before) / len(sockets)
        asked, spent = time.perf_counter(), started.server.cpu_seconds()
        ask(started, "POST", f"/task/{APPID}/0/refresh")
        came = wait_for(sockets, ROTATED)
        spent = started.server.cpu_seconds() - spent
    return {
        "ms to the first": (came[0] - asked) * 1000,
        "ms from the first to the last": (came[-1] - came[0]) * 1000,
        "CPU ms": spent * 1000,
        "KiB each": each / 1024,
    }


def _read_beside(started: Started, seconds: float, number: int, every: float) -> Figures:
    """With consumers in another process, and a rotation so often, none if 0."""
    ready = multiprocessing.Event()
    process = multiprocessing.get_context("fork").Process(
        target=_consume, args=(started, number, every, ready)
    )
    process.start()
    try:
        ready.wait(PATIENCE)
        return read_for(started, seconds)
    finally:
        process.kill()
        process.join()


def _consume(
    started: Started, number: int, every: float, ready: "multiprocessing.synchronize.Event"
) -> None:
    os.nice(NICE)
    with consumers(started, number) as sockets:
        ready.set()
        while every:
            time.sleep(every)
            ask(started, "POST", f"/task/{APPID}/0/refresh")
            wait_for(sockets, ROTATED)
        time.sleep(PATIENCE)
