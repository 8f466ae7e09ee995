"""Wires the delivery of messages: the desks, the channels, the dispatcher, and its loop."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from wechat_scheduler.access.links import Links
from wechat_scheduler.alerts.channel import AlertChannel
from wechat_scheduler.audience.directory import Directory
from wechat_scheduler.audience.model import Subscriber
from wechat_scheduler.config.alert_targets import AlertForm
from wechat_scheduler.config.settings import Config
from wechat_scheduler.credentials.account_tokens import AccountTokens
from wechat_scheduler.daemon.ground import Ground
from wechat_scheduler.daemon.stores import Stores
from wechat_scheduler.delivery.administration import DeliveryDesk
from wechat_scheduler.delivery.channels import CrowdChannel, PeopleChannel
from wechat_scheduler.delivery.dispatcher import Dispatcher
from wechat_scheduler.delivery.failures import Failures
from wechat_scheduler.delivery.gate import Gate
from wechat_scheduler.delivery.model import Delivery, Message, Outcome, TargetKind
from wechat_scheduler.delivery.orders import Sending
from wechat_scheduler.delivery.ports import Channel, DeliveryObserver
from wechat_scheduler.delivery.preview_desk import PreviewDesk
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.clockwork import Clockwork
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.mail.carrier import MailCarrier
from wechat_scheduler.web.pages.paths import message_path, owner_path, page_path
from wechat_scheduler.webhooks.app_callbacks import AppCallbacks, callback_body
from wechat_scheduler.webhooks.notifications import CredentialNotifications
from wechat_scheduler.webhooks.robots import RobotCarrier, WebhookCarrier
from wechat_scheduler.wechat.messenger import WeChatMessenger


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryParts:
    sending: Sending
    desk: DeliveryDesk
    previews: PreviewDesk
    failures: Failures
    gate: Gate
    alerts: AlertChannel
    clockwork: Clockwork[Delivery, Outcome]

    def adjust(self, config: Config) -> None:
        self.failures.retry_cap = config.callbacks.retry_cap
        self.failures.give_up = config.delivery.give_up
        self.alerts.targets = config.alerts.targets
        self.clockwork.slots = _slots(config)


def wire_delivery(
    ground: Ground, tokens: AccountTokens, directory: Directory, observer: DeliveryObserver
) -> DeliveryParts:
    config, stores, clock = ground.config, ground.stores, ground.clock
    gate = Gate(directory.app, unreadable=directory.is_unreadable, rng=ground.rng)
    failures = Failures(
        gate,
        clock=clock,
        rng=ground.rng,
        retry_cap=config.callbacks.retry_cap,
        give_up=config.delivery.give_up,
    )
    alerts = _alerts(ground)
    dispatcher = Dispatcher(
        stores.outbox,
        {channel.name: channel for channel in (alerts, *_channels(ground, tokens, directory))},
        gate,
        failures,
        learn=directory.load,
        observer=observer,
        clock=clock,
        lease=lease_of(config),
    )
    clockwork = Clockwork(dispatcher, clock=clock, slots=_slots(config), looks=ground.looks)
    return DeliveryParts(
        sending=Sending(
            stores.messages,
            stores.aliases,
            stores.topics,
            callback_body=callback_body,
            clock=clock,
            wake=clockwork.wake,
        ),
        desk=DeliveryDesk(
            stores.messages,
            stores.deliveries,
            clock=clock,
            wake=clockwork.wake,
            give_up=lambda: failures.give_up,
        ),
        previews=PreviewDesk(
            stores.aliases,
            stores.subscriptions,
            stores.uses,
            lack=tokens.lack,
            landing=_landing(ground, directory),
            clock=clock,
        ),
        failures=failures,
        gate=gate,
        alerts=alerts,
        clockwork=clockwork,
    )


def lease_of(config: Config) -> timedelta:
    """After this time another process takes over the claims of a dead one."""
    return 3 * config.callbacks.timeout + 5 * config.wechat.timeout


def _channels(ground: Ground, tokens: AccountTokens, directory: Directory) -> Iterator[Channel]:
    stores, clock = ground.stores, ground.clock
    yield CredentialNotifications(
        ground.guarded.notify,
        stores.credentials,
        clock=clock,
        type_of=ground.kinds.type_of,
        subject_fields={kind: issuer.subject_field for kind, issuer in ground.issuers.items()},
    )
    messenger = WeChatMessenger(ground.wechat, tokens.at_hand(), clock)
    lease = lease_of(ground.config)
    yield PeopleChannel(
        messenger,
        stores.uses,
        stores.outbox,
        app=directory.app,
        landing=_landing(ground, directory),
        clock=clock,
        lease=lease,
    )
    yield from _crowds(stores, clock, lease)
    yield AppCallbacks(ground.guarded.callback, app=directory.app, clock=clock)


def _landing(ground: Ground, directory: Directory) -> Callable[[Message, Subscriber], str]:
    """The address of the page that the receiver of a message opens; empty without `server.public_url`."""

    def landing(message: Message, receiver: Subscriber) -> str:
        if not ground.links.public_url:
            return ""
        generation = directory.link_generation(message.app_id)
        return ground.links.url(_path(ground.links, message, receiver, generation))

    return landing


def _alerts(ground: Ground) -> AlertChannel:
    robots = RobotCarrier(ground.guarded.callback)
    return AlertChannel(
        {
            AlertForm.WEBHOOK: WebhookCarrier(ground.guarded.callback),
            AlertForm.WECOM: robots,
            AlertForm.DINGTALK: robots,
            AlertForm.FEISHU: robots,
            AlertForm.EMAIL: MailCarrier(timeout=ground.config.callbacks.timeout),
        },
        targets=ground.config.alerts.targets,
        clock=ground.clock,
    )


def _slots(config: Config) -> int:
    """The number of deliveries at once: enough for each purpose to use all of its slots."""
    return config.wechat.connections + 2 * config.callbacks.slots


def _crowds(stores: Stores, clock: Clock, lease: timedelta) -> Iterator[Channel]:
    async def topic(message: Message, target: str, after: str, limit: int) -> Sequence[str]:
        return await stores.subscriptions.receivers(
            message.app_id, int(target), after=after, limit=limit
        )

    async def participants(_: Message, target: str, after: str, limit: int) -> Sequence[str]:
        return await stores.reminders.page(target, after=after, limit=limit)

    for kind, page in ((TargetKind.TOPIC, topic), (TargetKind.PARTICIPANTS, participants)):
        yield CrowdChannel(kind, page, stores.messages, clock=clock, lease=lease)


def _path(links: Links, message: Message, receiver: Subscriber, generation: int) -> str:
    """The path of the page that the receiver opens."""
    content = message.content
    if not content.reminder:
        return message_path(links, message.id, generation)
    path = owner_path if content.owner == receiver.uid else page_path
    return path(links, content.reminder, generation)
