"""Puts together what falls due: the front desk of reminders, and the loop behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from wechat_scheduler.access.links import Links
from wechat_scheduler.config.settings import Reminders
from wechat_scheduler.daemon.stores import Stores
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.clockwork import Clockwork
from wechat_scheduler.reminders.desk import ReminderDesk
from wechat_scheduler.reminders.model import Claimed, Fired, Reminder
from wechat_scheduler.reminders.work import ReminderWork
from wechat_scheduler.web.pages.reminder_links import owner_path, page_path

# What firing takes is one transaction; a process that died is given up after this.
LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminding:
    desk: ReminderDesk
    work: ReminderWork
    reminders: Clockwork[Claimed, Fired]

    def adjust(self, settings: Reminders) -> None:
        """Take over the settings that `config.changes` calls live."""
        self.desk.shortest = settings.shortest
        self.reminders.slots = settings.slots


def remind(
    settings: Reminders, stores: Stores, links: Links, wake: Callable[[], None], clock: Clock
) -> Reminding:
    """`wake` tells the dispatcher that there is something to send."""
    work = ReminderWork(
        stores.due,
        clock=clock,
        lease=LEASE,
        page=lambda reminder: page(links, reminder),
        wake=wake,
    )
    reminders = Clockwork(work, clock=clock, slots=settings.slots)
    desk = ReminderDesk(
        stores.reminders, clock=clock, wake=reminders.wake, shortest=settings.shortest
    )
    return Reminding(desk=desk, work=work, reminders=reminders)


def owner_page(links: Links, reminder: Reminder) -> str:
    """The same page, for whoever may change the reminder."""
    return links.url_if_public(owner_path(links, reminder.id))


def page(links: Links, reminder: Reminder) -> str:
    """The address of a reminder's page; empty where users cannot reach us."""
    return links.url_if_public(page_path(links, reminder.id))
