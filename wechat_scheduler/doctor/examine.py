"""Examines everything that can be examined from this machine, in the order of what needs what."""

import random
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

from wechat_scheduler.config.settings import CallbackSettings, Config, WechatSettings
from wechat_scheduler.credentials.model import Account
from wechat_scheduler.credentials.views import JobView
from wechat_scheduler.doctor import accounts, nodes, sending, state_folder, store, systems, upstream
from wechat_scheduler.doctor.finding import Finding
from wechat_scheduler.engine.bulkhead import Bulkhead
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.storage.apps import SqlApps
from wechat_scheduler.storage.census import dead_since
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.job_views import read_jobs
from wechat_scheduler.storage.nodes import all_nodes, time_of
from wechat_scheduler.storage.pulses import SqlPulse
from wechat_scheduler.storage.pushes import read_push_endpoints
from wechat_scheduler.storage.registrations import all_accounts
from wechat_scheduler.storage.rows import Vault
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.session import client_session
from wechat_scheduler.wechat.tokens.access_token import AccessToken

PAGE = 1000


async def examine(
    config: Config,
    *,
    probe: bool,
    clock: Clock,
    rng: random.Random,
    with_store: bool = True,
) -> AsyncGenerator[Finding, None]:
    """Every finding, as soon as there is one; changes nothing. Close it if you leave it early. With
    `probe` it also calls WeChat for each account, which counts for the quota, and the addresses of
    business systems. `with_store` is false where the database's password is not known."""
    for finding in state_folder.folder(config.state):
        yield finding
    for finding in state_folder.room(config.state):
        yield finding
    async for finding in state_folder.daemon(config.state):
        yield finding
    async for finding in upstream.wechat(config.wechat.api, clock=clock):
        yield finding
    if not with_store:
        return
    async with store.opened(config.state, clock=clock) as opened:
        for finding in opened.findings:
            yield finding
        if opened.database is None or opened.vault is None:
            return
        database, vault = opened.database, opened.vault
        for finding in store.newest(await SqlPulse(database).newest(), clock.now()):
            yield finding
        async for finding in _stored(config, database, vault, probe=probe, clock=clock, rng=rng):
            yield finding


async def _stored(
    config: Config,
    database: Database,
    vault: Vault,
    *,
    probe: bool,
    clock: Clock,
    rng: random.Random,
) -> AsyncIterator[Finding]:
    if database.dialect.others:
        now = await time_of(database) or clock.now()
        for finding in nodes.nodes(await all_nodes(database), now):
            yield finding
        async for finding in nodes.signals(database, clock):
            yield finding
    async for finding in store.set_aside(database):
        yield finding
    async for finding in store.damaged(database, vault):
        yield finding
    views = await _jobs(database, vault)
    runs = state_folder.is_in_use(config.state)
    for finding in accounts.credentials(views, clock.now(), runs=runs):
        yield finding
    refusals: list[WeChatError] = []
    if probe:
        known = await all_accounts(database, vault)
        async for finding, error in _probes(config.wechat, known, views, clock, rng):
            yield finding
            refusals += [error] if error else []
    yield accounts.egress(views, refusals)
    for finding in systems.notifications(views):
        yield finding
    if probe:
        async for finding in _reach(config.callbacks, views, clock):
            yield finding
    for finding in accounts.pushes(await read_push_endpoints(database, vault), clock.now()):
        yield finding
    apps = await SqlApps(database, vault).all_apps()
    dead = await dead_since(database, clock.now() - sending.WEEK)
    async for finding in sending.sending(apps, views, dead, config, clock.now()):
        yield finding


async def _jobs(database: Database, vault: Vault) -> list[JobView]:
    views: list[JobView] = []
    while page := await read_jobs(
        database, vault, after=views[-1].key if views else None, limit=PAGE
    ):
        views += page
    return views


async def _probes(
    settings: WechatSettings,
    known: Sequence[Account],
    views: Sequence[JobView],
    clock: Clock,
    rng: random.Random,
) -> AsyncIterator[tuple[Finding, WeChatError | None]]:
    async with client_session() as session:
        client = WeChatClient(
            session=session, base=settings.api, timeout=settings.timeout, clock=clock, rng=rng
        )
        issuer = AccessToken(client, default_endpoint="stable_token")
        async for found in accounts.probes(known, issuer, views):
            yield found


async def _reach(
    settings: CallbackSettings, views: Sequence[JobView], clock: Clock
) -> AsyncIterator[Finding]:
    async with GuardedClient(
        allow=settings.allow,
        deny=settings.deny,
        resolver=None,
        bulkhead=Bulkhead(places=1, clock=clock),
        timeout=settings.timeout,
        answer_limit=settings.answer_limit,
    ) as client:
        async for finding in systems.reachable(views, client):
            yield finding
