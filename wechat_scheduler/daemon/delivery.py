"""Puts together what reaches people: who they are, what they are sent, and the loop behind it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from wechat_scheduler.access.links import Links
from wechat_scheduler.audience.consenting import Consenting
from wechat_scheduler.audience.directory import Directory
from wechat_scheduler.audience.heard import Listener
from wechat_scheduler.audience.openids import Openids
from wechat_scheduler.audience.qrcodes import Codes
from wechat_scheduler.audience.reception import Reception
from wechat_scheduler.audience.registry import Audience
from wechat_scheduler.audience.self_service import SelfService
from wechat_scheduler.config.settings import Config
from wechat_scheduler.credentials.account_tokens import AccountTokens
from wechat_scheduler.credentials.manager import Manager
from wechat_scheduler.daemon.reminders import Reminding, owner_page, page, remind
from wechat_scheduler.daemon.stores import Kinds, Stores
from wechat_scheduler.delivery.desk import DeliveryDesk
from wechat_scheduler.delivery.dispatcher import Dispatcher
from wechat_scheduler.delivery.gate import Gate
from wechat_scheduler.delivery.housekeeping import Housekeeping
from wechat_scheduler.delivery.model import Delivery, Message, Outcome
from wechat_scheduler.delivery.people import PeopleChannel
from wechat_scheduler.delivery.ports import Channel
from wechat_scheduler.delivery.sending import Sending
from wechat_scheduler.delivery.spreading import TopicChannel
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.clockwork import Clockwork
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.reminders.bot import Bot
from wechat_scheduler.reminders.desk import ReminderDesk
from wechat_scheduler.reminders.participants import Participants
from wechat_scheduler.reminders.sentences import Pages
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.pages.follow_visits import switches_path
from wechat_scheduler.web.pages.landing import message_path
from wechat_scheduler.webhooks.app_callbacks import AppCallbacks
from wechat_scheduler.webhooks.callback_bodies import callback_body
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.webhooks.notices import CredentialNotices
from wechat_scheduler.wechat.channels import WeChatMessenger
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.qrcodes import WeChatQrCodes, page_base


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """The front desks of sending, and the loop that sends."""

    directory: Directory
    audience: Audience
    codes: Codes
    openids: Openids
    sending: Sending
    deliveries: DeliveryDesk
    reception: Reception
    links: Links
    dispatcher: Dispatcher
    dispatching: Clockwork[Delivery, Outcome]
    housekeeping: Housekeeping
    reminding: Reminding

    def adjust(self, config: Config) -> None:
        """Take over the settings that `config.changes` calls live."""
        self.dispatcher.retry_cap = config.callbacks.retry_cap
        self.dispatcher.give_up = config.delivery.give_up
        self.dispatching.slots = config.callbacks.slots
        self.housekeeping.retention = config.delivery.retention
        self.reminding.adjust(config.reminders)


def outgoing(
    config: Config,
    stores: Stores,
    manager: Manager,
    client: WeChatClient,
    guarded: GuardedClient,
    kinds: Kinds,
    links: Links,
    counters: Counters,
    *,
    clock: Clock,
    rng: random.Random,
) -> Outgoing:
    directory = Directory(stores.apps, clock=clock)
    tokens = AccountTokens(manager)
    people = PeopleChannel(
        WeChatMessenger(client, tokens, clock),
        app=directory.app,
        landing=lambda message: landing(links, message),
        clock=clock,
    )
    notices = CredentialNotices(
        guarded,
        stores.credentials,
        clock=clock,
        type_of=KindTable(kinds.values()).type_of,
        subject_fields={kind: issuer.subject_field for kind, issuer in kinds.items()},
    )
    topics = TopicChannel(stores.subscriptions, stores.messages, clock=clock)
    callbacks = AppCallbacks(guarded, app=directory.app, clock=clock)
    channels: tuple[Channel, ...] = (notices, people, topics, callbacks)
    dispatcher = Dispatcher(
        stores.outbox,
        {channel.name: channel for channel in channels},
        Gate(directory.app, rng=rng),
        learn=directory.load,
        observer=counters,
        clock=clock,
        rng=rng,
        lease=3 * config.callbacks.timeout + 5 * config.wechat.timeout,
        retry_cap=config.callbacks.retry_cap,
        give_up=config.delivery.give_up,
    )
    dispatching = Clockwork(dispatcher, clock=clock, slots=config.callbacks.slots)
    sending = Sending(
        stores.messages,
        stores.aliases,
        stores.apps,
        callback_body=callback_body,
        clock=clock,
        wake=dispatching.wake,
    )
    reminding = remind(config.reminders, stores, links, dispatching.wake, clock)
    openids = Openids(stores.aliases, clock=clock)
    consenting = Consenting(stores.subscriptions, openids, directory=directory, post=sending)
    self_service = SelfService(
        stores.subscriptions, directory, switches=lambda uid: switches(links, uid), post=sending
    )
    drawn = WeChatQrCodes(client, tokens, page_base(config.wechat.api))
    return Outgoing(
        directory=directory,
        audience=Audience(
            stores.apps, stores.subscribers, stores.subscriptions, stores.aliases, clock=clock
        ),
        codes=Codes(stores.scenes, drawn, clock=clock),
        openids=openids,
        sending=sending,
        deliveries=DeliveryDesk(stores.messages, clock=clock, wake=dispatching.wake),
        reception=Reception(
            directory,
            subscribers=stores.subscribers,
            subscriptions=stores.subscriptions,
            scenes=stores.scenes,
            handled=stores.handled,
            listeners=(
                consenting,
                self_service,
                *_reminded(config, stores, links, directory, reminding.desk, sending, clock),
            ),
            post=sending,
            receipts=stores.messages,
            clock=clock,
        ),
        links=links,
        dispatcher=dispatcher,
        dispatching=dispatching,
        housekeeping=Housekeeping(
            stores.messages, clock=clock, retention=config.delivery.retention
        ),
        reminding=reminding,
    )


def _reminded(
    config: Config,
    stores: Stores,
    links: Links,
    directory: Directory,
    desk: ReminderDesk,
    post: Sending,
    clock: Clock,
) -> Iterator[Listener]:
    """The bot comes last of all: it takes whatever has a time in it."""
    pages = Pages(public=partial(page, links), owner=partial(owner_page, links))
    yield Participants(desk, stores.subscribers, directory, post=post, pages=pages, clock=clock)
    if config.reminders.bot:
        yield Bot(desk, stores.subscriptions, directory, post=post, pages=pages, clock=clock)


def landing(links: Links, message: Message) -> str:
    """The address of a message's page; empty where users cannot reach us."""
    return links.url_if_public(message_path(links, message.id))


def switches(links: Links, uid: str) -> str:
    """The address of a user's own page; empty where users cannot reach us."""
    return links.url_if_public(switches_path(links, uid))
