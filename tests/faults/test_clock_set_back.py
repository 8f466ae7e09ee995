"""What a clock that was a day ahead put off is due at the next start; what was asked for stays."""

from datetime import datetime, timedelta
from typing import Any

from tests.clock import START, FakeClock
from tests.reminders.remembering import Memory
from wechat_scheduler.audience.openids import LIFETIME as OPENKEY
from wechat_scheduler.audience.qrcodes import LONGEST as CODE
from wechat_scheduler.engine.nodes import Node
from wechat_scheduler.pushes.events import TICKET_OVERDUE
from wechat_scheduler.reminders.model import Late
from wechat_scheduler.storage.database import Database, Statement, each
from wechat_scheduler.storage.lost_commits import VERSIONS_AHEAD
from wechat_scheduler.storage.rows import instant, micros
from wechat_scheduler.storage.upkeep.clock_set_back import LONGEST_CLAIM, bring_back
from wechat_scheduler.storage.upkeep.pulses import SqlPulse

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TOMORROW, SOON, NEXT_MONTH = START + DAY, START + HOUR, START + 30 * DAY


async def put(database: Database, table: str, **row: Any) -> None:
    names = ", ".join(row)
    values = ", ".join(f"${number + 1}" for number in range(len(row)))
    sql = f"INSERT INTO {table} ({names}) VALUES ({values})"
    await database.write(lambda: each([Statement(sql, tuple(row.values()))]))


async def job(database: Database, appid: str, **row: Any) -> None:
    await put(database, "accounts", appid=appid, secret="", endpoint="", last_version=0)
    base = {"kind": "k", "subject": "", "params": "", "version": 1}
    await put(database, "jobs", appid=appid, **base, **row)


async def delivery(database: Database, number: int, **row: Any) -> None:
    base = {"channel": "person", "target": "", "state": "pending"}
    await put(database, "deliveries", id=number, **base, **row)


async def event(database: Database, name: str, **row: Any) -> None:
    base = {"appid": "wx", "authorizer": "", "code": "", "code_until": 0, "happened_at": 0}
    await put(database, "events", id=name, name=name, state="pending", **base, **row)


async def instants(database: Database, table: str, column: str, key: str = "id") -> dict[Any, Any]:
    rows = await database.read(f"SELECT {key} AS name, {column} AS at FROM {table}")
    return {row["name"]: None if row["at"] is None else instant(row["at"]) for row in rows}


async def test_jobs_of_another_clock_and_retries_are_due_and_fresh_jobs_are_not(
    database: Database,
) -> None:
    life = 2 * HOUR // timedelta(microseconds=1)
    late, soon = micros(TOMORROW), micros(SOON)
    await job(database, "issued ahead", due_at=late, issued_at=late, expires_at=late)
    await job(database, "prolonged ahead", due_at=late, issued_at=0, expires_at=late, longest=life)
    await job(database, "failed", due_at=late, fault="{}")
    await job(
        database, "fresh", due_at=soon, issued_at=micros(START), expires_at=soon, longest=life
    )
    await job(database, "claimed", due_at=late, claimed_by="a/1")

    await bring_back(database, START)

    assert await instants(database, "jobs", "due_at", "appid") == {
        "issued ahead": START,
        "prolonged ahead": START,
        "failed": START,
        "fresh": SOON,
        "claimed": START + LONGEST_CLAIM,
    }


async def test_deliveries_are_due_but_not_before_the_time_that_was_asked_for(
    database: Database,
) -> None:
    late, soon = micros(TOMORROW), micros(SOON)
    message = {"app_id": 1, "content": "", "priority": 2, "created_at": late}
    await put(database, "messages", id=1, not_before=micros(NEXT_MONTH), **message)
    await put(database, "messages", id=2, not_before=None, **message)
    await delivery(database, 1, due_at=late, created_at=late, message_id=1)
    await delivery(database, 2, due_at=late, created_at=late, message_id=2, since=late)
    await delivery(database, 3, due_at=late, created_at=0, tried_at=late)
    await delivery(database, 4, due_at=soon, created_at=0, tried_at=micros(START))
    await delivery(database, 5, due_at=late, created_at=late, claimed_by="a/1")

    await bring_back(database, START)

    due = {1: NEXT_MONTH, 2: START, 3: START, 4: SOON, 5: START + LONGEST_CLAIM}
    assert await instants(database, "deliveries", "due_at") == due
    assert (await instants(database, "deliveries", "since"))[2] == START


