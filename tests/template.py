"""Migrated databases to copy: the migrations take several times as long as the copy."""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.clock import FakeClock
from tests.postgres import PostgresServer
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.storage.migrate import MIGRATIONS
from wechat_scheduler.storage.opening import open_database

_made: list[bytes] = []
TEMPLATE = "template_migrated"


async def lay_database(path: Path) -> None:
    """Put an empty database with the product's schema at `path`, unless a file is there."""
    if not _made:
        _made.append(await _migrated())
    _copy(_made[0], path)


def _copy(data: bytes, path: Path) -> None:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(data)


async def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "template.db"
        await _migrate(f"sqlite://{file}")
        return file.read_bytes()


async def postgres_template(server: PostgresServer) -> str:
    """The name of an empty database with the product's schema, for `server.fresh_database`."""
    async with server.connected() as connection:
        found = await connection.fetch("SELECT FROM pg_database WHERE datname = $1", TEMPLATE)
        if not found:
            await connection.execute(f"CREATE DATABASE {TEMPLATE}")
            await _migrate(server.url(TEMPLATE))
    return TEMPLATE


async def _migrate(url: str) -> None:
    opened = partial(open_database, url, migrations=MIGRATIONS)
    async with Supervisor() as supervisor:
        await (await opened(clock=FakeClock(), supervisor=supervisor)).close()
