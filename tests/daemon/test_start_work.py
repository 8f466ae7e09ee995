"""A start does the same work however many rows wait, and however many were claimed and sent before."""

from pathlib import Path
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.house import daemon
from tests.stores.watched import WatchedDatabase
from wechat_scheduler.storage.database import Statement, each

MANY = 3_000
NOBODY = "http://127.0.0.1:9"
NUMBERS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)"
# Half of them due now, the others never.
DELIVER = f"""
    INSERT INTO deliveries (id, channel, target, state, due_at, created_at, message_id, app_id)
    {NUMBERS} SELECT i, 'person', 'u' || i, $2, (i % 2) << 60, 0, 1, i % 3 FROM n
"""
REMIND = f"""
    INSERT INTO reminders (id, app_id, owner, source, title, detail, url, start, rule, zone, defer,
        due_at, state, late, grace, way, priority, topics, slot, mark, fired, missed, revision,
        created_at)
    {NUMBERS} SELECT 'r' || i, 1, 'u' || i, '', '', '', '', 0, '', '', 0, (i % 2) << 60, $2, '', 0,
        '', 2, '[]', 0, 'm' || i, 0, 0, 0, 0 FROM n
"""
PUSH = f"""
    INSERT INTO events (id, appid, name, authorizer, code, code_until, happened_at, received_at,
        state, due_at)
    {NUMBERS} SELECT 'e' || i, 'wx1', 'e', 'o' || i, '', 0, 0, 0, $2, (i % 2) << 60 FROM n
"""
ACCOUNT = "INSERT INTO accounts (appid, secret, endpoint, last_version) VALUES ('wx1', '', '', 0)"
REGISTER = f"""
    INSERT INTO jobs (appid, kind, subject, params, version, due_at, waits_on)
    {NUMBERS} SELECT 'wx1', 'access_token', 's' || i, '', 0, (i % 2) << 60, $2 FROM n
"""
ROWS = {
    "pending deliveries": Statement(DELIVER, (MANY, "pending")),
    "sent deliveries": Statement(DELIVER, (MANY, "delivered")),
    "reminders": Statement(REMIND, (MANY, "active")),
    "ended reminders": Statement(REMIND, (MANY, "ended")),
    "pushes": Statement(PUSH, (MANY, "pending")),
    "handled pushes": Statement(PUSH, (MANY, "done")),
    "jobs": Statement(REGISTER, (MANY, "")),
}


class LastingDatabase(WatchedDatabase):
    """Stays open when a daemon ends."""

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("what", ROWS)
async def test_a_start_does_not_read_what_waits_or_was_done(what: str, tmp_path: Path) -> None:
    database = LastingDatabase()
    await _start(database, tmp_path)  # the first brings back what a clock that was ahead put off
    without = await _start(database, tmp_path)

    database.run(each((Statement(ACCOUNT), ROWS[what])))
    steps = await _start(database, tmp_path)

    assert steps <= without


async def _start(database: WatchedDatabase, folder: Path) -> int:
    """The steps of the whole start."""

    async def opener(url: str, **_: Any) -> WatchedDatabase:
        return database

    database.watch(every=1)
    async with daemon(folder, NOBODY, clock=FakeClock(), opener=opener):
        steps = database.steps
    database.watch()
    return steps
