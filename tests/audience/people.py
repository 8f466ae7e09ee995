"""An app and its users, and lists of what they are sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from tests.audience.named_by_openid import by_openid
from tests.clock import START, FakeClock
from tests.stores.memory import memory_database
from tests.stores.suite import VAULT
from wechat_scheduler.audience.app_events import AppEvent, BotDeed, BotDeedKind
from wechat_scheduler.audience.desk import AudienceDesk
from wechat_scheduler.audience.directory import Directory, draft_app
from wechat_scheduler.audience.ids import new_subscription
from wechat_scheduler.audience.model import App, Purpose, Scene, Subscriber
from wechat_scheduler.audience.ports import Subscriptions
from wechat_scheduler.audience.reception import Reception
from wechat_scheduler.audience.user_acts import Listener, UserAct, UserActKind
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.audience.aliases import SqlAliases
from wechat_scheduler.storage.audience.apps import SqlApps
from wechat_scheduler.storage.audience.handled_events import SqlHandledEvents
from wechat_scheduler.storage.audience.names import SqlNames
from wechat_scheduler.storage.audience.scenes import SqlScenes
from wechat_scheduler.storage.audience.subscribers import SqlSubscribers
from wechat_scheduler.storage.audience.subscriptions import SqlSubscriptions
from wechat_scheduler.storage.audience.topics import SqlTopics
from wechat_scheduler.storage.audience.use_counts import SqlUseCounts
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.webhooks.app_callbacks import callback_body

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
UID = "UID_" + "a" * 28
CALLBACK = "http://127.0.0.1/callback"


def an_app(name: str = "shop", **fields: Any) -> App:
    return replace(draft_app(name, "wx1", now=START), **fields)


def a_scene(app: App, **fields: Any) -> Scene:
    given: dict[str, Any] = {
        "id": "scene1",
        "purpose": Purpose.APP,
        "created_at": START,
        "expires_at": None,
    } | fields
    return Scene(app_id=app.id, **given)


def heard(kind: UserActKind, event_id: str = "1", **fields: Any) -> UserAct:
    given: dict[str, Any] = {"appid": "wx1", "openid": "o1", "at": START} | fields
    return UserAct(event_id=event_id, kind=kind, **given)


@dataclass
class Lists:
    """Listener, post and receipts. `events` are the event ids, each handled once."""

    takes: bool = False
    cut_short: bool = False
    events: set[str] = field(default_factory=set)
    callbacks: list[Any] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    offered: list[UserAct] = field(default_factory=list)
    receipts: list[tuple[str, str, str, str]] = field(default_factory=list)

    async def take(self, heard: UserAct, subscriber: Subscriber) -> BotDeed | None:
        self.offered.append(heard)
        return BotDeed(did=BotDeedKind.CREATED, reminders=("ab",)) if self.takes else None

    async def tell(self, app: App, event: AppEvent, *, event_id: str) -> None:
        self._keep(self.callbacks, msgspec.json.decode(callback_body(app, event)), event_id)

    async def say(
        self,
        subscriber: Subscriber,
        text: str,
        *,
        event_id: str,
        app: App | None,
        secret: str = "",
    ) -> None:
        self._keep(self.said, text + secret, event_id)

    async def receipt(
        self, appid: str, openid: str, msgid: str, failure: str, *, now: datetime
    ) -> int | None:
        self.receipts.append((appid, openid, msgid, failure))
        return len(self.receipts)

    def _keep(self, kept: list[Any], thing: object, event_id: str) -> None:
        """An interrupted caller does not learn that the item was kept."""
        if event_id not in self.events:
            self.events.add(event_id)
            kept.append(thing)
        if self.cut_short:
            self.cut_short = False
            raise StorageError("the store did not answer")


async def subscribe(subscriptions: Subscriptions, app: App, uid: str, *, topic_id: int = 0) -> bool:
    """As a scan of the code of the app, or of its topic, does. Returns whether it is new."""
    wanted = new_subscription(app.id, uid, topic_id=topic_id, at=START)
    return (await subscriptions.subscribe(wanted))[1]


class People:
    """The audience's stores on one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.apps = SqlApps(database, VAULT)
        self.topics = SqlTopics(database, VAULT)
        self.subscribers = SqlSubscribers(database)
        self.subscriptions = SqlSubscriptions(database)
        self.aliases = SqlAliases(database)
        self.scenes = SqlScenes(database, VAULT)
        self.handled = SqlHandledEvents(database, feed=SqlFeed(database))
        self.uses = SqlUseCounts(database)

    def audience(self, clock: Clock) -> AudienceDesk:
        return AudienceDesk(
            self.topics,
            self.subscribers,
            self.subscriptions,
            self.aliases,
            self.uses,
            SqlNames(self.database),
            clock=clock,
        )


class Office(People):
    """The stores with reception and directory, on a database in memory."""

    def __init__(self) -> None:
        super().__init__(memory_database())
        self.clock = FakeClock()
        self.directory = Directory(self.apps, clock=self.clock)
        self.lists = Lists()
        self.reception = self.reception_with(self.lists)

    def reception_with(self, listener: Listener) -> Reception:
        return Reception(
            self.directory,
            subscribers=self.subscribers,
            subscriptions=self.subscriptions,
            topics=self.topics,
            scenes=self.scenes,
            handled=self.handled,
            uses=self.uses,
            listeners=[listener],
            post=self.lists,
            receipts=self.lists,
            clock=self.clock,
        )

    async def open(self, *apps: App) -> "Office":
        for app in apps:
            await self.directory.make_app(app)
        return self

    async def receive(self, kind: UserActKind, event_id: str = "1", **fields: Any) -> None:
        await self.reception.receive(heard(kind, event_id, **fields))

    async def uid(self, openid: str = "o1") -> str:
        subscriber = await by_openid(self.subscribers, "wx1", openid)
        assert subscriber is not None
        return subscriber.uid

    async def takers(self, app: App, topic_id: int = 0) -> Sequence[str]:
        return await self.subscriptions.receivers(app.id, topic_id, after="", limit=10)
