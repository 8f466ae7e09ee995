"""The stores that the contract suites run on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.clock import FakeClock
from tests.stores.samples import SECRET_KINDS
from tests.template import lay_database
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.database import Database, Script, Statement
from wechat_scheduler.storage.delivery.outbox import SqlOutbox
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.migrate import MIGRATIONS
from wechat_scheduler.storage.opening import open_database
from wechat_scheduler.storage.rows import Vault, micros
from wechat_scheduler.storage.sealing import Sealer

VAULT = Vault(Sealer([bytes(32)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Two processes on one database: `elsewhere` is the other one."""

    database: Database
    credentials: SqlCredentials
    outbox: SqlOutbox
    elsewhere: SqlCredentials
    outbox_elsewhere: SqlOutbox

    async def push(self, appid: str, name: str, value: str, at: datetime) -> None:
        """WeChat pushes a value to a platform for which we `listen`."""
        await self.database.write(lambda: pushed(appid, name, value, at))

    async def listen(self, appid: str) -> None:
        await self.database.write(lambda: expecting(appid))


def sql_stores(database: Database) -> Stores:
    return Stores(
        database=database,
        credentials=sql_credentials(database, "here"),
        outbox=SqlOutbox(database, VAULT, worker="here", feed=SqlFeed(database)),
        elsewhere=sql_credentials(database, "there"),
        outbox_elsewhere=SqlOutbox(database, VAULT, worker="there", feed=SqlFeed(database)),
    )


def sql_credentials(database: Database, worker: str) -> SqlCredentials:
    return SqlCredentials(
        database, VAULT, worker=worker, secret_kinds=SECRET_KINDS, feed=SqlFeed(database)
    )


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A database with the product's schema."""
    if url.startswith("sqlite:"):
        await lay_database(Path(url.removeprefix("sqlite://")))
    async with Supervisor() as supervisor:
        database = await open_database(
            url, migrations=MIGRATIONS, clock=FakeClock(), supervisor=supervisor
        )
        try:
            yield database
        finally:
            await database.close()


def pushed(appid: str, name: str, value: str, at: datetime) -> Script[None]:
    """Store a value that WeChat pushed to a platform."""
    sealed = VAULT.seal(value, f"push:{appid}/{name}")
    yield Statement("INSERT INTO pushes VALUES ($1, $2, $3, $4)", (appid, name, micros(at), sealed))


def expecting(appid: str) -> Script[None]:
    """Expect pushes to the platform."""
    yield Statement(
        "INSERT INTO callbacks (appid, secrets, changed_at) VALUES ($1, '', 0)", (appid,)
    )
