"""The real daemon as a benchmark's server."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.harness import SERVER_CORE, Server


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A daemon that serves, and how long that took from the start of its process."""

    server: Server
    admin_key: str
    seconds: float

    def memory(self) -> int:
        """What it holds in memory, in bytes."""
        status = Path(f"/proc/{self.server.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024


@contextmanager
def daemon(state: Path) -> Iterator[Started]:
    """`wechat-scheduler` on `state`, pinned to the servers' core. It is to ask WeChat nothing."""
    started = time.perf_counter()
    with subprocess.Popen(
        (sys.executable, "-m", "wechat_scheduler", "-p", "0", "--state", str(state),
         "--log-format", "json", "--wechat-api", "http://127.0.0.1:9"),
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),
    ) as process:  # fmt: skip
        try:
            port = _ready_port(process)
            seconds = time.perf_counter() - started
            key = (state / "admin.key").read_text().strip()
            yield Started(server=Server(pid=process.pid, port=port), admin_key=key, seconds=seconds)
        finally:
            process.kill()


def _ready_port(process: subprocess.Popen[str]) -> int:
    assert process.stderr is not None
    for line in process.stderr:
        event = json.loads(line)
        if event["event"] == "daemon.ready":
            return int(event["url"].rpartition(":")[2])
    raise RuntimeError("the daemon did not get ready")
