"""A row that waits, and that no claim would find, is set aside and named; the others stay."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from tests.clock import FakeClock
from tests.reminders.remembering import Memory
from tests.stores.mailing import Mail
from tests.stores.samples import HOUR, LEASE, NOW, SECOND, TOKEN, issued, task
from tests.stores.suite import Stores
from wechat_scheduler.doctor.store import set_aside
from wechat_scheduler.reminders.model import ReminderState
from wechat_scheduler.storage.credentials.census import SqlCensus
from wechat_scheduler.storage.database import Database, Statement, rows_of
from wechat_scheduler.storage.upkeep.unclaimable import set_aside as sweep

FAR = 2**62
DAY = timedelta(days=1)


async def spoil(database: Database, sql: str) -> None:
    await database.write(lambda: rows_of(Statement(sql)))


@pytest.mark.parametrize(
    "damage", ["priority = 9", "priority = -1", f"app_id = -{FAR}", f"due_at = {FAR}"]
)
async def test_a_delivery_is_dead_with_its_reason(mail: Mail, damage: str) -> None:
    bad, good = await mail.put_one("amy"), await mail.put_one("bob")
    await spoil(mail.database, f"UPDATE deliveries SET {damage} WHERE id = {bad}")

    with capture_logs() as logs:
        found = await sweep(mail.database, NOW, 100)
        again = await sweep(mail.database, NOW, 100)

    assert (found, again) == (1, 0)
    assert [(log["event"], log["row"]) for log in logs] == [("store.row_unreadable", str(bad))]
    ((state, settled_at),) = [
        tuple(row)
        for row in await mail.database.read(
            "SELECT state, settled_at FROM deliveries WHERE id = $1", bad
        )
    ]
    assert (state, settled_at > 0) == ("dead", True)
    (said,) = [finding.says async for finding in set_aside(mail.database)]
    assert f"the delivery {bad} is set aside: the stored row waits for ever" in said
    assert (await SqlCensus(mail.database).census(now=NOW)).aside["delivery"] == 1
    assert [delivery.id for delivery in await mail.claim()] == [good]


@pytest.mark.parametrize("damage", [f"app_id = -{FAR}", f"due_at = {FAR}"])
async def test_a_reminder_is_paused_with_its_reason(database: Database, damage: str) -> None:
    memory = Memory(database, FakeClock(NOW))
    bad, good = await memory.create(NOW + SECOND), await memory.create(NOW + SECOND)
    await spoil(database, f"UPDATE reminders SET {damage} WHERE id = '{bad.id}'")

    with capture_logs():
        await sweep(database, NOW, 100)

    states = {
        row["id"]: row["state"] for row in await database.read("SELECT id, state FROM reminders")
    }
    assert states == {bad.id: ReminderState.PAUSED, good.id: ReminderState.ACTIVE}


async def test_a_job_that_is_due_at_no_time_is_due_now(stores: Stores) -> None:
    await issued(stores.credentials, task(TOKEN))
    await spoil(stores.database, f"UPDATE jobs SET due_at = {FAR}")

    with capture_logs():
        await sweep(stores.database, NOW, 100)

    (job,) = await stores.credentials.claim(now=NOW, limit=10, lease=LEASE)
    assert job.key == TOKEN


async def test_what_waits_in_order_stays(mail: Mail) -> None:
    await mail.put(mail.target("amy"), at=NOW, not_before=NOW + 400 * DAY)
    sent = await mail.put_one("bob")

    assert await sweep(mail.database, NOW + HOUR, 100) == 0
    assert [delivery.id for delivery in await mail.claim()] == [sent]
