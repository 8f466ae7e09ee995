"""A store of reminders with its desk and its loop, which can be killed and started again."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.clock import START, FakeClock
from tests.stores.suite import VAULT, opened
from wechat_scheduler.delivery.model import Delivery
from wechat_scheduler.delivery.views import DeliveryFilter, DeliveryView
from wechat_scheduler.engine.clockwork import Clockwork
from wechat_scheduler.reminders.desk import ReminderDesk
from wechat_scheduler.reminders.model import Claimed, Fired, Reminder
from wechat_scheduler.reminders.ports import ReminderScope, ReminderSearch
from wechat_scheduler.reminders.work import ReminderWork
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.delivery.deliveries import SqlDeliveries
from wechat_scheduler.storage.delivery.messages import SqlMessages
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.reminders.due_reminders import SqlDueReminders
from wechat_scheduler.storage.reminders.reminder_lists import SqlReminderLists
from wechat_scheduler.storage.reminders.reminders import SqlReminders

APP = 7
SHANGHAI = ZoneInfo("Asia/Shanghai")
LEASE = timedelta(seconds=30)
SENDING_LEASE = timedelta(seconds=80)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def at(text: str, zone: str = "Asia/Shanghai") -> datetime:
    """A wall time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def draft(start: datetime, **fields: Any) -> Reminder:
    """A reminder that is not planned yet."""
    written: dict[str, Any] = {"app_id": APP, "source": "test", "title": "浇花", "start": start}
    return Reminder(**{"created_at": START} | written | fields)


class Memory:
    """One process's view of the store; also its dispatcher, with as many places as are `free`."""

    def __init__(self, database: Database, clock: FakeClock, worker: str = "here") -> None:
        self.clock = clock
        self.woken = 0
        self.free = 0
        self.promised: list[asyncio.Future[Sequence[Delivery]]] = []
        self.database = database
        self.store = SqlReminders(database, VAULT)
        self.lists = SqlReminderLists(database)
        self.due = SqlDueReminders(database, worker=worker, feed=SqlFeed(database))
        self.messages = SqlMessages(database, VAULT)
        self._deliveries = SqlDeliveries(database, feed=SqlFeed(database))
        self.desk = ReminderDesk(
            self.store, clock=clock, wake=self.wake, shortest=timedelta(seconds=60)
        )
        self.outcomes: list[Fired] = []
        self.work = ReminderWork(
            self.due,
            clock=clock,
            lease=LEASE,
            dispatching=self,
            sending_lease=SENDING_LEASE,
            observe=self.outcomes.append,
        )
        self.loop: Clockwork[Claimed, Fired] = Clockwork(self.work, clock=clock, slots=10)

    async def create(
        self, start: datetime, *, people: Sequence[str] = ("UID_a",), **fields: Any
    ) -> Reminder:
        planned = draft(start, **{"created_at": self.clock.now()} | fields)
        return await self.desk.create(planned, people)

    async def listed(self) -> Sequence[Reminder]:
        """Those of the app, by id."""
        found = await self.lists.find(ReminderSearch(limit=100, scope=ReminderScope((APP,))))
        return found.reminders

    async def run(self, until: datetime) -> None:
        """Fires what is due until then, each at its time."""
        while (due := await self.due.next_due()) is not None and due <= until:
            self.clock.advance_to(due)
            await self.loop.run_once()
        self.clock.advance_to(until)

    async def deliveries(self) -> list[DeliveryView]:
        return list(
            await self._deliveries.deliveries(DeliveryFilter(app_id=APP), after=0, limit=1000)
        )

    async def told(self) -> list[tuple[str, str, str]]:
        """Title, time and text of every message, by time."""
        contents = [
            found.message.content
            for delivery in await self.deliveries()
            if (found := await self.messages.message(delivery.message_id))
        ]
        return sorted((each.title, each.data["time"], each.text) for each in contents)

    async def states(self) -> list[str]:
        """The states of the deliveries, by the times in their messages."""
        found = [
            (view.message.content.data["time"], delivery.state.value)
            for delivery in await self.deliveries()
            if (view := await self.messages.message(delivery.message_id))
        ]
        return [state for _, state in sorted(found)]

    def wake(self, at: datetime | None = None) -> None:
        self.woken += 1

    async def room(self, patience: timedelta) -> None:
        """It is never full."""

    def places(self, number: int) -> asyncio.Future[Sequence[Delivery]] | None:
        if number > self.free:
            return None
        self.free -= number
        self.promised.append(asyncio.get_running_loop().create_future())
        return self.promised[-1]


@asynccontextmanager
async def remembering(
    folder: Path, clock: FakeClock, worker: str = "here"
) -> AsyncIterator[Memory]:
    """Opens the store in that folder, or an empty one."""
    async with opened(f"sqlite://{folder}/state.db") as database:
        yield Memory(database, clock, worker)
