"""The composition root: opens everything in order, runs it, closes it in reverse."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import structlog

from wechat_scheduler.access.model import digest
from wechat_scheduler.config import state_folder as state
from wechat_scheduler.config.changes import RunningConfig
from wechat_scheduler.config.settings import Config
from wechat_scheduler.daemon import systemd
from wechat_scheduler.daemon.cores import Cores, wire
from wechat_scheduler.daemon.descriptors import DescriptorLimit
from wechat_scheduler.daemon.gateway import tunnels
from wechat_scheduler.daemon.ground import Ground, open_ground
from wechat_scheduler.daemon.listening import BACKLOG, NAME, ListeningSocket, listen
from wechat_scheduler.daemon.loops import Loop, all_loops, release_claims, start, wind_down
from wechat_scheduler.daemon.services import web_services
from wechat_scheduler.daemon.systemd import Notifier
from wechat_scheduler.daemon.watchdog import Watchdog
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StateError
from wechat_scheduler.storage.credentials.bound_jobs import mend_bound_jobs
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.migrate import MIGRATIONS
from wechat_scheduler.storage.opening import ask, open_database
from wechat_scheduler.storage.upkeep.moving import MOVED, MOVING, refuse
from wechat_scheduler.web.app import create_app
from wechat_scheduler.web.kit.connections import Connections
from wechat_scheduler.web.kit.services import Services
from wechat_scheduler.web.kit.serving import served

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon:
    """A daemon that serves at `url`. `admin_key_is_new` is true at the first start only."""

    url: str
    admin_key: str = field(repr=False)
    admin_key_is_new: bool
    ground: Ground
    cores: Cores
    loops: tuple[Loop, ...]
    notifier: Notifier
    running: RunningConfig
    listener: ListeningSocket

    def adjust(self, config: Config) -> None:
        """Apply the settings that `config.changes` calls live."""
        self.running.config = config
        self.cores.adjust(config)
        self.ground.guarded.adjust(config)

    def ready(self, remark: str = "") -> None:
        """Tell systemd, and show `remark` beside the address in its status."""
        self.notifier.ready("; ".join(filter(None, (f"serving {self.url}", remark))))


@asynccontextmanager
async def open_daemon(
    config: Config,
    *,
    clock: Clock,
    rng: random.Random,
    run_loops: bool = True,
    opener: Callable[..., Awaitable[Database]] = open_database,
) -> AsyncIterator[Daemon]:
    """A daemon that serves until the end of the block, and then finishes what it has begun.

    Raises StartError if it cannot start. `run_loops=False` leaves the loops standing, for tests
    that move time by hand and call `run_once`. `opener` stands for `open_database`.
    """
    database_url = config.state.database
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(
            state.state_folder(config.state.dir, database=database_url, serves=True)
        )
        notifier = Notifier(config.systemd.notify_socket)
        listener = _listen(config, notifier)
        stack.enter_context(listener.socket)
        supervisor = await stack.enter_async_context(Supervisor())
        database = await opener(
            database_url,
            migrations=MIGRATIONS,
            clock=clock,
            supervisor=supervisor,
            emptied=state.emptied(folder, database=database_url),
            listen=config.state.listen_database,
            connections=config.state.connections,
            expanded=True,
        )
        stack.push_async_callback(database.close)
        await refuse(database, MOVED, MOVING)

        ground = await stack.enter_async_context(
            open_ground(config, database, supervisor, clock=clock, rng=rng)
        )
        ground.guarded.refuse_ports([listener.port, config.gateway.connect_port])
        await mend_bound_jobs(database, ground.stores.vault, clock.now())
        admin_key, admin_key_is_new = await _admin_key(ground, folder)
        cores = wire(ground)
        await cores.load()
        stack.push_async_callback(cores.last_round.run_once)

        await cores.pulse.run_once()
        stack.push_async_callback(cores.pulse.leave)
        connections = _connections(ground)
        loops = all_loops(cores, ground, connections)
        if database_url.startswith("sqlite"):  # no other daemon uses it: old claims are void
            await release_claims(loops, clock.now())
        if run_loops:
            stack.push_async_callback(wind_down, loops, start(loops, supervisor))

        running = RunningConfig(config)
        services = web_services(ground, cores, loops, running, connections)
        await stack.enter_async_context(_served(config, services, listener, connections))
        await stack.enter_async_context(tunnels(ground, cores.gateway, cores.consumers))
        _announce(stack, folder, listener.url)
        if not listener.kept:
            notifier.keep(NAME, listener.socket)
        _watch(ground, services, notifier, database)

        daemon = Daemon(
            url=listener.url,
            admin_key=admin_key,
            admin_key_is_new=admin_key_is_new,
            ground=ground,
            cores=cores,
            loops=loops,
            notifier=notifier,
            running=running,
            listener=listener,
        )
        daemon.ready()
        yield daemon
        notifier.stopping()


def _announce(stack: AsyncExitStack, folder: Path, url: str) -> None:
    """A full disk keeps no one from what is stored already."""
    try:
        stack.enter_context(state.announced(folder, url))
    except StateError as error:
        log.warning("daemon.not_announced", error=str(error))


def _listen(config: Config, notifier: Notifier) -> ListeningSocket:
    told, server = config.systemd, config.server
    passed = systemd.passed(pid=told.listen_pid, count=told.listen_fds, names=told.listen_fdnames)
    return listen(server.host, server.port, passed=passed, notifier=notifier)


async def _admin_key(ground: Ground, folder: Path) -> tuple[str, bool]:
    """The key in the state folder, and whether it was made just now."""
    admin_key, is_new = state.admin_key(folder)
    if not await ground.stores.keys.put_admin(digest(admin_key), now=ground.clock.now()):
        log.error("admin_key.revoked", file=str(folder / state.ADMIN_KEY))
    return admin_key, is_new


def _connections(ground: Ground) -> Connections:
    config = ground.config
    refreshes, others = 3 * config.refresh.slots, 2 * config.callbacks.connections
    # A tunnel has two ends.
    ends = 3 if config.gateway.connect_port else 1
    gateway = ends * config.gateway.connections if config.gateway.enabled else 0
    outgoing = refreshes + others + config.wechat.connections + gateway
    limit = DescriptorLimit(outgoing=outgoing)
    return Connections(room=limit.room, tally=ground.counters, clock=ground.clock)


def _served(
    config: Config, services: Services, listener: ListeningSocket, connections: Connections
) -> AbstractAsyncContextManager[None]:
    return served(
        create_app(services, config),
        services.memo,
        listener.socket,
        connections,
        backlog=BACKLOG,
        clock=services.clock,
        grace=config.server.shutdown_grace,
        on_end=services.waiting.end,
    )


def _watch(ground: Ground, services: Services, notifier: Notifier, database: Database) -> None:
    """Notify systemd's watchdog, if it asks for that."""
    limit = ground.config.systemd.watchdog
    if limit is None:
        return
    watchdog = Watchdog(
        notifier,
        turning=services.turning,
        ask_store=partial(ask, database),
        clock=ground.clock,
        limit=limit,
    )
    ground.supervisor.contained("watchdog", watchdog.run())
