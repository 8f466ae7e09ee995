"""The bot on a store of its own, and the users who write to it."""

from datetime import timedelta
from typing import Any

from tests.audience.people import Lists, heard
from tests.clock import START, FakeClock
from tests.reminders.remembering import SHANGHAI, Memory
from tests.stores.memory import MemoryDatabase
from tests.stores.suite import VAULT
from wechat_scheduler.audience.app_events import BotDeed
from wechat_scheduler.audience.directory import Directory
from wechat_scheduler.audience.model import Subscriber
from wechat_scheduler.audience.user_acts import UserActKind
from wechat_scheduler.reminders.bot.acts import BotActs
from wechat_scheduler.reminders.bot.bot import Bot, BotMode
from wechat_scheduler.reminders.model import Reminder, ReminderState
from wechat_scheduler.reminders.overview import STANDING
from wechat_scheduler.reminders.replies import Replies
from wechat_scheduler.reminders.texts import Pages
from wechat_scheduler.storage.audience.apps import SqlApps
from wechat_scheduler.storage.audience.subscribers import SqlSubscribers
from wechat_scheduler.storage.audience.subscriptions import SqlSubscriptions
from wechat_scheduler.storage.reminders.conversations import SqlConversations


class Study:
    """`person` writes. No app listens: what the bot leaves alone comes to it a second time, unclaimed."""

    def __init__(self, database: MemoryDatabase, clock: FakeClock, person: Subscriber) -> None:
        self.database = database
        self.memory = Memory(database, clock)
        self.subscribers = SqlSubscribers(database)
        self.subscriptions = SqlSubscriptions(database)
        self.directory = Directory(SqlApps(database, VAULT), clock=clock)
        self.person = person
        self.post = Lists()
        self.sends = True
        self.acts = BotActs(desk=self.memory.desk, conversations=SqlConversations(database))
        self.bot = self.bot_with("on")
        self._events = 0

    @classmethod
    async def on(cls, database: MemoryDatabase, clock: FakeClock) -> "Study":
        person = await SqlSubscribers(database).follow("wx1", "o1", uid="UID_a", now=START)
        return cls(database, clock, person)

    def copy(self) -> "Study":
        """A user who has written the same so far, on a store and at a clock of its own."""
        clock = FakeClock(self.memory.clock.now())
        other = Study(self.database.copy(), clock, self.person)
        other._events = self._events
        return other

    def bot_with(self, mode: BotMode) -> Bot:
        pages = Pages(public=lambda each: "https://here/p", owner=lambda each: "https://here/o")
        replies = Replies(
            self.subscriptions,
            self.directory,
            post=self.post,
            sends=self._sends,
            pages=pages,
            clock=self.memory.clock,
        )
        return Bot(self.acts, replies, mode=mode)

    async def _sends(self, _: str) -> bool:
        return self.sends

    async def hear(self, text: str, event_id: str = "1", **fields: Any) -> bool:
        """Whether the bot took the message."""
        return await self.take(text, event_id, **fields) is not None

    async def take(self, text: str, event_id: str, **fields: Any) -> BotDeed | None:
        given: dict[str, Any] = {"kind": UserActKind.TEXT, "at": self.memory.clock.now()} | fields
        return await self.bot.take(heard(event_id=event_id, text=text, **given), self.person)

    async def say(self, text: str) -> str:
        """A new message; the first line that the bot answers, '' if it stays silent."""
        self._events += 1
        before = len(self.post.said)
        for unclaimed in (False, True):
            if await self.hear(text, f"say{self._events}", unclaimed=unclaimed):
                break
        self.memory.clock.advance(timedelta(seconds=1))
        return self.post.said[-1].partition("\n")[0] if len(self.post.said) > before else ""

    async def kept(self) -> list[Reminder]:
        return list(await self.memory.store.of_person(self.person.uid, limit=100))

    async def standing(self) -> list[str]:
        """What is to come, by time: `19 15:00 开会`."""
        return [
            f"{shown(each)} {each.title}" for each in await self.kept() if each.state in STANDING
        ]

    async def after(self, text: str) -> list[str]:
        """What would be to come if the user said this, too."""
        other = self.copy()
        await other.say(text)
        return await other.standing()

    async def state(self, reminder: Reminder) -> ReminderState:
        return (await self.memory.desk.reminder(reminder.id)).state

    @property
    def answer(self) -> str:
        return self.post.said[-1]


def shown(reminder: Reminder) -> str:
    return f"{reminder.start.astimezone(SHANGHAI):%d %H:%M}"
