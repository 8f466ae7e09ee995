"""The ground of the daemon: what the wiring of every core needs."""

import random
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Final, NamedTuple

import aiohttp

from wechat_scheduler.access.links import Links
from wechat_scheduler.config.settings import Config, WechatSettings
from wechat_scheduler.daemon.stores import Stores, open_vault, stores_on
from wechat_scheduler.engine.bulkhead import Bulkhead
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.clockwork import LONGEST_SLEEP
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.storage.access.link_secrets import link_secret
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.nodes import new_name
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.hosts import WeChatHosts, hosts_of
from wechat_scheduler.wechat.last_used_first import connector
from wechat_scheduler.wechat.qrcodes import page_base
from wechat_scheduler.wechat.relay import WeChatRelay
from wechat_scheduler.wechat.session import client_session
from wechat_scheduler.wechat.tokens import issuers
from wechat_scheduler.wechat.tokens.base import TokenIssuer

# On a database of several daemons a loop asks this often what is due. A daemon that dies right after a commit, or loses
# the connection over which the commit is answered, wakes no loop for the new row.
SHARED_LOOKS: Final = timedelta(seconds=1)


class Guarded(NamedTuple):
    """A client for each purpose of a call to a business system: the calls for one use no slots of the
    others."""

    params: GuardedClient
    notify: GuardedClient
    callback: GuardedClient

    def refuse_ports(self, ports: Iterable[int]) -> None:
        """Like `GuardedClient.refuse_ports`."""
        for client in self:
            client.refuse_ports(ports)

    def adjust(self, config: Config) -> None:
        """Apply the settings that are live."""
        for client, places in zip(self, _places(config), strict=True):
            client.answer_limit = config.callbacks.answer_limit
            client.bulkhead.places = places


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The stores, clients and shared objects that the cores are wired with.

    `worker` names this process among those on one database. `issuers` are the credential types by kind,
    `kinds` their names and numbers. `issuing` calls WeChat for credentials, `wechat` for all else, so that
    messages take no connection from credentials. `relay` passes the calls of others on. `guarded` call the
    addresses that business systems register. `secret` proves links and stand-in tokens.
    """

    config: Config
    database: Database
    worker: str
    stores: Stores
    issuers: Mapping[str, TokenIssuer]
    kinds: KindTable
    issuing: WeChatClient
    wechat: WeChatClient
    relay: WeChatRelay
    guarded: Guarded
    secret: bytes = field(repr=False)
    links: Links
    counters: Counters
    supervisor: Supervisor
    clock: Clock
    rng: random.Random

    @property
    def looks(self) -> timedelta:
        """How often a loop over due rows asks what is due."""
        return SHARED_LOOKS if self.database.dialect.others else LONGEST_SLEEP


@asynccontextmanager
async def open_ground(
    config: Config, database: Database, supervisor: Supervisor, *, clock: Clock, rng: random.Random
) -> AsyncIterator[Ground]:
    """The ground; its connections close at the end of the block. Raises StartError."""
    vault, worker = await open_vault(config, database), new_name()
    secret = await link_secret(database, vault)
    async with (
        client_session() as issuing_session,
        client_session() as session,
        client_session(inflates=False) as relay_session,
        _guarded(config, clock) as guarded,
    ):
        client = partial(
            WeChatClient,
            base=config.wechat.api,
            timeout=config.wechat.timeout,
            clock=clock,
            rng=rng,
        )
        # The slots of its loops limit the calls for credentials.
        issuing = client(session=issuing_session)
        issuers = _issuers(config.wechat, issuing)
        places = Bulkhead(places=config.wechat.connections, clock=clock)
        yield Ground(
            config=config,
            database=database,
            worker=worker,
            stores=stores_on(database, vault, issuers, worker=worker),
            issuers=issuers,
            kinds=KindTable(issuers.values()),
            issuing=issuing,
            wechat=client(session=session, bulkhead=places),
            relay=_relay(config, relay_session, clock),
            guarded=guarded,
            secret=secret,
            links=Links(secret, config.server.public_url),
            counters=Counters(),
            supervisor=supervisor,
            clock=clock,
            rng=rng,
        )


def _relay(config: Config, session: aiohttp.ClientSession, clock: Clock) -> WeChatRelay:
    settings, api = config.gateway, config.wechat.api
    return WeChatRelay(
        session=session,
        hosts=WeChatHosts(settings.hosts or hosts_of(api), clock=clock),
        pages=page_base(api),
        bulkhead=Bulkhead(places=settings.connections, clock=clock),
        seconds=config.wechat.timeout.total_seconds(),
    )


def _issuers(settings: WechatSettings, client: WeChatClient) -> Mapping[str, TokenIssuer]:
    endpoint = settings.access_token_endpoint
    return {issuer.kind: issuer for issuer in issuers(client, default_endpoint=endpoint)}


@asynccontextmanager
async def _guarded(config: Config, clock: Clock) -> AsyncIterator[Guarded]:
    settings = config.callbacks
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(
                GuardedClient(
                    allow=settings.allow,
                    deny=settings.deny,
                    resolver=None,
                    connector=connector,
                    bulkhead=Bulkhead(places=places, clock=clock),
                    timeout=settings.timeout,
                    answer_limit=settings.answer_limit,
                )
            )
            for places in _places(config)
        ]
        yield Guarded(*clients)


def _places(config: Config) -> tuple[int, int, int]:
    """The slots for `params`, `notify` and callbacks. Half of the refreshes may wait for `params`, so that
    the others continue while it hangs."""
    calls = min(config.callbacks.slots, config.callbacks.connections)
    return max(1, config.refresh.slots // 2), calls, calls
