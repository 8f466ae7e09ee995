"""A call of WeChat's API through the gateway beside one that goes straight to WeChat; files of 100 MB."""

import itertools
import json
import shutil
import socket
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.baselines import nginx
from tests.benchmarks.daemon import Started, daemon
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

DIRECT, PROXIED, THROUGH = "straight to WeChat", "through nginx", "through the gateway"
APPID = "wx1111111111111111"
SEND = "/cgi-bin/message/custom/send"
BODY = b'{"touser":"o-reader-0000000000000000000","msgtype":"text","text":{"content":"hello"}}'
ENOUGH = 10**9
MEGABYTES = 100
CHUNK = b"x" * (1 << 20)


def run(bench: Bench) -> list[Result]:
    with (
        tempfile.TemporaryDirectory() as folder,
        python_server("tests.benchmarks.upstream") as upstream,
        _proxy(Path(folder), upstream.port) as proxy,
        _gateway(f"http://127.0.0.1:{upstream.port}") as (started, token),
    ):
        servers = {DIRECT: upstream, PROXIED: proxy, THROUGH: started.server}
        line = _request(token)

        def contenders(connections: int) -> list[Contender]:
            return [
                _contender(name, _calls(bench, server, line, connections) if server else None)
                for name, server in servers.items()
            ]

        return [
            bench.compare("A call, one at a time", contenders(1), baseline=DIRECT),
            bench.compare("Calls, 32 at a time", contenders(32), baseline=DIRECT),
            bench.compare(
                f"A file of {MEGABYTES} MB",
                [Contender(name=THROUGH, measure=_files)],
                baseline=THROUGH,
            ),
        ]


@contextmanager
def _proxy(folder: Path, port: int) -> Iterator[Server | None]:
    """None where there is no nginx."""
    if not shutil.which("nginx"):
        yield None
        return
    with nginx(folder, behind=port) as running:
        yield running


def _contender(name: str, measure: Callable[[], Figures] | None) -> Contender:
    aims = (Target(ratio=0.25, to=PROXIED),) if name == THROUGH else ()
    return Contender(name=name, measure=measure, targets=aims)


def _calls(bench: Bench, server: Server, line: bytes, connections: int) -> Callable[[], Figures]:
    def measure() -> Figures:
        before = server.cpu_seconds()
        found = load(
            server.port,
            itertools.repeat(line),
            connections=connections,
            seconds=bench.seconds,
            count=ENOUGH,
        )
        spent = (server.cpu_seconds() - before) / found.count
        return {
            "calls/s": found.rate,
            "ms at the median": found.p50,
            "ms at 99 %": found.p99,
            "CPU µs": spent * 1e6,
        }

    return measure


def _request(token: str) -> bytes:
    head = f"POST {SEND}?access_token={token} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n"
    return (
        f"{head}Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()
        + BODY
    )


@contextmanager
def _gateway(wechat: str, hosts: str = "") -> Iterator[tuple[Started, str]]:
    """A daemon whose gateway is on, and a token that it takes."""
    with (
        tempfile.TemporaryDirectory() as folder,
        daemon(
            Path(folder) / "state",
            wechat=wechat,
            gateway_enabled="true",
            gateway_hosts=hosts,
        ) as started,
    ):
        task = {"appid": APPID, "appsecret": "s" * 32, "tasks": [{"type": 0}]}
        _ask(started, "/register", json.dumps(task).encode())
        yield started, _ask(started, f"/task/{APPID}/0")["result"]


def _ask(started: Started, path: str, body: bytes | None = None) -> dict[str, str]:
    url = f"http://127.0.0.1:{started.server.port}{path}"
    headers = {"X-API-Key": started.admin_key, "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
        found: dict[str, str] = json.load(answer)
        return found


def _files() -> Figures:
    """How fast, and how much more memory than before; the file server takes a core of its own."""
    with (
        python_server("tests.benchmarks.upstream") as tokens,
        python_server("tests.benchmarks.files", MEGABYTES) as files,
        _gateway(f"http://127.0.0.1:{tokens.port}", f"http://127.0.0.1:{files.port}") as (
            started,
            token,
        ),
    ):
        before = started.memory()
        path = f"/cgi-bin/media/any?access_token={token}"
        up = _timed(lambda: _upload(started.server.port, path))
        down = _timed(lambda: _download(started.server.port, path))
        grown = max(0, started.memory() - before)
    return {"MB/s up": up, "MB/s down": down, "MB more memory": grown / 1e6}


def _timed(move: Callable[[], None]) -> float:
    began = time.perf_counter()
    move()
    return MEGABYTES / (time.perf_counter() - began)


def _upload(port: int, path: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(f"{head}Content-Length: {MEGABYTES * len(CHUNK)}\r\n\r\n".encode())
        for _ in range(MEGABYTES):
            line.sendall(CHUNK)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    if b'"errcode":0' not in answer:
        raise RuntimeError(f"not taken: {answer[:300]!r}")


def _download(port: int, path: str) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        size = sum(len(chunk) for chunk in iter(lambda: line.recv(1 << 20), b""))
    if size < MEGABYTES * len(CHUNK):
        raise RuntimeError(f"only {size} bytes came")
