"""The composition root: opens everything in order, runs it, closes it in reverse."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files

import structlog
from aiohttp import web

from wechat_scheduler import listening, state
from wechat_scheduler.access import digest
from wechat_scheduler.api import fastpath
from wechat_scheduler.api.app import create_app
from wechat_scheduler.api.auth import Doorkeeper
from wechat_scheduler.api.memo import Memo
from wechat_scheduler.api.registration import RegistrationReader
from wechat_scheduler.api.services import Services
from wechat_scheduler.clock import Clock
from wechat_scheduler.config.settings import Config, Server, Wechat
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.errors import SealingError
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.opening import open_database
from wechat_scheduler.storage.rows import Vault
from wechat_scheduler.storage.sealing import is_sealed, verify_sealing
from wechat_scheduler.storage.sealing_keys import load_or_create_keys
from wechat_scheduler.supervisor import Supervisor
from wechat_scheduler.webhooks.urls import check_url
from wechat_scheduler.wechat.client import WeChatClient, client_session
from wechat_scheduler.wechat.tokens import issuers
from wechat_scheduler.wiring import Kinds, Stores, Works, guarded_client, stores_on, wire

log = structlog.get_logger(__name__)

MIGRATIONS = files("wechat_scheduler.storage") / "migrations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon:
    """A daemon that serves at `url`. `admin_key_is_new` at the first start only."""

    url: str
    admin_key: str = field(repr=False)
    admin_key_is_new: bool
    works: Works


@asynccontextmanager
async def open_daemon(
    config: Config, *, clock: Clock, rng: random.Random, loops: bool = True
) -> AsyncIterator[Daemon]:
    """A daemon that serves until the end of the block; then what it has in hand is finished.

    Raises StartError if it cannot start. `loops=False` leaves the clockworks standing, for tests
    that move time by hand and call `run_once`.
    """
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(state.state_folder(config.state.dir))
        listener = stack.enter_context(listening.bind(config.server.host, config.server.port))
        supervisor = await stack.enter_async_context(Supervisor())
        database = await open_database(
            config.state.database, migrations=MIGRATIONS, clock=clock, supervisor=supervisor
        )
        stack.push_async_callback(database.close)
        vault = await _open_vault(config, database)
        kinds = await _kinds(config.wechat, stack, clock, rng)
        stores = stores_on(database, vault, kinds)
        if config.state.database.startswith("sqlite"):
            await _take_over(stores, clock)
        admin_key, is_new = state.admin_key(folder)
        await stores.keys.put_admin(digest(admin_key), now=clock.now())

        guarded = await stack.enter_async_context(guarded_client(config.callbacks))
        guarded.refuse_ports([listening.port_of(listener)])
        works = wire(config, stores, kinds, guarded, clock=clock, rng=rng)
        _hear_others(stores, supervisor, works)
        if loops:
            turning = [
                supervisor.essential("refreshing", works.refreshing.run()),
                supervisor.essential("dispatching", works.dispatching.run()),
            ]
            stack.push_async_callback(_wind_down, works, turning)

        services = await _services(config.server, stores, works, kinds, Memo(clock, rng), clock)
        await _serve(config.server, services, listener, stack)
        url = listening.url_of(listener)
        stack.enter_context(state.announced(folder, url))
        yield Daemon(url=url, admin_key=admin_key, admin_key_is_new=is_new, works=works)
        services.memo.close()


async def _open_vault(config: Config, database: Database) -> Vault:
    """The sealing key is made with the database, and only with it."""
    path, sealed = config.state.sealing_key_file, await is_sealed(database)
    if sealed and not path.exists():
        raise SealingError(
            f"the sealing key is lost: this database was sealed with one that was in {path}; "
            "put that file back, or start anew with another --state"
        )
    sealer = load_or_create_keys(path, create=not sealed)
    await verify_sealing(database, sealer)
    return Vault(sealer)


async def _kinds(
    settings: Wechat, stack: AsyncExitStack, clock: Clock, rng: random.Random
) -> Kinds:
    session = client_session(connections=settings.connections)
    await stack.enter_async_context(session)
    client = WeChatClient(
        session=session, base=settings.api, timeout=settings.timeout, clock=clock, rng=rng
    )
    endpoint = settings.access_token_endpoint
    return {issuer.kind: issuer for issuer in issuers(client, default_endpoint=endpoint)}


async def _take_over(stores: Stores, clock: Clock) -> None:
    """A SQLite database belongs to one daemon: whoever claimed anything in it is dead."""
    await stores.credentials.release(now=clock.now())
    await stores.outbox.release(now=clock.now())


def _hear_others(stores: Stores, supervisor: Supervisor, works: Works) -> None:
    """What another process changed in a shared database is looked at again."""

    def heard(key: JobKey | None) -> None:
        supervisor.contained("reload", works.manager.heard(key))

    stores.credentials.on_change(heard)


async def _wind_down(works: Works, turning: list[asyncio.Task[None]]) -> None:
    """Attempts once begun run to their end, under their own timeouts."""
    works.stop()
    await asyncio.wait(turning)


async def _services(
    settings: Server, stores: Stores, works: Works, kinds: Kinds, memo: Memo, clock: Clock
) -> Services:
    return Services(
        manager=works.manager,
        reader=RegistrationReader(kinds, check_url),
        doorkeeper=Doorkeeper(await stores.keys.all_keys(), open_door=settings.insecure_no_auth),
        memo=memo,
        clock=clock,
        kinds=frozenset(kinds),
    )


async def _serve(
    settings: Server, services: Services, listener: socket.socket, stack: AsyncExitStack
) -> None:
    """No access log: it would halve the rate, and say what the metrics say."""
    runner = fastpath.runner(
        create_app(services, body_limit=settings.body_limit),
        services.memo,
        access_log=None,
        handle_signals=False,
        shutdown_timeout=settings.shutdown_grace.total_seconds(),
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.SockSite(runner, listener).start()
