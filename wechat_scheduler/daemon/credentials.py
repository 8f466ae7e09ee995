"""Puts the rooms together: which adapter answers which core's question."""

import random
from dataclasses import dataclass

from wechat_scheduler.access.auditor import Auditor
from wechat_scheduler.access.keyring import Keyring
from wechat_scheduler.access.links import Links
from wechat_scheduler.config.settings import Callbacks, Config, Refresh
from wechat_scheduler.credentials.attempt import Asker
from wechat_scheduler.credentials.manager import Manager
from wechat_scheduler.credentials.model import ClaimedJob
from wechat_scheduler.credentials.model import Outcome as JobOutcome
from wechat_scheduler.credentials.refresher import Limits, Refresher
from wechat_scheduler.credentials.requirements import Requirements
from wechat_scheduler.daemon.delivery import Outgoing, outgoing
from wechat_scheduler.daemon.stores import Kinds, Stores
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.clockwork import Clockwork
from wechat_scheduler.engine.rounds import Rounds
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.webhooks.params import ParamsClient
from wechat_scheduler.wechat.client import WeChatClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """The front desk of the credentials, who is let in to it, and the loops behind it."""

    stores: Stores
    manager: Manager
    refresher: Refresher
    guarded: GuardedClient
    keyring: Keyring
    auditor: Auditor
    refreshing: Clockwork[ClaimedJob, JobOutcome]
    outgoing: Outgoing
    rounds: Rounds

    def adjust(self, config: Config) -> None:
        """Take over the settings that `config.changes` calls live."""
        self.manager.deadline = config.server.fetch_deadline
        self.refresher.limits = _limits(config.refresh)
        self.refreshing.slots = config.refresh.slots
        self.outgoing.adjust(config)
        self.guarded.answer_limit = config.callbacks.answer_limit


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
    client: WeChatClient,
    guarded: GuardedClient,
    links: Links,
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
    params = ParamsClient(guarded, type_of=KindTable(kinds.values()).type_of)
    asker = Asker(stores.credentials, kinds, manager, params, clock=clock)
    refresher = Refresher(
        stores.credentials,
        asker,
        publish=manager.publish,
        observer=counters,
        clock=clock,
        rng=rng,
        limits=_limits(config.refresh),
    )
    people = outgoing(
        config,
        stores,
        manager,
        client,
        guarded,
        kinds,
        links,
        counters,
        clock=clock,
        rng=rng,
    )
    keyring = Keyring(stores.keys, clock=clock)
    auditor = Auditor(stores.audit, clock=clock, retention=config.state.audit_retention)
    works = Works(
        stores=stores,
        manager=manager,
        refresher=refresher,
        guarded=guarded,
        keyring=keyring,
        auditor=auditor,
        rounds=Rounds(
            auditor.flush,
            auditor.forget,
            keyring.load,
            keyring.lapse,
            people.directory.load,
            people.housekeeping.forget,
            clock=clock,
        ),
        refreshing=Clockwork(refresher, clock=clock, slots=config.refresh.slots),
        outgoing=people,
    )
    manager.on_work(works.refreshing.wake, people.dispatching.wake)
    return works


def _limits(settings: Refresh) -> Limits:
    return Limits(
        lease=settings.lease,
        daily_calls=settings.daily_calls,
        quota_share=settings.quota_share,
        retry_cap=settings.retry_cap,
    )
