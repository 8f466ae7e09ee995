"""A load generator: keep-alive connections on one epoll, each with one request in flight.

No event loop and no HTTP library: a library would cost more than the server that it measures.
"""

import gc
import itertools
import select
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

OK = b"HTTP/1.1 200 "
# Of a JSON object; our own API adds a line break.
ENDS = (b"}", b"}\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a run saw: answers, answers per second, and how long single ones took in milliseconds."""

    count: int
    rate: float
    p50: float
    p99: float


def load(
    port: int, requests: Iterable[bytes], *, connections: int = 64, seconds: float, count: int
) -> Load:
    """Send `requests` until `seconds` are over or `count` were answered; they must not run out.

    The answers must be JSON objects with status 200: their end tells that they are whole.
    """
    with _connect(port, connections) as sockets, _no_garbage_collection():
        began = perf_counter()
        times = list(itertools.islice(_answers(sockets, iter(requests), began + seconds), count))
        took = perf_counter() - began
    times.sort()
    return Load(
        count=len(times),
        rate=len(times) / took,
        p50=times[len(times) // 2] * 1000,
        p99=times[len(times) * 99 // 100] * 1000,
    )


def _answers(
    sockets: Sequence[socket.socket], requests: Iterator[bytes], deadline: float
) -> Iterator[float]:
    """The time of each answer, as it comes."""
    poll = select.epoll()
    by_number = {sock.fileno(): sock for sock in sockets}
    begun = {}
    for number, sock in by_number.items():
        poll.register(number, select.EPOLLIN)
        begun[number] = perf_counter()
        sock.send(next(requests))
    while (now := perf_counter()) < deadline:
        for number, _ in poll.poll(1):
            sock = by_number[number]
            _read(sock)
            now = perf_counter()
            yield now - begun[number]
            begun[number] = now
            sock.send(next(requests))


def _read(sock: socket.socket) -> None:
    data = sock.recv(65536)
    while data and not data.endswith(ENDS):
        data += sock.recv(65536)
    if not data.startswith(OK):
        raise RuntimeError(f"not an answer: {data[:200]!r}")


@contextmanager
def _connect(port: int, connections: int) -> Iterator[list[socket.socket]]:
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
    try:
        for sock in sockets:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield sockets
    finally:
        for sock in sockets:
            sock.close()


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
