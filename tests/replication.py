"""A PostgreSQL with a standby that gets every commit before it is acknowledged, and can take its place."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.fastest import fastest
from tests.postgres import (
    SETTINGS,
    connected,
    find_programs,
    folder_at,
    make_cluster,
    reachable,
    run,
)

IN_STEP = "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"
WAIT_FOR_THE_STANDBY = "ALTER SYSTEM SET synchronous_standby_names = '*'"


class Replicated:
    """`url` names both servers, and leads to the one that takes writes."""

    def __init__(self, programs: Path, first: Path, second: Path, settings: str) -> None:
        self._programs = programs
        self._first, self._second = first, second
        self._settings = settings
        self._serves = first
        hosts = f"{_sockets(first)},{_sockets(second)}"
        self.url = f"postgresql://postgres@/postgres?host={hosts}&target_session_attrs=read-write"

    async def start(self) -> None:
        """Start the first, and the second as its copy."""
        await asyncio.to_thread(self._start, self._first)
        await asyncio.to_thread(self._copy)
        await asyncio.to_thread(self._start, self._second)
        async with connected(_url(self._first)) as connection:
            while not await connection.fetchval(IN_STEP):
                await connection.fetch("SELECT pg_sleep(0.01)")
            await connection.execute(WAIT_FOR_THE_STANDBY)
            await connection.execute("SELECT pg_reload_conf()")

    @property
    def pid(self) -> int:
        """The number of the first process of the server that takes writes."""
        return int((self._serves / "data/postmaster.pid").read_text().partition("\n")[0])

    @property
    def is_whole(self) -> bool:
        """Whether the first was not lost yet."""
        return self._serves == self._first

    async def lose_the_first(self) -> None:
        """It ends as in a power cut."""
        self._serves = self._second
        await asyncio.to_thread(self._control, self._first, "stop", "-m", "immediate")

    async def promote_the_second(self) -> None:
        """Returns once it takes writes. It waits for no standby of its own."""
        await asyncio.to_thread(self._control, self._second, "promote", "-w")
        async with connected(_url(self._second)) as connection:
            await connection.execute("ALTER SYSTEM RESET synchronous_standby_names")
            await connection.execute("SELECT pg_reload_conf()")

    async def stop(self) -> None:
        await asyncio.to_thread(self._control, self._second, "stop", "-m", "immediate")

    def _copy(self) -> None:
        run(self._programs / "pg_basebackup", "-h", _sockets(self._first), "-U", "postgres",
            "-D", self._second / "data", "-R", "-c", "fast", "--no-sync")  # fmt: skip

    def _start(self, folder: Path) -> None:
        options = f"{self._settings} -k {_sockets(folder)}"
        self._control(folder, "start", "-w", "-o", options, "-l", str(folder / "data/log"))

    def _control(self, folder: Path, *words: str) -> None:
        run(self._programs / "pg_ctl", "-D", folder / "data", *words)


def _sockets(folder: Path) -> Path:
    return folder / "s"


def _url(folder: Path) -> str:
    return f"postgresql://postgres@/postgres?host={_sockets(folder)}"


@asynccontextmanager
async def replicated(settings: str = SETTINGS) -> AsyncIterator[Replicated]:
    if not (find_programs() / "pg_basebackup").exists():
        pytest.skip("pg_basebackup is not installed")
    with folder_at(Path("/tmp")) as copy, folder_at(fastest()) as one, folder_at(fastest()) as two:
        programs = reachable(find_programs(), copy)
        for folder in (one, two):
            make_cluster(programs, folder, copies=folder is two)
        pair = Replicated(programs, one, two, settings)
        await pair.start()
        try:
            yield pair
        finally:
            await pair.stop()
