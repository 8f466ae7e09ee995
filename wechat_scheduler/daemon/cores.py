"""Wires the cores side by side on one ground, and connects them where one calls another."""

import socket
from functools import wraps
from typing import Any

from wechat_scheduler import __version__
from wechat_scheduler.access.audit import Auditor
from wechat_scheduler.access.keyring import Keyring
from wechat_scheduler.access.origins import PageOrigins
from wechat_scheduler.access.sessions import SessionDesk
from wechat_scheduler.config.settings import Config
from wechat_scheduler.config.state_folder import PulseMark
from wechat_scheduler.daemon.alerts import AlertParts, wire_alerts
from wechat_scheduler.daemon.audience import (
    AudienceParts,
    wire_audience,
    wire_directory,
    wire_reception,
    wire_replies,
)
from wechat_scheduler.daemon.credentials import CredentialParts, wire_credentials
from wechat_scheduler.daemon.delivery import DeliveryParts, lease_of, wire_delivery
from wechat_scheduler.daemon.gateway import GatewayParts, wire_gateway
from wechat_scheduler.daemon.ground import Ground
from wechat_scheduler.daemon.heard import HeardRereads
from wechat_scheduler.daemon.pulse import Pulse
from wechat_scheduler.daemon.pushes import PushParts, wire_pushes
from wechat_scheduler.daemon.reminders import ReminderParts, wire_reminders
from wechat_scheduler.daemon.retention import RetentionParts, wire_retention
from wechat_scheduler.daemon.statistics import StatisticsParts, wire_statistics
from wechat_scheduler.engine.clock import SharedClock
from wechat_scheduler.engine.clockwork import Clockwork
from wechat_scheduler.engine.nodes import Node
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.engine.rounds import Chore, Rounds
from wechat_scheduler.gateway.consumers import ConsumerDesk
from wechat_scheduler.storage.migrate import newest


@dataclass(frozen=True, slots=True, kw_only=True)
class Cores:
    """The parts of the daemon below HTTP."""

    keyring: Keyring
    consumers: ConsumerDesk
    origins: PageOrigins
    sessions: SessionDesk
    auditor: Auditor
    credentials: CredentialParts
    audience: AudienceParts
    delivery: DeliveryParts
    reminders: ReminderParts
    pushes: PushParts
    gateway: GatewayParts
    alerts: AlertParts
    statistics: StatisticsParts
    retention: RetentionParts
    pulse: Pulse
    rounds: Rounds
    last_round: Rounds

    async def load(self) -> None:
        """Read the apps, the keys, the sessions, the consumers with today's calls, and the origins of pages into
        memory. Raises StorageError."""
        await self.audience.directory.load()
        await self.keyring.load()
        await self.consumers.load()
        await self.origins.load()
        await self.sessions.load()
        await self.gateway.settle()

    def adjust(self, config: Config) -> None:
        """Apply the settings that `config.changes` calls live."""
        for parts in (
            self.credentials,
            self.delivery,
            self.reminders,
            self.pushes,
            self.gateway,
            self.alerts,
            self.retention,
        ):
            parts.adjust(config)


