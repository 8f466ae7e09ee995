"""Wires the reminders: the desk, the loop over due ones, and the listeners to what people write."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from wechat_scheduler.audience.app_events import BotDeed
from wechat_scheduler.audience.directory import Directory
from wechat_scheduler.audience.model import Subscriber
from wechat_scheduler.audience.passive_replies import PassiveReplies
from wechat_scheduler.audience.user_acts import Listener, UserAct
from wechat_scheduler.config.settings import Config
from wechat_scheduler.daemon.ground import Ground
from wechat_scheduler.engine.clockwork import Clockwork
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.reminders.agenda import AgendaDesk
from wechat_scheduler.reminders.bot.acts import BotActs
from wechat_scheduler.reminders.desk import ReminderDesk
from wechat_scheduler.reminders.model import Claimed, Fired, Reminder
from wechat_scheduler.reminders.owner_desk import OwnerDesk
from wechat_scheduler.reminders.participants import Participants
from wechat_scheduler.reminders.ports import DispatcherLoop
from wechat_scheduler.reminders.replies import Replies
from wechat_scheduler.reminders.texts import Pages
from wechat_scheduler.reminders.work import ReminderWork
from wechat_scheduler.web.pages.paths import owner_path, page_path

if TYPE_CHECKING:
    from wechat_scheduler.reminders.bot.bot import Bot, BotMode

# Firing takes one transaction. After this time another process takes over the claims of a dead one.
LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderParts:
    """`listeners` get what people write and scan."""

    desk: ReminderDesk
    owners: OwnerDesk
    agenda: AgendaDesk
    clockwork: Clockwork[Claimed, Fired]
    listeners: tuple[Listener, ...]

    def adjust(self, config: Config) -> None:
        self.desk.shortest = config.reminders.shortest
        self.clockwork.slots = config.reminders.slots


def wire_reminders(
    ground: Ground,
    directory: Directory,
    replies: PassiveReplies,
    observe: Callable[[Fired], None],
    *,
    dispatching: DispatcherLoop,
    sending_lease: timedelta,
) -> ReminderParts:
    stores, clock, settings = ground.stores, ground.clock, ground.config.reminders
    pages = _pages(ground, directory)
    work = ReminderWork(
        stores.due,
        clock=clock,
        lease=LEASE,
        dispatching=dispatching,
        sending_lease=sending_lease,
        observe=observe,
    )
    clockwork = Clockwork(work, clock=clock, slots=settings.slots, looks=ground.looks)
    desk = ReminderDesk(
        stores.reminders, clock=clock, wake=clockwork.wake, shortest=settings.shortest
    )
    return ReminderParts(
        desk=desk,
        owners=OwnerDesk(
            desk, stores.reminders, vault=stores.vault, clock=clock, wake=clockwork.wake
        ),
        agenda=AgendaDesk(stores.reminder_lists, clock=clock),
        clockwork=clockwork,
        listeners=tuple(_listeners(ground, directory, replies, desk, pages)),
    )


def _pages(ground: Ground, directory: Directory) -> Pages:
    """The addresses of a reminder's page; empty where users cannot reach the daemon."""
    links, generation = ground.links, directory.link_generation

    def public(reminder: Reminder) -> str:
        return links.url_if_public(page_path(links, reminder.id, generation(reminder.app_id)))

    def owner(reminder: Reminder) -> str:
        return links.url_if_public(owner_path(links, reminder.id, generation(reminder.app_id)))

    return Pages(public=public, owner=owner)


def _listeners(
    ground: Ground, directory: Directory, post: PassiveReplies, desk: ReminderDesk, pages: Pages
) -> Iterator[Listener]:
    """The bot comes last: it takes every sentence that has a time in it."""
    stores = ground.stores
    replies = Replies(
        stores.subscriptions,
        directory,
        post=post,
        sends=post.sends,
        pages=pages,
        clock=ground.clock,
    )
    yield Participants(desk, stores.subscribers, stores.conversations, replies)
    if (mode := ground.config.reminders.bot) != "off":
        acts = BotActs(desk=desk, conversations=stores.conversations)
        yield _BotListener(acts, replies, mode=mode)


class _BotListener:
    """The bot, which is imported with the first act of a user: callers wait for a daemon that starts."""

    def __init__(self, acts: BotActs, replies: Replies, *, mode: "BotMode") -> None:
        self._acts = acts
        self._replies = replies
        self._mode = mode
        self._bot: Bot | None = None

    async def take(self, act: UserAct, subscriber: Subscriber) -> BotDeed | None:
        if self._bot is None:
            from wechat_scheduler.reminders.bot.bot import Bot

            self._bot = Bot(self._acts, self._replies, mode=self._mode)
        return await self._bot.take(act, subscriber)
