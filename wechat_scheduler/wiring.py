"""Puts the rooms together: which adapter answers which core's question."""

import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from wechat_scheduler.api.kinds import type_of
from wechat_scheduler.clock import Clock
from wechat_scheduler.clockwork import Clockwork
from wechat_scheduler.config.settings import Callbacks, Config
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
from wechat_scheduler.storage.credentials import SqlCredentials
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.keys import SqlKeys
from wechat_scheduler.storage.outbox import SqlOutbox
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """The front desk of the credentials, and the two loops behind it."""

    manager: Manager
    refreshing: Clockwork[ClaimedJob, JobOutcome]
    dispatching: Clockwork[Delivery, DeliveryOutcome]

    def stop(self) -> None:
        self.refreshing.stop()
        self.dispatching.stop()


def stores_on(database: Database, vault: Vault, kinds: Kinds) -> Stores:
    worker = secrets.token_hex(4)
    with_secret = frozenset(kind for kind, issuer in kinds.items() if uses_secret(issuer))
    return Stores(
        credentials=SqlCredentials(database, vault, worker=worker, secret_kinds=with_secret),
        outbox=SqlOutbox(database, worker=worker),
        keys=SqlKeys(database, vault),
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
        clock=clock,
        rng=rng,
        limits=Limits(
            lease=config.refresh.lease,
            daily_calls=config.refresh.daily_calls,
            retry_cap=config.refresh.retry_cap,
        ),
    )
    works = Works(
        manager=manager,
        refreshing=Clockwork(refresher, clock=clock, slots=config.refresh.slots),
        dispatching=Clockwork(
            _dispatcher(config.callbacks, stores, kinds, guarded, clock, rng),
            clock=clock,
            slots=config.callbacks.slots,
        ),
    )
    manager.on_work(works.refreshing.wake, works.dispatching.wake)
    return works


def _dispatcher(
    settings: Callbacks,
    stores: Stores,
    kinds: Kinds,
    guarded: GuardedClient,
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
        clock=clock,
        rng=rng,
        lease=settings.timeout * 3,
        retry_cap=settings.retry_cap,
    )
