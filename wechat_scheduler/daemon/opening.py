"""The composition root: opens everything in order, runs it, closes it in reverse."""

import random
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files

import structlog

from wechat_scheduler.access.links import Links
from wechat_scheduler.access.model import digest
from wechat_scheduler.config import state_folder as state
from wechat_scheduler.config.settings import Config, Server, Systemd, Wechat
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.daemon import systemd
from wechat_scheduler.daemon.credentials import Works, guarded_client, wire
from wechat_scheduler.daemon.listening import BACKLOG, NAME, Listener, listen
from wechat_scheduler.daemon.loops import Loop, all_loops, release_claims, start, wind_down
from wechat_scheduler.daemon.pushes import Hearing, hear
from wechat_scheduler.daemon.services import front
from wechat_scheduler.daemon.stores import Kinds, Stores, stores_on
from wechat_scheduler.daemon.systemd import Notifier
from wechat_scheduler.daemon.watchdog import Watchdog
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import SealingError
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.link_secrets import link_secret
from wechat_scheduler.storage.opening import ask, open_database
from wechat_scheduler.storage.rows import Vault
from wechat_scheduler.storage.sealing import is_sealed, verify_sealing
from wechat_scheduler.storage.sealing_keys import load_or_create_keys
from wechat_scheduler.web.app import create_app
from wechat_scheduler.web.kit.memo import Memo
from wechat_scheduler.web.kit.services import Services
from wechat_scheduler.web.kit.serving import served
from wechat_scheduler.wechat.client import WeChatClient, client_session
from wechat_scheduler.wechat.tokens import issuers

log = structlog.get_logger(__name__)

MIGRATIONS = files("wechat_scheduler.storage") / "migrations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon:
    """A daemon that serves at `url`. `admin_key_is_new` at the first start only."""

    url: str
    admin_key: str = field(repr=False)
    admin_key_is_new: bool
    works: Works
    hearing: Hearing
    loops: tuple[Loop, ...]
    notifier: Notifier

    def adjust(self, config: Config) -> None:
        """Take over the settings that `config.changes` calls live."""
        self.works.adjust(config)
        self.hearing.adjust(config.refresh)

    def ready(self, remark: str = "") -> None:
        """Let systemd know, and show `remark` beside the address in its status."""
        self.notifier.ready("; ".join(filter(None, (f"serving {self.url}", remark))))


@asynccontextmanager
async def open_daemon(
    config: Config, *, clock: Clock, rng: random.Random, run_loops: bool = True
) -> AsyncIterator[Daemon]:
    """A daemon that serves until the end of the block; then what it has in hand is finished.

    Raises StartError if it cannot start. `run_loops=False` leaves the loops standing, for tests
    that move time by hand and call `run_once`.
    """
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(
            state.state_folder(config.state.dir, database=config.state.database)
        )
        notifier = Notifier(config.systemd.notify_socket)
        listener = _listen(config.server, config.systemd, notifier)
        stack.enter_context(listener.socket)
        supervisor = await stack.enter_async_context(Supervisor())
        database = await open_database(
            config.state.database, migrations=MIGRATIONS, clock=clock, supervisor=supervisor
        )
        stack.push_async_callback(database.close)
        vault = await _open_vault(config, database)
        client = await _client(config.wechat, stack, clock, rng)
        kinds = _kinds(config.wechat, client)
        stores = stores_on(database, vault, kinds)
        admin_key, is_new = state.admin_key(folder)
        if not await stores.keys.put_admin(digest(admin_key), now=clock.now()):
            log.warning("admin_key.revoked", file=str(folder / state.ADMIN_KEY))

        guarded = await stack.enter_async_context(guarded_client(config.callbacks))
        guarded.refuse_ports([listener.port])
        counters = Counters()
        links = Links(await link_secret(database, vault), config.server.public_url)
        works = wire(config, stores, kinds, client, guarded, links, counters, clock=clock, rng=rng)
        hearing = hear(
            config.refresh,
            stores,
            works.manager,
            works.outgoing.reception,
            client,
            supervisor,
            clock=clock,
            rng=rng,
        )
        _hear_others(stores, supervisor, works)
        stack.push_async_callback(works.rounds.run_once)
        await works.outgoing.directory.load()
        loops = all_loops(stores, works, hearing)
        if config.state.database.startswith(
            "sqlite"
        ):  # it belongs to one daemon, which is this one
            await release_claims(loops, clock.now())
        if run_loops:
            stack.push_async_callback(wind_down, loops, start(loops, supervisor))

        services = await front(
            config, stores, works, hearing, loops, kinds, counters, Memo(clock, rng), clock
        )
        await stack.enter_async_context(_served(config, services, listener))
        stack.enter_context(state.announced(folder, listener.url))
        daemon = Daemon(
            url=listener.url,
            admin_key=admin_key,
            admin_key_is_new=is_new,
            works=works,
            hearing=hearing,
            loops=loops,
            notifier=notifier,
        )
        if not listener.kept:
            notifier.keep(NAME, listener.socket)
        if config.systemd.watchdog is not None:
            watchdog = Watchdog(
                notifier,
                turning=services.turning,
                ask_store=partial(ask, database),
                clock=clock,
                limit=config.systemd.watchdog,
            )
            supervisor.contained("watchdog", watchdog.run())
        daemon.ready()
        yield daemon
        notifier.stopping()


def _listen(server: Server, told: Systemd, notifier: Notifier) -> Listener:
    passed = systemd.passed(pid=told.listen_pid, count=told.listen_fds, names=told.listen_fdnames)
    return listen(server.host, server.port, passed=passed, notifier=notifier)


def _served(
    config: Config, services: Services, listener: Listener
) -> AbstractAsyncContextManager[None]:
    return served(
        create_app(services, config),
        services.memo,
        listener.socket,
        backlog=BACKLOG,
        clock=services.clock,
        grace=config.server.shutdown_grace,
    )


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


async def _client(
    settings: Wechat, stack: AsyncExitStack, clock: Clock, rng: random.Random
) -> WeChatClient:
    session = client_session(connections=settings.connections)
    await stack.enter_async_context(session)
    return WeChatClient(
        session=session, base=settings.api, timeout=settings.timeout, clock=clock, rng=rng
    )


def _kinds(settings: Wechat, client: WeChatClient) -> Kinds:
    endpoint = settings.access_token_endpoint
    return {issuer.kind: issuer for issuer in issuers(client, default_endpoint=endpoint)}


def _hear_others(stores: Stores, supervisor: Supervisor, works: Works) -> None:
    """What another process changed in a shared database is looked at again."""

    def heard(key: JobKey | None) -> None:
        supervisor.contained("reload", works.manager.heard(key))

    def keys_changed() -> None:
        supervisor.contained("keys", works.keyring.load())

    def apps_changed() -> None:
        supervisor.contained("apps", works.outgoing.directory.load())

    stores.credentials.on_change(heard)
    stores.apps.on_change(apps_changed)
    stores.keys.on_change(keys_changed)
