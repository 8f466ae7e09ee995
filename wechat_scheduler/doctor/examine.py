"""Everything that can be looked at from here, in the order in which one thing needs the next."""

import random
from collections.abc import AsyncIterator

from wechat_scheduler.config.settings import CallbackSettings, Config, WechatSettings
from wechat_scheduler.credentials.views import JobView
from wechat_scheduler.doctor import accounts, place, platforms, sending, store, systems, upstream
from wechat_scheduler.doctor.finding import Finding
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.storage.apps import SqlApps
from wechat_scheduler.storage.credentials import SqlCredentials
from wechat_scheduler.storage.database import Database, each
from wechat_scheduler.storage.pushes import SqlPushes
from wechat_scheduler.storage.registrations import all_accounts
from wechat_scheduler.storage.rows import Vault
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.wechat.client import WeChatClient, client_session
from wechat_scheduler.wechat.tokens.access_token import AccessToken

PAGE = 1000


async def examine(
    config: Config, *, probe: bool, clock: Clock, rng: random.Random
) -> AsyncIterator[Finding]:
    """What is well and what is not. `probe` also calls WeChat for each account, and the addresses
    of business systems; without it nobody's quota is touched. Changes nothing."""
    for finding in place.folder(config.state):
        yield finding
    async for finding in place.daemon(config.state):
        yield finding
    async for finding in upstream.wechat(config.wechat.api, clock=clock):
        yield finding
    async with store.opened(config.state, clock=clock) as opened:
        for finding in opened.findings:
            yield finding
        if opened.database is None or opened.vault is None:
            return
        examiner = _Examiner(opened.database, opened.vault, clock=clock)
        async for finding in examiner.kept(config, probe=probe, rng=rng):
            yield finding


class _Examiner:
    """Looks at what is kept."""

    def __init__(self, database: Database, vault: Vault, *, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    async def kept(
        self, config: Config, *, probe: bool, rng: random.Random
    ) -> AsyncIterator[Finding]:
        views = await self._views()
        for finding in accounts.credentials(views, self._clock.now()):
            yield finding
        refusals: list[WeChatError] = []
        if probe:
            async for finding, error in self._probes(config.wechat, views, rng):
                yield finding
                refusals += [error] if error else []
        yield accounts.egress(views, refusals)
        for finding in systems.notifications(views):
            yield finding
        if probe:
            async for finding in _reach(config.callbacks, views):
                yield finding
        for finding in platforms.pushes(await self._pushes().view(), self._clock.now()):
            yield finding
        apps = await SqlApps(self._database, self._vault).all_apps()
        async for finding in sending.sending(apps, views, config, self._clock.now()):
            yield finding

    async def _views(self) -> list[JobView]:
        kinds: frozenset[str] = frozenset()
        jobs = SqlCredentials(self._database, self._vault, worker="doctor", secret_kinds=kinds)
        views: list[JobView] = []
        while page := await jobs.view(after=views[-1].key if views else None, limit=PAGE):
            views += page
        return views

    def _pushes(self) -> SqlPushes:
        return SqlPushes(self._database, self._vault, tell=lambda _: each(()))

    async def _probes(
        self, settings: WechatSettings, views: list[JobView], rng: random.Random
    ) -> AsyncIterator[tuple[Finding, WeChatError | None]]:
        async with client_session(connections=1) as session:
            client = WeChatClient(
                session=session,
                base=settings.api,
                timeout=settings.timeout,
                clock=self._clock,
                rng=rng,
            )
            issuer = AccessToken(client, default_endpoint="stable_token")
            known = await all_accounts(self._database, self._vault)
            async for found in accounts.probes(known, issuer, views):
                yield found


async def _reach(settings: CallbackSettings, views: list[JobView]) -> AsyncIterator[Finding]:
    async with GuardedClient(
        allow=settings.allow,
        deny=settings.deny,
        resolver=None,
        connections=1,
        timeout=settings.timeout,
        answer_limit=settings.answer_limit,
    ) as client:
        async for finding in systems.reachable(views, client):
            yield finding
