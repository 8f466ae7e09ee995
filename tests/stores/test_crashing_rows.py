"""A row whose handling crashes is tried a few times, ever more slowly, and then set aside."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from tests.clock import FakeClock
from tests.reminders.remembering import Memory
from tests.stores.mailing import Mail, accepted
from tests.stores.samples import HOUR, LEASE, NOW, SECOND
from tests.stores.suite import VAULT, Stores
from wechat_scheduler.delivery.model import DeliveryState
from wechat_scheduler.delivery.views import DeliveryFilter
from wechat_scheduler.engine.crashes import PAUSES
from wechat_scheduler.pushes.model import Event
from wechat_scheduler.reminders.model import ReminderState
from wechat_scheduler.storage.claims import ClaimingStore
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.pushes.events import SqlEvents
from wechat_scheduler.storage.set_aside import rows_set_aside

WHY = "it crashed"


async def crash_on(
    claim: Callable[[datetime], Awaitable[tuple[int | str, str]]],
    store: ClaimingStore,
) -> list[timedelta]:
    """Let each claimed row crash until it is set aside; returns the pauses in between."""
    at, pauses = NOW, []
    while True:
        name, held = await claim(at)
        if await store.crashed(name, held, reason=WHY, now=at):
            return pauses
        due_at = await store.next_due()
        assert due_at is not None
        pauses.append(due_at - at)
        at = due_at


async def test_a_delivery_that_crashes_again_and_again_is_dead(mail: Mail) -> None:
    bad = await mail.put_one("amy")

    async def claim(at: datetime) -> tuple[int, str]:
        (delivery,) = await mail.claim(at=at)
        return delivery.id, delivery.claim

    pauses = await crash_on(claim, mail.outbox)

    view = await mail.shown(bad)
    assert pauses == list(PAUSES)
    assert (view.state, view.reason) == (DeliveryState.DEAD, WHY)
    assert await rows_set_aside(mail.database, limit=9) == [("delivery", str(bad), WHY)]


async def test_each_crash_of_a_delivery_that_departed_is_a_doubt(mail: Mail) -> None:
    await mail.put_one("amy")
    first = await mail.claimed()
    await mail.outbox.depart(first, repeats=False, now=NOW, lease=LEASE)

    await mail.outbox.crashed(first.id, first.claim, reason=WHY, now=NOW)

    again = await mail.claimed(at=NOW + PAUSES[0])
    assert (first.doubts, again.doubts, again.doubted_at) == (0, 1, NOW)


async def test_crashes_that_are_not_in_a_row_set_nothing_aside(mail: Mail) -> None:
    delivery_id = await mail.put_one("amy")
    for _ in range(2 * len(PAUSES)):
        delivery = await mail.claimed(at=NOW + HOUR)
        await mail.outbox.crashed(delivery.id, delivery.claim, reason=WHY, now=NOW)
        delivery = await mail.claimed(at=NOW + HOUR)
        await mail.outbox.settle(accepted(delivery, state=DeliveryState.DEAD), now=NOW)
        await mail.deliveries.replay(DeliveryFilter(ids=(delivery_id,)), limit=1, now=NOW)

    assert await rows_set_aside(mail.database, limit=9) == []


async def test_a_crash_under_a_lost_claim_changes_nothing(mail: Mail) -> None:
    await mail.put_one("amy")
    lost = await mail.claimed()
    (taken,) = await mail.elsewhere.claim(now=NOW + LEASE, limit=1, lease=LEASE)

    aside = await mail.outbox.crashed(lost.id, lost.claim, reason=WHY, now=NOW + LEASE)

    assert not aside
    assert await mail.outbox.next_due() == NOW + 2 * LEASE
    assert taken.id == lost.id


async def test_a_reminder_that_crashes_again_and_again_is_paused_until_it_is_resumed(
    database: Database,
) -> None:
    memory = Memory(database, FakeClock(NOW))
    reminder = await memory.create(NOW + SECOND, rule="FREQ=DAILY")

    async def claim(at: datetime) -> tuple[str, str]:
        (one,) = await memory.due.claim(now=at + SECOND, limit=1, lease=LEASE)
        return one.reminder.id, one.claim

    await crash_on(claim, memory.due)

    paused = await memory.desk.reminder(reminder.id)
    assert (paused.state, paused.set_aside) == (ReminderState.PAUSED, WHY)
    resumed = await memory.desk.resume(reminder.id)
    assert (resumed.state, resumed.set_aside) == (ReminderState.ACTIVE, "")
    assert await rows_set_aside(database, limit=9) == []


async def test_an_event_that_crashes_again_and_again_is_dead(stores: Stores) -> None:
    events = SqlEvents(stores.database, VAULT, worker="here", tell=stores.credentials.tell)
    await stores.listen("wx2")
    event = Event(
        appid="wx2",
        name="authorized",
        authorizer="wx3",
        code="",
        code_until=NOW,
        happened_at=NOW,
    )
    await events.put(event, now=NOW)

    async def claim(at: datetime) -> tuple[str, str]:
        (one,) = await events.claim(now=at, limit=1, lease=LEASE)
        return one.id, one.claim

    pauses = await crash_on(claim, events)

    assert pauses == list(PAUSES)
    assert await events.next_due() is None
    assert await rows_set_aside(stores.database, limit=9) == [("event", event.id, WHY)]
