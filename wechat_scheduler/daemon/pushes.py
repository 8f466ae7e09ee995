"""Wires WeChat's pushes: the intake, and the loop over platform events."""

from functools import partial

from wechat_scheduler.audience.passive_replies import PassiveReplies
from wechat_scheduler.audience.reception import Reception
from wechat_scheduler.config.settings import Config
from wechat_scheduler.credentials.manager import Manager
from wechat_scheduler.daemon.ground import Ground
from wechat_scheduler.engine.clockwork import Clockwork
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.pushes.events import EventWork
from wechat_scheduler.pushes.intake import Intake
from wechat_scheduler.pushes.model import ClaimedEvent, Outcome
from wechat_scheduler.pushes.ports import PushObserver
from wechat_scheduler.wechat.decoding import PushDecoder
from wechat_scheduler.wechat.platform import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class PushParts:
    intake: Intake
    work: EventWork
    clockwork: Clockwork[ClaimedEvent, Outcome]

    def adjust(self, config: Config) -> None:
        self.work.lease = config.refresh.lease
        self.clockwork.slots = config.refresh.slots


def wire_pushes(
    ground: Ground,
    manager: Manager,
    reception: Reception,
    replies: PassiveReplies,
    observer: PushObserver,
) -> PushParts:
    """Platform events have the lease and the slots of refreshes."""
    stores, clock, settings = ground.stores, ground.clock, ground.config.refresh
    work = EventWork(
        stores.events,
        stores.credentials,
        manager,
        Platform(ground.issuing),
        changed=manager.changed_elsewhere,
        clock=clock,
        rng=ground.rng,
        lease=settings.lease,
    )
    clockwork = Clockwork(work, clock=clock, slots=settings.slots, looks=ground.looks)
    intake = Intake(
        stores.pushes,
        stores.events,
        manager,
        PushDecoder(),
        ground.supervisor,
        history=stores.history,
        observer=observer,
        clock=clock,
        changed=manager.changed_elsewhere,
        wake=clockwork.wake,
        hear=partial(replies.hear, reception.receive),
    )
    return PushParts(intake=intake, work=work, clockwork=clockwork)
