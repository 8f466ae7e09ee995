"""The ground of the daemon: what the wiring of every core needs."""

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from wechat_scheduler.access.links import Links
from wechat_scheduler.config.settings import CallbackSettings, Config, WechatSettings
from wechat_scheduler.daemon.stores import Stores, open_vault, stores_on
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.link_secrets import link_secret
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.wechat.client import WeChatClient, client_session
from wechat_scheduler.wechat.tokens import issuers
from wechat_scheduler.wechat.tokens.base import TokenIssuer


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The stores, clients and shared objects that the cores are wired with.

    `issuers` are the credential types by kind, `kinds` their names and numbers. `wechat` calls WeChat,
    `guarded` the addresses that business systems register.
    """

    config: Config
    database: Database
    stores: Stores
    issuers: Mapping[str, TokenIssuer]
    kinds: KindTable
    wechat: WeChatClient
    guarded: GuardedClient
    links: Links
    counters: Counters
    supervisor: Supervisor
    clock: Clock
    rng: random.Random


@asynccontextmanager
async def open_ground(
    config: Config, database: Database, supervisor: Supervisor, *, clock: Clock, rng: random.Random
) -> AsyncIterator[Ground]:
    """The ground; its connections close at the end of the block. Raises StartError."""
    vault = await open_vault(config, database)
    async with (
        client_session(connections=config.wechat.connections) as session,
        _guarded(config.callbacks) as guarded,
    ):
        wechat = WeChatClient(
            session=session,
            base=config.wechat.api,
            timeout=config.wechat.timeout,
            clock=clock,
            rng=rng,
        )
        issuers = _issuers(config.wechat, wechat)
        yield Ground(
            config=config,
            database=database,
            stores=stores_on(database, vault, issuers),
            issuers=issuers,
            kinds=KindTable(issuers.values()),
            wechat=wechat,
            guarded=guarded,
            links=Links(await link_secret(database, vault), config.server.public_url),
            counters=Counters(),
            supervisor=supervisor,
            clock=clock,
            rng=rng,
        )


def _issuers(settings: WechatSettings, client: WeChatClient) -> Mapping[str, TokenIssuer]:
    endpoint = settings.access_token_endpoint
    return {issuer.kind: issuer for issuer in issuers(client, default_endpoint=endpoint)}


def _guarded(settings: CallbackSettings) -> GuardedClient:
    return GuardedClient(
        allow=settings.allow,
        deny=settings.deny,
        resolver=None,
        connections=settings.connections,
        timeout=settings.timeout,
        answer_limit=settings.answer_limit,
    )
