"""The program as its users start it: a process of its own, known to be ready by what it says."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith("WECHAT_SCHEDULER_")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A daemon that runs. `admin_key` is the one in its state folder."""

    url: str
    admin_key: str
    process: asyncio.subprocess.Process

    async def kill(self) -> None:
        """SIGKILL: it gets to do nothing more."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        """SIGTERM, and what it exits with."""
        self.process.send_signal(signal.SIGTERM)
        return await self.process.wait()


@asynccontextmanager
async def program(state: Path, *arguments: str) -> AsyncIterator[Program]:
    """`wechat-scheduler` on a free port, ready; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "wechat_scheduler", "-p", "0", "--state", str(state),
        "--log-format", "json", *arguments,
        stderr=asyncio.subprocess.PIPE,
        env=ENVIRONMENT,
    )  # fmt: skip
    assert process.stderr is not None
    reading: asyncio.Task[None] | None = None
    try:
        url = await _ready(process.stderr)
        reading = asyncio.create_task(_drain(process.stderr))  # noqa: TID251 - a full pipe stops it
        key = (state / "admin.key").read_text().strip()
        yield Program(url=url, admin_key=key, process=process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        if reading is not None:
            await reading


async def _ready(lines: asyncio.StreamReader) -> str:
    said = []
    async for line in lines:
        said.append(line.decode())
        event = msgspec.json.decode(line) if line.startswith(b"{") else {}
        if event.get("event") == "daemon.ready":
            return str(event["url"])
    raise AssertionError(f"it ended before it was ready: {''.join(said)}")


async def _drain(lines: asyncio.StreamReader) -> None:
    async for _ in lines:
        pass