def wire(ground: Ground) -> Cores:
    keyring, auditor = _access(ground)
    directory = wire_directory(ground)
    statistics = wire_statistics(ground, directory, keyring)
    observer = statistics.observer
    credentials = wire_credentials(ground, observer, statistics.egress.note)
    audience = wire_audience(ground, credentials.tokens, directory)
    delivery = wire_delivery(ground, credentials.tokens, directory, observer)
    credentials.manager.on_work(credentials.clockwork.look, delivery.clockwork.look)
    replies = wire_replies(
        credentials.tokens, delivery.gate, directory, delivery.sending, ground.clock
    )
    reminders = wire_reminders(
        ground,
        directory,
        replies,
        observer.fired,
        dispatching=delivery.clockwork,
        sending_lease=lease_of(ground.config),
    )
    reception = wire_reception(ground, audience, replies, statistics.receipts, reminders.listeners)
    pushes = wire_pushes(ground, credentials.manager, reception, replies, observer)
    consumers, origins = _consumers(ground), _origins(ground)
    sessions = _sessions(ground, keyring)
    gateway = wire_gateway(ground, credentials.manager, credentials.tokens, consumers)
    retention = wire_retention(ground.config, ground.database, ground.clock)
    pulse = _pulse(ground, credentials, delivery, reminders)
    clockworks: dict[str, Clockwork[Any, Any]] = {
        "job": credentials.clockwork,
        "reminder": reminders.clockwork,
        "delivery": delivery.clockwork,
        "event": pushes.clockwork,
    }
    alerts = wire_alerts(
        ground,
        clockworks,
        credentials,
        gateway,
        delivery,
        directory=directory,
        intake=pushes.intake,
        commit_time=lambda: pulse.commit_time,
    )
    # What only memory holds.
    counts = (
        auditor.flush,
        gateway.settle,
        statistics.meter.flush,
        statistics.egress.flush,
    )
    rounds = Rounds(
        *counts,
        keyring.load,
        consumers.load,
        origins.load,
        directory.load,
        sessions.load,
        _with_trust(pulse, keyring.lapse),
        _with_trust(pulse, retention.housekeeping.forget),
        _with_trust(pulse, alerts.watch.check),
        clock=ground.clock,
    )
    return Cores(
        keyring=keyring,
        consumers=consumers,
        origins=origins,
        sessions=sessions,
        auditor=auditor,
        credentials=credentials,
        audience=audience,
        delivery=delivery,
        reminders=reminders,
        pushes=pushes,
        gateway=gateway,
        alerts=alerts,
        statistics=statistics,
        retention=retention,
        pulse=pulse,
        rounds=rounds,
        last_round=Rounds(*counts, clock=ground.clock),
    )


def _pulse(
    ground: Ground,
    credentials: CredentialParts,
    delivery: DeliveryParts,
    reminders: ReminderParts,
) -> Pulse:
    def set_back() -> None:
        delivery.gate.forget_pauses()
        credentials.clockwork.wake()
        delivery.clockwork.wake()
        reminders.clockwork.wake()

    clock, now = ground.clock, ground.clock.now()
    return Pulse(
        ground.stores.pulse,
        node=Node(
            name=ground.worker,
            host=socket.gethostname(),
            version=__version__,
            started_at=now,
            seen_at=now,
            schema_version=newest(),
        ),
        shared=clock if isinstance(clock, SharedClock) else None,
        # Where several processes write, the last pulse may be another one's.
        mark=PulseMark(ground.config.state.dir) if ground.stores.credentials.is_alone else None,
        clock=clock,
        upstream=lambda: ground.issuing.offset,
        set_back=set_back,
    )


def _with_trust(pulse: Pulse, chore: Chore) -> Chore:
    """The chore, while the clock is trusted: what it deletes or ends does not come back."""

    @wraps(chore)
    async def trusting() -> None:
        if pulse.trusts_the_clock():
            await chore()

    return trusting


def _access(ground: Ground) -> tuple[Keyring, Auditor]:
    stores, clock = ground.stores, ground.clock
    keyring = Keyring(stores.keys, clock=clock)
    stores.keys.on_change(HeardRereads("keys", keyring.load, ground.supervisor, clock))
    return keyring, Auditor(stores.audit, clock=clock)


def _consumers(ground: Ground) -> ConsumerDesk:
    store = ground.stores.consumers
    desk = ConsumerDesk(store, clock=ground.clock)
    store.on_change(HeardRereads("consumers", desk.load, ground.supervisor, ground.clock))
    return desk


def _sessions(ground: Ground, keyring: Keyring) -> SessionDesk:
    store = ground.stores.sessions
    sessions = SessionDesk(store, keyring, ground.secret, clock=ground.clock)
    store.on_change(HeardRereads("sessions", sessions.load, ground.supervisor, ground.clock))
    return sessions


def _origins(ground: Ground) -> PageOrigins:
    store = ground.stores.origins
    origins = PageOrigins(store, clock=ground.clock)
    store.on_change(HeardRereads("origins", origins.load, ground.supervisor, ground.clock))
    return origins
