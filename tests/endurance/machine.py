"""A machine with a real systemd, in namespaces of this one. Needs root, systemd and util-linux.

Its network is this machine's own, so that callers reach what it serves on loopback.
"""

import asyncio
import os
import site
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.cli.commands import Ended
from wechat_scheduler.engine.clock import Clock, SystemClock

BOOT = Path(__file__).with_name("boot.sh")
SOURCE = BOOT.parents[2]
POLL = timedelta(milliseconds=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """`leader` is the process that is number 1 in there."""

    leader: int
    clock: Clock

    async def run(self, *words: str) -> Ended:
        """Run a command in there."""
        process = await asyncio.create_subprocess_exec(
            "nsenter", f"--target={self.leader}", "--mount", "--pid", "--cgroup", "--uts", "--ipc",
            "--root", "--wd", *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        return Ended(code=process.returncode or 0, out=out.decode(), err=err.decode())

    async def must(self, *words: str) -> str:
        """The same, and what it says; that it fails is an error."""
        ended = await self.run(*words)
        assert ended.code == 0, f"{words}: {ended.out}{ended.err}\n{await self.journal()}"
        return ended.out.strip()

    async def journal(self, *options: str) -> str:
        words = ("journalctl", "--no-pager", "--lines=50", "--output=cat", *options)
        return (await self.run(*words)).out

    async def show(self, unit: str, name: str) -> str:
        """A property of a unit."""
        return await self.must("systemctl", "show", "--value", f"--property={name}", unit)

    async def until(self, unit: str, name: str, wanted: str) -> None:
        """Wait until a property of a unit is that."""
        while await self.show(unit, name) != wanted:
            await self.clock.sleep(POLL)

    def write(self, path: str, text: str) -> None:
        """A file in there."""
        place = Path(f"/proc/{self.leader}/root{path}")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def read(self, path: str) -> str:
        return Path(f"/proc/{self.leader}/root{path}").read_text()


@asynccontextmanager
async def machine(folder: Path) -> AsyncIterator[Machine]:
    """One that has booted; nothing of it is left at the end."""
    assert os.geteuid() == 0, "to boot systemd takes root"
    cgroup = cgroup_root() / f"endurance-{os.getpid()}"
    cgroup.mkdir()
    (packages,) = site.getsitepackages()
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", 'echo $$ >"$0/cgroup.procs"; exec "$@"', str(cgroup),
        "unshare", "--mount", "--pid", "--cgroup", "--uts", "--ipc", "--kill-child",
        "sh", str(BOOT), str(folder), sys.base_prefix, packages, str(SOURCE),
        stdin=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        running = Machine(leader=await child_of(process.pid), clock=SystemClock())
        await booted(running)
        yield running
    finally:
        process.kill()
        await process.wait()
        await removed(cgroup)


def cgroup_root() -> Path:
    """Where the second version of cgroups is mounted, beside the first or alone."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        place, _, kind = line.partition(" - ")
        if kind.startswith("cgroup2 "):
            return Path(place.split()[4])
    raise AssertionError("there is no cgroup2 here")


async def child_of(pid: int) -> int:
    while not (children := children_of(pid)):
        await SystemClock().sleep(POLL)
    return children[0]


def children_of(pid: int) -> list[int]:
    return [int(it) for it in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def booted(running: Machine) -> None:
    while (await running.run("systemctl", "is-system-running")).out.strip() not in (
        "running",
        "degraded",
    ):
        await running.clock.sleep(POLL)


async def removed(cgroup: Path) -> None:
    """The processes in it are dead, but may not be buried yet."""
    while not is_removed(cgroup):
        await SystemClock().sleep(POLL)


def is_removed(cgroup: Path) -> bool:
    try:
        for folder, _, _ in os.walk(cgroup, topdown=False):
            Path(folder).rmdir()
    except OSError:
        return False
    return True
