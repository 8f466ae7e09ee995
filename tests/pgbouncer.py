"""The real pgbouncer between a test and PostgreSQL. Where it is not installed, tests that want it are skipped."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.postgres import USER

# Debian installs it where the PATH of a plain user does not look.
PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
UP = "process up"
# Fewer connections to PostgreSQL than a daemon opens to pgbouncer, so that units of work share them.
SETTINGS = """
[databases]
* = host={server} user=postgres
[pgbouncer]
unix_socket_dir = {folder}
listen_port = 5432
auth_type = any
pool_mode = {mode}
default_pool_size = {size}
max_client_conn = {clients}
"""


@contextmanager
def bounced(url: str, mode: str, size: int, clients: int = 100) -> Iterator[str]:
    """The URL of the same database by way of a pgbouncer in that `pool_mode`, for so many connections."""
    if PROGRAM is None:
        pytest.skip("pgbouncer is not installed")
    parts = urlsplit(url)
    (server,) = parse_qs(parts.query)["host"]
    with tempfile.TemporaryDirectory(prefix="bounce", dir="/tmp") as name:
        folder = Path(name)
        settings = folder / "pgbouncer.ini"
        settings.write_text(
            SETTINGS.format(server=server, folder=folder, mode=mode, size=size, clients=clients)
        )
        for path in (folder, settings):
            path.chmod(0o755)
        if USER is not None:
            shutil.chown(folder, USER)
        with _running(settings):
            yield parts._replace(query=f"host={folder}").geturl()


@contextmanager
def _running(settings: Path) -> Iterator[None]:
    assert PROGRAM is not None
    process = subprocess.Popen(
        [PROGRAM, str(settings)], user=USER, cwd="/", stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        said: list[str] = []
        while not said or UP not in said[-1]:
            said.append(process.stderr.readline())
            if not said[-1]:
                raise RuntimeError(f"pgbouncer did not start:\n{''.join(said)}")
        yield
    finally:
        process.terminate()
        process.communicate()
