"""What one transaction and one turn of the loop have to do does not grow with the largest inputs.

It is counted and not timed: a transaction in steps of SQLite, a turn in the rows that it is given.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.audience.people import an_app
from tests.clock import FakeClock
from tests.reminders.remembering import Memory
from tests.stores.samples import (
    HOUR,
    LEASE,
    NOW,
    SECOND,
    SECRET_KINDS,
    TICKET,
    TOKEN,
    claim,
    registration,
    rotated,
)
from tests.stores.suite import VAULT
from tests.stores.watched import WatchedDatabase
from wechat_scheduler.delivery.channels import CrowdChannel
from wechat_scheduler.delivery.model import Content, Message, Target, TargetKind
from wechat_scheduler.delivery.views import DeliveryFilter
from wechat_scheduler.reminders.firing import fire
from wechat_scheduler.reminders.model import PeopleChange, Reminder
from wechat_scheduler.storage.audience.apps import SqlApps
from wechat_scheduler.storage.audience.joined import of_removed
from wechat_scheduler.storage.audience.removals import next_part
from wechat_scheduler.storage.audience.subscribers import SqlSubscribers
from wechat_scheduler.storage.audience.subscriptions import SqlSubscriptions
from wechat_scheduler.storage.audience.topics import SqlTopics
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.database import Statement, rows_of
from wechat_scheduler.storage.delivery.deliveries import SqlDeliveries
from wechat_scheduler.storage.delivery.messages import SqlMessages
from wechat_scheduler.storage.delivery.outbox import SqlOutbox
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.reminders.reminders import SqlReminders
from wechat_scheduler.storage.rows import micros
from wechat_scheduler.storage.upkeep.retention import OldMessages, forgetting

FEW, MANY = 600, 3_000
MINUTE = timedelta(minutes=1)
TOPIC = 3
NUMBERS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)"
JOIN = f"INSERT INTO joined {NUMBERS} SELECT $2, printf('UID_%07d', i), $3 FROM n"
SUBSCRIBE = f"""
    INSERT INTO subscriptions (id, app_id, topic_id, uid, created_at)
    {NUMBERS} SELECT $2 * 1000000 + i, 7, $2, printf('UID_%07d', i), 0 FROM n
"""
FOLLOW = f"""
    INSERT INTO subscribers (uid, appid, openid, follows, created_at)
    {NUMBERS} SELECT printf('UID_%07d', i), 'wx1', 'o' || i, 1, 0 FROM n
"""
PEOPLE = "SELECT count(*) AS number FROM deliveries WHERE channel = 'person'"
# Deliveries of the message 5, of the app $2, due at $3.
DELIVER = f"""
    INSERT INTO deliveries (id, channel, target, state, due_at, created_at, message_id, app_id,
        priority)
    {NUMBERS} SELECT $2 * 1000000 + i, 'person', printf('UID_%07d', i), $4, $3, $3, 5, $2, 1 FROM n
"""
JOBS = f"""
    INSERT INTO jobs (appid, kind, subject, params, version, due_at, waits_on)
    {NUMBERS} SELECT appid, kind, 's' || i, '', 0, $2, $3 FROM n, jobs
