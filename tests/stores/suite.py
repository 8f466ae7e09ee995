"""Every kind of store that the contract suites run on."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tests.clock import FakeClock
from tests.stores.memory import MemoryCredentials, MemoryOutbox
from tests.stores.samples import SECRET_KINDS
from tests.stores.tables import Tables
from wechat_scheduler.credentials.notifications import NotificationSource
from wechat_scheduler.credentials.ports import Store
from wechat_scheduler.delivery.ports import Outbox
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.storage.credentials import SqlCredentials
from wechat_scheduler.storage.database import Database, Script, Statement
from wechat_scheduler.storage.migrate import MIGRATIONS
from wechat_scheduler.storage.opening import open_database
from wechat_scheduler.storage.outbox import SqlOutbox
from wechat_scheduler.storage.rows import Vault, micros
from wechat_scheduler.storage.sealing import Sealer

VAULT = Vault(Sealer([bytes(32)]))


class Releasing(Protocol):
    async def release(self, *, now: datetime) -> None:
        """Give back what a process that is known to be dead had claimed."""
        ...


class Credentials(Store, NotificationSource, Releasing, Protocol):
    """All that a store of credentials does."""


class Deliveries(Outbox, Releasing, Protocol):
    """All that an outbox does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Two processes on one database: `elsewhere` is the other one. `push` is what WeChat does, to
    a platform for which we `listen`."""

    credentials: Credentials
    outbox: Deliveries
    elsewhere: Credentials
    outbox_elsewhere: Deliveries
    push: Callable[[str, str, str, datetime], Awaitable[None]]
    listen: Callable[[str], Awaitable[None]]


def memory_stores() -> Stores:
    tables = Tables()

    async def push(appid: str, name: str, value: str, at: datetime) -> None:
        tables.pushes.setdefault((appid, name), {})[at] = value

    async def listen(appid: str) -> None:
        tables.listening.add(appid)

    def credentials(worker: str) -> Credentials:
        return MemoryCredentials(tables, worker=worker, secret_kinds=SECRET_KINDS)

    return Stores(
        credentials=credentials("here"),
        outbox=MemoryOutbox(tables, worker="here"),
        elsewhere=credentials("there"),
        outbox_elsewhere=MemoryOutbox(tables, worker="there"),
        push=push,
        listen=listen,
    )


def sql_stores(database: Database) -> Stores:
    async def push(appid: str, name: str, value: str, at: datetime) -> None:
        sealed = VAULT.seal(value, f"push:{appid}/{name}")
        await database.write(lambda: _push(appid, name, micros(at), sealed))

    async def listen(appid: str) -> None:
        await database.write(lambda: _listen(appid))

    return Stores(
        credentials=sql_credentials(database, "here"),
        outbox=SqlOutbox(database, VAULT, worker="here"),
        elsewhere=sql_credentials(database, "there"),
        outbox_elsewhere=SqlOutbox(database, VAULT, worker="there"),
        push=push,
        listen=listen,
    )


def sql_credentials(database: Database, worker: str) -> SqlCredentials:
    return SqlCredentials(database, VAULT, worker=worker, secret_kinds=SECRET_KINDS)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    async with Supervisor() as supervisor:
        database = await open_database(
            url, migrations=MIGRATIONS, clock=FakeClock(), supervisor=supervisor
        )
        try:
            yield database
        finally:
            await database.close()


def empty() -> Script[None]:
    """Take everything out of a PostgreSQL database."""
    tables = yield Statement(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'meta'"
    )
    yield Statement(f"TRUNCATE {', '.join(table['tablename'] for table in tables)}")


def _push(appid: str, name: str, at: int, sealed: str) -> Script[None]:
    yield Statement("INSERT INTO pushes VALUES ($1, $2, $3, $4)", (appid, name, at, sealed))


def _listen(appid: str) -> Script[None]:
    yield Statement("INSERT INTO callbacks VALUES ($1, '', 0)", (appid,))