async def test_a_push_that_comes_now_is_newer_than_those_of_a_clock_that_was_ahead(
    database: Database,
) -> None:
    push = {"appid": "wx", "name": "ticket"}
    await put(database, "pushes", **push, received_at=micros(START - 2 * HOUR), value="old")
    await put(database, "pushes", **push, received_at=micros(TOMORROW), value="newer")
    await put(database, "pushes", **push, received_at=micros(TOMORROW + HOUR), value="newest")

    await bring_back(database, START)

    assert await instants(database, "pushes", "received_at", "value") == {
        "old": START - 2 * HOUR,
        "newer": START - HOUR,
        "newest": START,
    }


async def test_events_openkeys_codes_and_last_words_end_as_they_should(database: Database) -> None:
    late = micros(TOMORROW)
    await event(database, "authorized", received_at=late, due_at=late)
    await event(database, "watch", received_at=0, due_at=late)
    alias = {"app_id": 1, "uid": "", "openkey_hash": "x", "openkey_until": late}
    await put(database, "aliases", name="a", **alias)
    scene = {"app_id": 1, "purpose": "", "target": "", "extra": ""}
    month = CODE // timedelta(microseconds=1)
    await put(database, "scenes", id="ends", expires_at=late + month, created_at=late, **scene)
    await put(database, "scenes", id="lasts", ticket_until=late + month, created_at=0, **scene)
    person = {"appid": "wx", "openid": "o", "follows": 1, "created_at": 0}
    await put(database, "subscribers", uid="u", heard_at=late, texts_until=late + 60, **person)

    await bring_back(database, START)

    assert await instants(database, "events", "due_at") == {
        "authorized": START,
        "watch": START + TICKET_OVERDUE,
    }
    assert await instants(database, "aliases", "openkey_until", "name") == {"a": START + OPENKEY}
    assert (await instants(database, "scenes", "expires_at"))["ends"] == START + CODE
    assert (await instants(database, "scenes", "ticket_until"))["lasts"] is None
    assert await instants(database, "subscribers", "heard_at", "uid") == {"u": START}
    minute = timedelta(microseconds=60)
    assert await instants(database, "subscribers", "texts_until", "uid") == {"u": START + minute}


async def test_reminders_go_back_to_where_they_stood_without_what_they_missed(
    database: Database,
) -> None:
    clock = FakeClock()
    memory = Memory(database, clock)
    made = await memory.create(TOMORROW, rule="FREQ=DAILY", late=Late.SKIP)
    clock.jump(10 * DAY + HOUR)
    await memory.loop.run_once()
    moved, missed = await memory.desk.reminder(made.id), await memory.states()
    clock.jump(-10 * DAY - HOUR)

    await bring_back(database, clock.now())

    back = await memory.desk.reminder(made.id)
    assert (moved.missed, missed) == (10, ["missed"] * 10)
    assert (back.due_at, back.missed, await memory.deliveries()) == (TOMORROW, 0, [])


def node(at: datetime) -> Node:
    return Node(name="5f0a61c3", host="one", version="1", started_at=START, seen_at=at)


async def test_the_pulse_remembers_the_newest_instant(database: Database) -> None:
    pulse = SqlPulse(database)

    first, second = [await pulse.beat(node(at)) for at in (TOMORROW, START)]

    assert (first, second, await pulse.newest()) == (None, TOMORROW, START)


async def test_after_lost_commits_jobs_are_due_under_new_versions_and_messages_doubted(
    database: Database,
) -> None:
    later = micros(TOMORROW)
    await job(database, "wx", due_at=later, issued_at=micros(START), expires_at=later)
    await delivery(database, 1, due_at=micros(START), created_at=0)
    await delivery(database, 2, due_at=later, created_at=0)

    await SqlPulse(database).doubt(START)

    (kept,) = await database.read("SELECT due_at, version FROM jobs")
    doubts = await database.read("SELECT doubts FROM deliveries ORDER BY id")
    assert (instant(kept["due_at"]), kept["version"]) == (START, 1 + VERSIONS_AHEAD)
    assert [row["doubts"] for row in doubts] == [1, 0]