"""
ASLEEP = "SELECT count(*) AS number FROM jobs WHERE waits_on <> ''"
"""The rows that are there before the work is counted."""


class Bench:
    """The stores on a database that counts, or on another one that can be watched."""

    def __init__(self, database: Any = None) -> None:
        self.database = WatchedDatabase() if database is None else database
        self.memory = Memory(self.database, FakeClock())
        self.reminders = SqlReminders(self.database, VAULT)
        self.apps = SqlApps(self.database, VAULT)
        self.topics = SqlTopics(self.database, VAULT)
        self.subscriptions = SqlSubscriptions(self.database)
        self.messages = SqlMessages(self.database, VAULT)
        self.outbox = SqlOutbox(self.database, VAULT, worker="here", feed=SqlFeed(self.database))

    async def fill(self, sql: str, *params: object) -> None:
        await self.database.write(lambda: rows_of(Statement(sql, params)))

    async def reminder(self, joined: int) -> Reminder:
        """A due reminder that so many joined."""
        reminder = await self.memory.create(NOW + SECOND, owner="UID_o", people=())
        await self.fill(JOIN, joined, reminder.id, micros(NOW))
        self.database.watch()
        return reminder

    async def subscribed(self, number: int) -> None:
        await self.apps.add_app(replace(an_app("shop"), id=7), [], once=None)
        await self.fill(FOLLOW, number)
        await self.fill(SUBSCRIBE, number, 0)
        await self.fill(SUBSCRIBE, number, TOPIC)
        self.database.watch()

    async def message(self, state: str, number: int) -> None:
        message = Message(id=5, app_id=7, content=Content(title="hi"), created_at=NOW)
        await self.messages.put(message, [], once=None, now=NOW)
        await self.fill(DELIVER, number, 7, micros(NOW), state)
        self.database.watch()

    async def spread(
        self, kind: TargetKind, name: str, page: Callable[[str, int], Awaitable[Sequence[str]]]
    ) -> None:
        """Spread the only due delivery of that kind."""
        claimed = await self.outbox.claim(now=NOW + MINUTE, limit=16, lease=LEASE)
        (delivery,) = [each for each in claimed if each.channel == kind.value]
        assert delivery.target == name
        channel = CrowdChannel(
            kind,
            lambda _, __, after, limit: page(after, limit),
            self.messages,
            clock=FakeClock(),
            lease=LEASE,
        )
        await channel.send(delivery)


async def a_reminder_is_sent(bench: Bench, size: int) -> None:
    reminder = await bench.reminder(size)
    (claimed,) = await bench.memory.due.claim(now=NOW + SECOND, limit=9, lease=LEASE)
    await bench.memory.due.finish(fire(claimed, NOW + SECOND), now=NOW + SECOND)

    async def page(after: str, limit: int) -> Sequence[str]:
        return await bench.reminders.page(reminder.id, after=after, limit=limit)

    await bench.spread(TargetKind.PARTICIPANTS, reminder.id, page)
    assert (await bench.database.read(PEOPLE))[0]["number"] == size + 1


async def a_reminder_is_shown_and_edited(bench: Bench, size: int) -> None:
    reminder = await bench.reminder(size)
    await bench.reminders.people([reminder.id], most=500)
    await bench.reminders.named(reminder.id)
    change = PeopleChange(join=("UID_x",), leave=("UID_0000001",))
    await bench.memory.desk.change(reminder.id, lambda stored: stored, change)


async def a_reminder_is_deleted(bench: Bench, size: int) -> None:
    reminder = await bench.reminder(size)
    await bench.reminders.remove(reminder.id, now=NOW)
    forget = forgetting(bench.database, of_removed)
    while await forget(NOW + SECOND, 100):
        pass


async def a_topic_is_told(bench: Bench, size: int) -> None:
    await bench.subscribed(size)
    target = Target(delivery_id=1, kind=TargetKind.TOPIC, name=str(TOPIC))
    message = Message(id=9, app_id=7, content=Content(title="hi"), created_at=NOW)
    await bench.messages.put(message, [target], once=None, now=NOW)

    async def page(after: str, limit: int) -> Sequence[str]:
        return await bench.subscriptions.receivers(7, TOPIC, after=after, limit=limit)

    await bench.spread(TargetKind.TOPIC, str(TOPIC), page)
    assert (await bench.database.read(PEOPLE))[0]["number"] == size


async def an_app_is_removed(bench: Bench, size: int) -> None:
    await bench.subscribed(size)
    await bench.message("pending", size)
    await bench.apps.remove_app(7, now=NOW)
    forget = forgetting(bench.database, next_part)
    while await forget(NOW, 1):
        pass


async def a_message_is_claimed(bench: Bench, size: int) -> None:
    await bench.message("pending", size)
    await bench.outbox.claim(now=NOW, limit=64, lease=LEASE)
    await bench.outbox.next_due()


async def a_message_is_cancelled_and_replayed(bench: Bench, size: int) -> None:
    await bench.message("pending", size)
    deliveries, wanted = (
        SqlDeliveries(bench.database, feed=SqlFeed(bench.database)),
        DeliveryFilter(message_id=5),
    )
    await deliveries.deliveries(wanted, after=0, limit=100)
    await deliveries.cancel(wanted, reason="no", limit=100, now=NOW)
    await deliveries.replay(DeliveryFilter(app_id=7), limit=100, now=NOW)


async def a_message_is_forgotten(bench: Bench, size: int) -> None:
    await bench.message("delivered", size)
    old = OldMessages(bench.database)
    while await old.forget(NOW + MINUTE, 200) >= 200:
        pass


async def one_who_got_many_messages_leaves(bench: Bench, size: int) -> None:
    """What waits for them is cancelled, sent again, and cancelled by name."""
    await bench.fill(FOLLOW, 1)
    await bench.message("accepted", size)
    await bench.fill(
        "UPDATE deliveries SET target = 'UID_0000001', message_id = id, settled_at = due_at"
    )
    target = Target(delivery_id=1, kind=TargetKind.PERSON, name="UID_0000001")
    message = Message(id=9, app_id=7, content=Content(title="hi"), created_at=NOW)
    await bench.messages.put(message, [target], once=None, now=NOW)
    deliveries, theirs = (
        SqlDeliveries(bench.database, feed=SqlFeed(bench.database)),
        DeliveryFilter(uid=target.name),
    )
    bench.database.watch()
    await SqlSubscribers(bench.database).unfollow("wx1", "o1", now=NOW)
    assert await deliveries.replay(theirs, limit=100, now=NOW) == [1]
    assert await deliveries.cancel(theirs, reason="no", limit=100, now=NOW) == [1]


async def children_are_woken(bench: Bench, size: int) -> None:
    """Their parent gets its value, and claims wake the rest of them."""
    store = SqlCredentials(
        bench.database,
        VAULT,
        worker="here",
        secret_kinds=SECRET_KINDS,
        feed=SqlFeed(bench.database),
    )
    await store.register(registration(TOKEN), now=NOW)
    await bench.fill(JOBS, size, micros(NOW + MINUTE), "access_token/")
    parent = await claim(store)
    bench.database.watch()
    await store.save(rotated(parent), now=NOW)
    while (await store.next_due() or NOW) < NOW:
        await store.claim(now=NOW, limit=32, lease=LEASE)
    assert (await bench.database.read(ASLEEP))[0]["number"] == 0


async def failed_jobs_begin_anew(bench: Bench, size: int) -> None:
    """The secret of their account changes, and claims do the rest."""
    store = SqlCredentials(
        bench.database,
        VAULT,
        worker="here",
        secret_kinds=SECRET_KINDS,
        feed=SqlFeed(bench.database),
    )
    await store.register(registration(TICKET), now=NOW)
    await bench.fill(JOBS, size, micros(NOW + HOUR), "")
    await bench.fill("UPDATE jobs SET fault = 'x', due_at = $1", micros(NOW + HOUR))
    bench.database.watch()
    await store.register(registration(secret="new"), now=NOW)
    while (await store.next_due() or NOW) < NOW:
        await store.claim(now=NOW, limit=32, lease=MINUTE)
    late = "SELECT 1 FROM jobs WHERE due_at > $1 LIMIT 1"
    assert list(await bench.database.read(late, micros(NOW + MINUTE))) == []


async def jobs_are_due_at_once(bench: Bench, size: int) -> None:
    store = SqlCredentials(
        bench.database,
        VAULT,
        worker="here",
        secret_kinds=SECRET_KINDS,
        feed=SqlFeed(bench.database),
    )
    await store.register(registration(TOKEN), now=NOW)
    await bench.fill(JOBS, size, micros(NOW), "")
    bench.database.watch()
    await store.claim(now=NOW, limit=32, lease=LEASE)
    await store.next_due()


CASES = (
    a_reminder_is_sent,
    a_reminder_is_shown_and_edited,
    a_reminder_is_deleted,
    a_topic_is_told,
    an_app_is_removed,
    a_message_is_claimed,
    a_message_is_cancelled_and_replayed,
    a_message_is_forgotten,
    one_who_got_many_messages_leaves,
    children_are_woken,
    failed_jobs_begin_anew,
    jobs_are_due_at_once,
)


@pytest.mark.parametrize("case", CASES, ids=[case.__name__ for case in CASES])
async def test_the_longest_transaction_and_turn_are_the_same_for_five_times_as_many(
    case: Callable[[Bench, int], Awaitable[None]],
) -> None:
    few, many = Bench(), Bench()

    await case(few, FEW)
    await case(many, MANY)

    assert few.database.longest > 0
    assert many.database.longest < 1.5 * few.database.longest + 10
    assert many.database.largest == few.database.largest <= 500
