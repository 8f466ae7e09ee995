"""What has ended is forgotten after its retention, in small transactions, and nothing else is."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from tests.clock import FakeClock
from tests.house import daemon_config
from tests.reminders.remembering import APP, Memory
from tests.stores.mailing import Mail, accepted, mailing
from tests.stores.memory import MeasuredDatabase
from tests.stores.samples import NOW, SECOND, TOKEN, issued, registration, task
from tests.stores.suite import VAULT, Stores
from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.audit import AuditEntry
from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.model import Purpose, Scene, Topic
from wechat_scheduler.config.settings import Config
from wechat_scheduler.daemon.retention import wire_retention
from wechat_scheduler.delivery.model import DeliveryState
from wechat_scheduler.delivery.views import DeliveryFilter
from wechat_scheduler.engine.housekeeping import SLICE, SLICES, Housekeeping, Retention
from wechat_scheduler.pushes.history import Fate
from wechat_scheduler.pushes.model import Event
from wechat_scheduler.storage.access.audit import put_entries
from wechat_scheduler.storage.audience.handled_events import SqlHandledEvents
from wechat_scheduler.storage.audience.scenes import SqlScenes
from wechat_scheduler.storage.audience.topics import SqlTopics
from wechat_scheduler.storage.database import CHUNK, Database, each, inserts
from wechat_scheduler.storage.delivery.messages import DELIVER
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.pushes.events import SqlEvents
from wechat_scheduler.storage.pushes.history import SqlPushHistory
from wechat_scheduler.storage.upkeep.retention import OldMessages

T = TypeVar("T")
DAY = timedelta(days=1)
YEAR = timedelta(days=365)
MANY = 3 * SLICE + 7


async def rows(database: Database, table: str) -> int:
    ((number,),) = await database.read(f"SELECT count(*) FROM {table}")
    assert isinstance(number, int)
    return number


async def a_broadcast(mail: Mail, size: int, *, state: str = "accepted") -> int:
    """A message with that many deliveries, and an attempt at each."""
    message = await mail.put()
    values = [
        (number, "person", f"u{number}", state, 0, 0, message.id, mail.app.id, 1)
        for number in range(10_000, 10_000 + size)
    ]
    await mail.database.write(lambda: each(inserts(DELIVER, values, "")))
    attempts = [(value[0], 1, 0, 0, "", "", "") for value in values]
    insert = "INSERT INTO attempts (delivery_id, number, at, duration, way, rid, error)"
    await mail.database.write(lambda: each(inserts(insert, attempts, "")))
    return message.id


async def test_a_message_to_very_many_is_forgotten_in_transactions_of_a_bounded_size() -> None:
    database = MeasuredDatabase()
    mail = await mailing(database, FakeClock())
    await a_broadcast(mail, MANY)
    database.changes.clear()
    old = OldMessages(database)

    while await old.forget(NOW + DAY, SLICE):
        pass

    assert sum(database.changes) == 2 * MANY + 1
    assert max(database.changes) <= SLICE + CHUNK
    assert [await rows(database, table) for table in ("deliveries", "attempts", "messages")] == [
        0,
        0,
        0,
    ]


async def test_a_message_is_kept_while_one_of_its_deliveries_waits_or_was_settled_lately(
    mail: Mail,
) -> None:
    done = await mail.put_one()
    await mail.outbox.settle(accepted(await mail.claimed()), now=NOW)
    late = await mail.put_one(not_before=NOW + 2 * DAY)
    await mail.outbox.settle(
        accepted(await mail.claimed(at=NOW + 2 * DAY), "m2"), now=NOW + 2 * DAY
    )
    waiting = await mail.put_one("bob", not_before=NOW + 60 * DAY)
    recent = await mail.put_one("bob", at=NOW + DAY)

    gone = [await OldMessages(mail.database).forget(NOW + DAY, 10) for _ in range(2)]

    assert gone == [3, 0]  # the delivery, its attempt, the message
    assert await mail.deliveries.delivery(done) is None
    assert {await state(mail, one) for one in (waiting, recent)} == {DeliveryState.PENDING}
    assert await state(mail, late) is DeliveryState.ACCEPTED


async def test_a_delivery_that_is_replayed_while_its_message_is_forgotten_stays(mail: Mail) -> None:
    message = await a_broadcast(mail, 2 * CHUNK, state="dead")
    old = OldMessages(mail.database)
    await old.forget(NOW + DAY, CHUNK)
    await mail.deliveries.replay(DeliveryFilter(message_id=message), limit=1, now=NOW)

    while await old.forget(NOW + DAY, CHUNK):
        pass

    assert await mail.states() == [DeliveryState.PENDING]
    assert await mail.messages.message(message) is not None


async def state(mail: Mail, delivery_id: int) -> DeliveryState:
    return (await mail.shown(delivery_id)).state


async def test_reminders_that_ended_are_forgotten_with_those_who_joined(database: Database) -> None:
    clock = FakeClock(NOW)
    memory = Memory(database, clock)
    once = await memory.create(NOW + SECOND, people=("UID_a", "UID_b"))
    cancelled = await memory.create(NOW + DAY, people=("UID_a",))
    stopped = await memory.create(NOW + DAY, owner="UID_o", people=())
    paused = await memory.create(NOW + DAY)
    daily = await memory.create(NOW + DAY, rule="FREQ=DAILY")
    code = Scene(
        id="c1", app_id=APP, purpose=Purpose.REMINDER, target=once.id, expires_at=None,
        created_at=NOW,
    )  # fmt: skip
    await SqlScenes(database, VAULT).add(code, once=None)
    await memory.desk.cancel(cancelled.id)
    await memory.desk.stop_for("UID_o")
    await memory.desk.pause(paused.id)
    await memory.run(NOW + 2 * DAY)
    retention = wire_retention(a_config(), database, clock)

    clock.advance(retention.reminders.lasts - 3 * DAY)
    await retention.housekeeping.forget()
    before = await rows(database, "reminders")
    clock.advance(4 * DAY)
    await retention.housekeeping.forget()

    left = await memory.listed()
    assert before == 5
    assert {one.id for one in left} == {paused.id, daily.id}
    assert await rows(database, "joined") == 2
    assert await rows(database, "scenes") == 0
    assert stopped.id != once.id


async def test_a_reminder_that_is_active_again_is_not_forgotten(database: Database) -> None:
    clock = FakeClock(NOW)
    memory = Memory(database, clock)
    reminder = await memory.create(NOW + SECOND)
    await memory.run(NOW + DAY)

    again = await memory.desk.change(reminder.id, lambda one: replace(one, start=NOW + 2 * YEAR))
    clock.advance(YEAR)
    await wire_retention(a_config(), database, clock).housekeeping.forget()

    assert again.ended_at is None
    assert await rows(database, "reminders") == 1


def a_config() -> Config:
    """As it is by default."""
    return daemon_config(Path("/nowhere"), "http://127.0.0.1:9")


async def test_after_a_year_only_what_lasts_is_left(stores: Stores) -> None:
    database, clock = stores.database, FakeClock(NOW)
    await everything_that_ends(stores)
    retention = wire_retention(a_config(), database, clock)
    tables = (
        "audit",
        "answers",
        "receipts",
        "heard",
        "refused_pushes",
        "scenes",
        "events",
        "deliveries",
    )
    before = [await rows(database, table) for table in tables]

    clock.advance(YEAR)
    await retention.housekeeping.forget()

    after = {table: await rows(database, table) for table in tables}
    assert all(before)
    assert after == dict.fromkeys(tables, 0) | {"scenes": 1, "events": 1, "deliveries": 1}
    assert [scene["id"] for scene in await database.read("SELECT id FROM scenes")] == ["lasting"]


async def everything_that_ends(stores: Stores) -> None:
    """A row of each kind, and of those that last one each of scenes, events and notifications."""
    database = stores.database
    mail = await mailing(database, FakeClock(NOW))
    handled = SqlHandledEvents(database, feed=SqlFeed(database))
    entry = AuditEntry(at=NOW, key="erp", action=Action.REFRESHED, object="wx1")
    await database.write(lambda: put_entries([entry]))
    once = Once(scope="topics", key="k", digest="d", response="r")
    await SqlTopics(database, VAULT).add(Topic(id=1, app_id=1, name="t", created_at=NOW), once=once)
    await mail.deliveries.receipt("wx1", "o-amy", "theirs", "", now=NOW)
    await handled.add("e1", now=NOW)
    await SqlPushHistory(database).note("wx1", Fate.REFUSED, "no", count=1, now=NOW)
    scenes = SqlScenes(database, VAULT)
    for name, expires_at in (("lasting", None), ("passing", NOW + DAY)):
        scene = Scene(id=name, app_id=1, purpose=Purpose.APP, expires_at=expires_at, created_at=NOW)
        await scenes.add(scene, once=None)
    events = SqlEvents(database, VAULT, worker="here", tell=stores.credentials.tell)
    await stores.listen("wx2")
    for authorizer in ("", "wx3"):
        await events.put(an_event(authorizer), now=NOW)
    await issued(stores.credentials, task(TOKEN, notify="http://erp/n"))
    await stores.credentials.register(
        registration(task(TOKEN, notify="http://x/n"), owner="x"), now=NOW
    )
    await stores.credentials.remove(TOKEN, owner="x", now=NOW)


def an_event(authorizer: str) -> Event:
    return Event(
        appid="wx2", name="authorized", authorizer=authorizer, code="", code_until=NOW,
        happened_at=NOW,
    )  # fmt: skip


async def test_a_round_of_one_kind_is_bounded_and_the_others_have_their_turn() -> None:
    asked: list[str] = []

    async def endless(before: datetime, limit: int) -> int:
        asked.append("endless")
        return limit

    async def short(before: datetime, limit: int) -> int:
        asked.append("short")
        return 0

    kinds = [Retention(DAY, forget) for forget in (endless, short)]
    await Housekeeping(*kinds, clock=FakeClock()).forget()

    assert asked == [*["endless"] * SLICES, "short"]
