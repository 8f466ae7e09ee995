"""Puts together what hears WeChat: the door for its pushes, and the loop behind it."""

import random
from dataclasses import dataclass

import structlog

from wechat_scheduler.audience.reception import Reception
from wechat_scheduler.config.settings import Refresh
from wechat_scheduler.credentials.manager import Manager
from wechat_scheduler.daemon.stores import Stores
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.clockwork import Clockwork
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.pushes.events import EventWork
from wechat_scheduler.pushes.intake import Intake
from wechat_scheduler.pushes.model import ClaimedEvent, Outcome
from wechat_scheduler.wechat.callbacks import PushDecoder
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.platform import Platform

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    intake: Intake
    work: EventWork
    events: Clockwork[ClaimedEvent, Outcome]

    def adjust(self, settings: Refresh) -> None:
        """Take over the settings that `config.changes` calls live."""
        self.work.lease = settings.lease
        self.events.slots = settings.slots


def hear(
    settings: Refresh,
    stores: Stores,
    manager: Manager,
    reception: Reception,
    client: WeChatClient,
    supervisor: Supervisor,
    *,
    clock: Clock,
    rng: random.Random,
) -> Hearing:
    """Events are acted on like jobs, and by the same limits."""
    work = EventWork(
        stores.events,
        stores.credentials,
        manager,
        Platform(client),
        changed=manager.heard,
        clock=clock,
        rng=rng,
        lease=settings.lease,
    )
    events = Clockwork(work, clock=clock, slots=settings.slots)
    intake = Intake(
        stores.pushes,
        stores.events,
        PushDecoder(),
        supervisor,
        clock=clock,
        changed=manager.heard,
        wake=events.wake,
        hear=reception.receive,
    )
    return Hearing(intake=intake, work=work, events=events)
