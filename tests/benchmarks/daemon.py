"""The real daemon as a benchmark's server."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tests.benchmarks.harness import SERVER_CORE, Server
from wechat_scheduler.config.settings import PREFIX

# A WeChat that takes no connection.
NOBODY = "http://127.0.0.1:9"


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
def daemon(
    state: Path, *, wechat: str = NOBODY, before: Sequence[str] = (), **settings: str
) -> Iterator[Started]:
    """`wechat-scheduler` on `state` with `settings` such as `callbacks_slots`, pinned to the servers' core. It
    writes its log to a file, as long as it likes. `before` is a command that becomes it."""
    log = state.with_suffix(".log")
    started = time.perf_counter()
    with (
        log.open("w") as stderr,
        log.open() as lines,
        subprocess.Popen(
            (*before, sys.executable, "-m", "wechat_scheduler", "-p", "0", "--state", str(state),
             "--log-format", "json", "--wechat-api", wechat),
            stderr=stderr,
            env=os.environ | {f"{PREFIX}{name.upper()}": text for name, text in settings.items()},
            preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),
        ) as process,
    ):  # fmt: skip
        try:
            port = _ready_port(process, lines)
            seconds = time.perf_counter() - started
            key = (state / "admin.key").read_text().strip()
            yield Started(server=Server(pid=process.pid, port=port), admin_key=key, seconds=seconds)
        finally:
            process.kill()


def _ready_port(process: subprocess.Popen[bytes], lines: TextIO) -> int:
    while process.poll() is None:
        line = lines.readline()
        if not line.endswith("\n"):
            lines.seek(lines.tell() - len(line.encode()))
            time.sleep(0.002)
        elif (event := json.loads(line))["event"] == "daemon.ready":
            return int(event["url"].rpartition(":")[2])
    raise RuntimeError("the daemon did not get ready")
