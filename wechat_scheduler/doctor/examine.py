"""Examines everything that can be examined from this machine, in the order of what needs what."""

import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Sequence

from wechat_scheduler.config.settings import CallbackSettings, Config, WechatSettings
from wechat_scheduler.credentials.model import Account
from wechat_scheduler.credentials.views import JobView
from wechat_scheduler.doctor import (
    accounts,
    gateway,
    nodes,
    sending,
    state_folder,
    store,
    systems,
    upstream,
)
from wechat_scheduler.doctor.finding import Finding, fail
from wechat_scheduler.engine.bulkhead import Bulkhead
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import SchedulerError, WeChatError
from wechat_scheduler.pushes.history import PushFilter, PushKind
from wechat_scheduler.storage.access.consumers import SqlConsumers
from wechat_scheduler.storage.audience.apps import SqlApps
from wechat_scheduler.storage.credentials.census import dead_since
from wechat_scheduler.storage.credentials.job_views import read_jobs
from wechat_scheduler.storage.credentials.registrations import all_accounts
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.nodes import all_nodes, time_of
from wechat_scheduler.storage.postgres.database import PostgresDatabase
from wechat_scheduler.storage.pushes.history import SqlPushHistory
from wechat_scheduler.storage.pushes.pushes import read_push_endpoints
from wechat_scheduler.storage.rows import Vault
from wechat_scheduler.storage.upkeep.pulses import SqlPulse
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.last_used_first import connector
from wechat_scheduler.wechat.session import client_session
from wechat_scheduler.wechat.tokens.access_token import AccessToken

PAGE = 1000
BROKEN = "correct what the other checks name, and run this again; if it persists, report this line"


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
    business systems. `with_store` is false where the database's password is not known. A check that breaks
    off is a finding, and the others follow."""
    checks = [
        ("state", _each(lambda: state_folder.folder(config.state))),
        ("state", _each(lambda: state_folder.room(config.state))),
        ("daemon", state_folder.daemon(config.state)),
        ("wechat", upstream.wechat(config.wechat.api, clock=clock)),
    ]
    if with_store:
        checks.append(("store", _stored(config, probe=probe, clock=clock, rng=rng)))
    async for finding in _contained(checks):
        yield finding


async def _contained(
    checks: Iterable[tuple[str, AsyncIterator[Finding]]],
) -> AsyncIterator[Finding]:
    for check, findings in checks:
        try:
            async for finding in findings:
                yield finding
        except Exception as error:  # noqa: BLE001 - it is a finding
            why = str(error) if isinstance(error, SchedulerError) else type(error).__name__
            yield fail(check, f"this check failed: {why}", BROKEN)


async def _each(findings: Callable[[], Iterable[Finding]]) -> AsyncIterator[Finding]:
    for finding in findings():
        yield finding


async def _stored(
    config: Config, *, probe: bool, clock: Clock, rng: random.Random
) -> AsyncIterator[Finding]:
    async with store.opened(config.state, clock=clock) as opened:
        for finding in opened.findings:
            yield finding
        if opened.database is None or opened.vault is None:
            return
        checks = _StoreChecks(config, opened.database, opened.vault, clock=clock, rng=rng)
        async for finding in _contained(checks.all(probe=probe)):
            yield finding


class _StoreChecks:
    """The checks of what is stored. Those of accounts need the jobs, which the first of them reads."""

    def __init__(
        self, config: Config, database: Database, vault: Vault, *, clock: Clock, rng: random.Random
    ) -> None:
        self._config = config
        self._database = database
        self._vault = vault
        self._clock = clock
        self._rng = rng
        self._views: Sequence[JobView] | None = None
        self._refusals: list[WeChatError] = []

    def all(self, *, probe: bool) -> Iterator[tuple[str, AsyncIterator[Finding]]]:
        yield "stored instants", self._instants()
        if isinstance(self._database, PostgresDatabase):
            yield "nodes", self._nodes()
            yield "connections", nodes.connections(self._database, self._config.state)
            yield "nodes", nodes.signals(self._database)
        yield "rows", store.set_aside(self._database)
        yield "rows", store.damaged(self._database, self._vault)
        yield "accounts", self._credentials()
        if self._views is not None:
            yield from self._of_jobs(self._views, probe=probe)
        yield "callback", self._pushes()
        yield "app", self._sending()

    def _of_jobs(
        self, views: Sequence[JobView], *, probe: bool
    ) -> Iterator[tuple[str, AsyncIterator[Finding]]]:
        if probe:
            yield "accounts", self._probes(views)
        yield "egress ip", _each(lambda: [accounts.egress(views, self._refusals)])
        yield "notify", _each(lambda: systems.notifications(views))
        yield "gateway", self._gateway(views)
        if probe:
            yield "params", _reach(self._config.callbacks, views, self._clock)

    async def _instants(self) -> AsyncIterator[Finding]:
        newest = await SqlPulse(self._database).newest()
        for finding in store.newest(newest, self._clock.now()):
            yield finding

    async def _nodes(self) -> AsyncIterator[Finding]:
        now = await time_of(self._database) or self._clock.now()
        for finding in nodes.nodes(await all_nodes(self._database), now):
            yield finding

    async def _credentials(self) -> AsyncIterator[Finding]:
        self._views = await _jobs(self._database, self._vault)
        runs = state_folder.is_in_use(self._config.state)
        for finding in accounts.credentials(self._views, self._clock.now(), runs=runs):
            yield finding

    async def _probes(self, views: Sequence[JobView]) -> AsyncIterator[Finding]:
        known = await all_accounts(self._database, self._vault)
        async for finding, error in _probes(
            self._config.wechat, known, views, self._clock, self._rng
        ):
            yield finding
            self._refusals += [error] if error else []

    async def _gateway(self, views: Sequence[JobView]) -> AsyncIterator[Finding]:
        found, is_on = (
            await SqlConsumers(self._database, self._vault).all_consumers(),
            self._config.gateway.enabled,
        )
        for finding in gateway.consumers(found, views, is_on=is_on):
            yield finding

    async def _pushes(self) -> AsyncIterator[Finding]:
        views = await read_push_endpoints(self._database, self._vault)
        wanted = PushFilter(kinds=(PushKind.REFUSED,), limit=PAGE)
        refused = await SqlPushHistory(self._database).find(wanted)
        for finding in accounts.pushes(views, refused, self._clock.now()):
            yield finding

    async def _sending(self) -> AsyncIterator[Finding]:
        if self._views is None:
            return
        now = self._clock.now()
        apps = await SqlApps(self._database, self._vault).all_apps()
        dead = await dead_since(self._database, now - sending.WEEK)
        async for finding in sending.sending(apps, self._views, dead, self._config, now):
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
        connector=connector,
        bulkhead=Bulkhead(places=1, clock=clock),
        timeout=settings.timeout,
        answer_limit=settings.answer_limit,
    ) as client:
        async for finding in systems.reachable(views, client):
            yield finding
