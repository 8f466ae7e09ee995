"""Instructions of the processor for a start, a read, a create and a delivery, counted by callgrind.

The daemon runs in valgrind, one connection asks, and the counts of many requests are taken apart from those
before. They do not depend on the machine's other work: another run differs by some percent. One
connection means one row a commit: under load a create and a delivery share theirs, and take less.
"""

import itertools
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import uvloop

from tests.benchmarks import creates
from tests.benchmarks.daemon import daemon
from tests.benchmarks.harness import Bench, Result, Row, Server, python_server, server
from tests.benchmarks.load import load
from tests.benchmarks.messages import APPID

# What is compiled, prepared and kept at the first requests of a kind is not theirs.
COUNT, WARM = 100, 300
# A read is so short that what the daemon does by the clock meanwhile would be seen.
READS = 5000
FOREVER = 10**6
# Of the looks at its threads: the loops look at the clock. A start puts off for half a second what it loads later.
IDLE, LOOKS, BETWEEN = 0.2, 100, 0.02
NOW = {"not_before": None}
READ = b"GET /task/%b/0 HTTP/1.1\r\nHost: 127.0.0.1\r\n%%bAccept: */*\r\n%%b\r\n" % APPID.encode()
UNIT = "instructions"
BARE_READ, BARE_CREATE = "a read of bare aiohttp", "a create of bare aiohttp"
PENDING = "SELECT count(*) FROM deliveries WHERE state = 'pending'"


def run(bench: Bench) -> list[Result]:
    """Nothing where there is no valgrind."""
    if not shutil.which("valgrind"):
        return []
    with (
        tempfile.TemporaryDirectory() as folder,
        python_server("tests.benchmarks.upstream") as wechat,
        bench.busy("counting instructions"),
    ):
        counts = dict(_counts(Path(folder), f"http://127.0.0.1:{wechat.port}"))
    return [Result(title="Instructions", baseline=BARE_READ, rows=list(_rows(counts)))]


def _rows(counts: dict[str, float]) -> Iterator[Row]:
    for name, value in counts.items():
        yield Row(name=name, value=value, unit=UNIT, ratio=value / counts[BARE_READ])


def _counts(folder: Path, wechat: str) -> Iterator[tuple[str, float]]:
    with _bare(folder, "bare") as (bare, counter):
        yield BARE_READ, counter.each(bare, itertools.cycle([READ % (b"", b"")]), count=READS)
    state = folder / "state"
    state.mkdir()
    shop = uvloop.run(creates.open_shop_of(wechat, state))
    message, *_ = creates.CREATES
    at_once = replace(message, body=lambda shop, number: message.body(shop, number) | NOW)
    counter = Callgrind(folder / "counts")
    with daemon(state, wechat=wechat, before=counter.command) as started:
        yield "a start", counter.begin(started.server)
        _wait(lambda: _is_idle(started.server))  # it loads what it needs later
        key = f"Authorization: Bearer {started.admin_key}\r\n".encode()
        same = itertools.cycle([READ % (key, b"")])
        yield "a read", counter.each(started.server, same, count=READS)
        varying = (READ % (key, b"X-Request-Id: %032x\r\n" % n) for n in itertools.count())
        yield "a read, an id varies", counter.each(started.server, varying, count=READS)
        tomorrow = creates.requests_of(message, shop, started)
        create = counter.each(started.server, tomorrow)
        yield "a create", create
        waiting = _pending(state)
        now = creates.requests_of(at_once, shop, started)
        sent = counter.each(started.server, now, until=lambda: _pending(state) == waiting)
        yield "a delivery", sent - create
    with _bare(folder, "bare-create") as (bare, counter):
        yield BARE_CREATE, counter.each(bare, creates.requests_of(message, shop, started))


@contextmanager
def _bare(folder: Path, name: str) -> Iterator[tuple[Server, "Callgrind"]]:
    counter = Callgrind(folder / name)
    python = (sys.executable, "-m", "tests.benchmarks.servers", name)
    with server(*counter.command, *python) as running:
        yield running, counter


class Callgrind:
    """Counts the instructions of the server that its `command` becomes; `file` begins the names of the
    files with the counts."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._dumps = 0
        out = f"--callgrind-out-file={file}"
        self.command = ("valgrind", "--tool=callgrind", "--log-file=/dev/null", out)

    def begin(self, server: Server) -> float:
        """What it took until now."""
        return self._dump(server)

    def each(
        self,
        server: Server,
        requests: Iterator[bytes],
        *,
        until: Callable[[], bool] = lambda: True,
        count: int = COUNT,
    ) -> float:
        """What one of them takes, all that follows from it included, which is over when `until` is true."""
        load(server.port, requests, connections=1, seconds=FOREVER, count=WARM)
        _wait(until)
        self._dump(server)
        load(server.port, requests, connections=1, seconds=FOREVER, count=count)
        _wait(until)
        return self._dump(server) / count

    def _dump(self, server: Server) -> float:
        """What it took since the last time."""
        subprocess.run(
            ("callgrind_control", "--dump", str(server.pid)), check=True, capture_output=True
        )
        self._dumps += 1
        return float(re.findall(r"^totals: (\d+)", self._read(), re.MULTILINE)[-1])

    def _read(self) -> str:
        """The last file, once it is whole."""
        file = Path(f"{self._file}.{self._dumps}")
        _wait(lambda: file.exists() and "\ntotals: " in file.read_text())
        return file.read_text()


def _pending(state: Path) -> int:
    with closing(sqlite3.connect(f"file:{state}/wechat-scheduler.db?mode=ro", uri=True)) as rows:
        return int(rows.execute(PENDING).fetchone()[0])


def _is_idle(server: Server) -> bool:
    """Whether its threads hardly wanted a core for two seconds: on a busy machine they want one and get none."""
    wanted = 0
    for _ in range(LOOKS):
        time.sleep(BETWEEN)
        wanted += server.wants_a_core()
    return wanted < IDLE * LOOKS


def _wait(until: Callable[[], bool]) -> None:
    while not until():
        time.sleep(0.05)
