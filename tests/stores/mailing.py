"""An app and its people in a database, and messages that go to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from tests.audience.people import People
from tests.stores.samples import APPID, LEASE, NOW, SECOND
from tests.stores.suite import VAULT
from wechat_scheduler.audience.directory import draft_app
from wechat_scheduler.audience.model import App
from wechat_scheduler.delivery.model import (
    Attempt,
    Content,
    Deferred,
    Delivery,
    DeliveryState,
    Message,
    Settled,
    Target,
    TargetKind,
)
from wechat_scheduler.delivery.views import DeliveryFilter, DeliveryView
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.storage.audience.apps import SqlApps
from wechat_scheduler.storage.audience.subscribers import SqlSubscribers
from wechat_scheduler.storage.audience.subscriptions import SqlSubscriptions
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.delivery.deliveries import SqlDeliveries
from wechat_scheduler.storage.delivery.messages import SqlMessages
from wechat_scheduler.storage.delivery.outbox import SqlOutbox
from wechat_scheduler.storage.feed import SqlFeed


@dataclass(slots=True, kw_only=True)
class Mail:
    """Two senders on one database. `uids` are the uids of its people, by alias."""

    database: Database
    outbox: SqlOutbox
    elsewhere: SqlOutbox
    messages: SqlMessages
    deliveries: SqlDeliveries
    subscribers: SqlSubscribers
    subscriptions: SqlSubscriptions
    apps: SqlApps
    app: App
    uids: dict[str, str]
    _ids: Any = field(default_factory=lambda: count(1))

    def target(self, name: str) -> Target:
        uid = self.uids.get(name, name)
        return Target(delivery_id=next(self._ids), kind=TargetKind.PERSON, name=uid)

    async def put(
        self, *targets: Target, at: datetime = NOW, once: Any = None, **fields: Any
    ) -> Message:
        given: dict[str, Any] = {"id": next(self._ids), "content": Content(title="hi")} | fields
        message = Message(app_id=self.app.id, created_at=at, **given)
        await self.messages.put(message, targets, once=once, now=at)
        return message

    async def put_one(self, name: str = "amy", **fields: Any) -> int:
        """One message to one person; returns the id of the delivery."""
        target = self.target(name)
        await self.put(target, **fields)
        return target.delivery_id

    async def claim(self, *, at: datetime = NOW, limit: int = 10) -> Sequence[Delivery]:
        return await self.outbox.claim(now=at, limit=limit, lease=LEASE)

    async def claimed(self, *, at: datetime = NOW) -> Delivery:
        (delivery,) = await self.claim(at=at)
        return delivery

    async def shown(self, delivery_id: int) -> DeliveryView:
        view = await self.deliveries.delivery(delivery_id)
        assert view is not None
        return view

    async def states(self, **wanted: Any) -> list[DeliveryState]:
        found = await self.deliveries.deliveries(DeliveryFilter(**wanted), after=0, limit=100)
        return [view.state for view in found]


async def mailing(database: Database, clock: Clock) -> Mail:
    people = People(database)
    app = draft_app("shop", APPID, now=NOW)
    await people.apps.add_app(app, [], once=None)
    uids = await people.audience(clock).bind(app, {"amy": "o-amy", "bob": "o-bob"})
    return Mail(
        database=database,
        outbox=SqlOutbox(database, VAULT, worker="here", feed=SqlFeed(database)),
        elsewhere=SqlOutbox(database, VAULT, worker="there", feed=SqlFeed(database)),
        messages=SqlMessages(database, VAULT),
        deliveries=SqlDeliveries(database, feed=SqlFeed(database)),
        subscribers=people.subscribers,
        subscriptions=people.subscriptions,
        apps=people.apps,
        app=app,
        uids=dict(uids),
    )


def tried(errcode: int | None = None, **fields: Any) -> Attempt:
    given: dict[str, Any] = {
        "at": NOW, "duration": SECOND, "way": "template", "errcode": errcode,
        "error": "refused" if errcode else "",
    } | fields  # fmt: skip
    return Attempt(**given)


def accepted(delivery: Delivery, reference: str = "m1", **fields: Any) -> Settled:
    given: dict[str, Any] = {"state": DeliveryState.ACCEPTED, "attempt": tried()} | fields
    return Settled(delivery=delivery, reference=reference, **given)


def dead(delivery: Delivery, errcode: int = 43101, **fields: Any) -> Settled:
    given: dict[str, Any] = {"reason": "refused", "attempt": tried(errcode)} | fields
    return Settled(delivery=delivery, state=DeliveryState.DEAD, **given)


def put_off(delivery: Delivery, due_at: datetime, **fields: Any) -> Deferred:
    return Deferred(delivery=delivery, due_at=due_at, error="busy", **fields)
