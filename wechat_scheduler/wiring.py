"""Puts the rooms together: which adapter answers which core's question."""

import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from wechat_scheduler.api.kinds import type_of
from wechat_scheduler.auditor import Auditor
from wechat_scheduler.clock import Clock
from wechat_scheduler.clockwork import Clockwork
from wechat_scheduler.config.settings import Callbacks, Config, Refresh
from wechat_scheduler.credentials.attempt import Asker
from wechat_scheduler.credentials.manager import Manager
from wechat_scheduler.credentials.model import ClaimedJob
from wechat_scheduler.credentials.model import Outcome as JobOutcome
from wechat_scheduler.credentials.ports import Issuer, uses_secret
from wechat_scheduler.credentials.refresher import Limits, Refresher
from wechat_scheduler.credentials.requirements import Requirements
from wechat_scheduler.delivery.dispatcher import Dispatcher
from wechat_scheduler.delivery.model import Delivery
from wechat_scheduler.delivery.model import Outcome as DeliveryOutcome
from wechat_scheduler.keyring import Keyring
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.rounds import Rounds
from wechat_scheduler.storage.audit import SqlAudit
from wechat_scheduler.storage.census import SqlCensus
from wechat_scheduler.storage.credentials import SqlCredentials
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.events import SqlEvents
from wechat_scheduler.storage.keys import SqlKeys
from wechat_scheduler.storage.outbox import SqlOutbox
from wechat_scheduler.storage.pushes import SqlPushes
from wechat_scheduler.storage.rows import Vault
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.webhooks.notices import CredentialNotices
from wechat_scheduler.webhooks.params import ParamsClient

Kinds = Mapping[str, Issuer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Everything that is kept, by the core that asks for it."""

    credentials: SqlCredentials
    outbox: SqlOutbox
    keys: SqlKeys
    audit: SqlAudit
    census: SqlCensus
    pushes: SqlPushes
    events: SqlEvents


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """The front desk of the credentials, who is let in to it, and the loops behind it."""

    manager: Manager
    refresher: Refresher
    dispatcher: Dispatcher
    guarded: GuardedClient
    keyring: Keyring
    auditor: Auditor
    refreshing: Clockwork[ClaimedJob, JobOutcome]
    dispatching: Clockwork[Delivery, DeliveryOutcome]
    rounds: Rounds

    def adjust(self, config: Config) -> None:
        """Take over the settings that `config.changes` calls live."""
        self.manager.deadline = config.server.fetch_deadline
        self.refresher.limits = _limits(config.refresh)
        self.refreshing.slots = config.refresh.slots
        self.dispatcher.retry_cap = config.callbacks.retry_cap
        self.dispatching.slots = config.callbacks.slots
        self.guarded.answer_limit = config.callbacks.answer_limit

    def stop(self) -> None:
        self.refreshing.stop()
        self.dispatching.stop()
        self.rounds.stop()


def stores_on(database: Database, vault: Vault, kinds: Kinds) -> Stores:
    worker = secrets.token_hex(4)
    with_secret = frozenset(kind for kind, issuer in kinds.items() if uses_secret(issuer))
    credentials = SqlCredentials(database, vault, worker=worker, secret_kinds=with_secret)
    return Stores(
        credentials=credentials,
        outbox=SqlOutbox(database, worker=worker),
        keys=SqlKeys(database, vault),
        audit=SqlAudit(database),
        census=SqlCensus(database),
        pushes=SqlPushes(database, vault, tell=credentials.tell),
        events=SqlEvents(database, vault, worker=worker, tell=credentials.tell),
    )


def guarded_client(settings: Callbacks) -> GuardedClient:
    return GuardedClient(
        allow=settings.allow,
        deny=settings.deny,
        resolver=None,
        connections=settings.connections,
        timeout=settings.timeout,
        answer_limit=settings.answer_limit,
    )


def wire(
    config: Config,
    stores: Stores,
    kinds: Kinds,
    guarded: GuardedClient,
    counters: Counters,
    *,
    clock: Clock,
    rng: random.Random,
) -> Works:
    manager = Manager(
        stores.credentials,
        Requirements(stores.credentials, kinds),
        clock=clock,
        deadline=config.server.fetch_deadline,
    )
    asker = Asker(
        stores.credentials, kinds, manager, ParamsClient(guarded, type_of=type_of), clock=clock
    )
    refresher = Refresher(
        stores.credentials,
        asker,
        publish=manager.publish,
        observer=counters,
        clock=clock,
        rng=rng,
        limits=_limits(config.refresh),
    )
    dispatcher = _dispatcher(config.callbacks, stores, kinds, guarded, counters, clock, rng)
    keyring = Keyring(stores.keys, clock=clock)
    auditor = Auditor(stores.audit, clock=clock, retention=config.state.audit_retention)
    works = Works(
        manager=manager,
        refresher=refresher,
        dispatcher=dispatcher,
        guarded=guarded,
        keyring=keyring,
        auditor=auditor,
        rounds=Rounds(auditor.flush, auditor.forget, keyring.load, keyring.lapse, clock=clock),
        refreshing=Clockwork(refresher, clock=clock, slots=config.refresh.slots),
        dispatching=Clockwork(dispatcher, clock=clock, slots=config.callbacks.slots),
    )
    manager.on_work(works.refreshing.wake, works.dispatching.wake)
    return works


def _limits(settings: Refresh) -> Limits:
    return Limits(
        lease=settings.lease,
        daily_calls=settings.daily_calls,
        quota_share=settings.quota_share,
        retry_cap=settings.retry_cap,
    )


def _dispatcher(
    settings: Callbacks,
    stores: Stores,
    kinds: Kinds,
    guarded: GuardedClient,
    counters: Counters,
    clock: Clock,
    rng: random.Random,
) -> Dispatcher:
    notices = CredentialNotices(
        guarded,
        stores.credentials,
        clock=clock,
        type_of=type_of,
        subject_fields={kind: issuer.subject_field for kind, issuer in kinds.items()},
    )
    return Dispatcher(
        stores.outbox,
        {notices.name: notices},
        observer=counters,
        clock=clock,
        rng=rng,
        lease=settings.timeout * 3,
        retry_cap=settings.retry_cap,
    )
