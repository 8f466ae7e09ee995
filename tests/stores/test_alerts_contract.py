"""Alerts in the store, of which several daemons tell each once."""

import json
from datetime import datetime
from typing import Any

import pytest

from tests.alerts.samples import DAY, HOUR, MINUTE, NOW, TICKET, alert
from tests.stores.mailing import Mail
from tests.stores.samples import LEASE, TOKEN, USER, failed, registration, rotated
from tests.stores.suite import Stores
from wechat_scheduler.alerts.model import AlertState
from wechat_scheduler.alerts.ports import AlertFilter
from wechat_scheduler.credentials.model import AUTHORIZATION, Contest
from wechat_scheduler.delivery.model import Content, DeliveryState, Message, Target, TargetKind
from wechat_scheduler.engine.records import replace
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.storage.alerts.alerts import SqlAlerts
from wechat_scheduler.storage.alerts.facts import SqlAlertFacts
from wechat_scheduler.storage.database import Database, Statement, each, rows_of
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.rows import micros

NEW = alert(version=0, fired_at=NOW)
STORED = replace(NEW, version=1)


@pytest.fixture
def alerts(database: Database) -> SqlAlerts:
    return SqlAlerts(database, feed=SqlFeed(database))


@pytest.fixture
def facts(database: Database) -> SqlAlertFacts:
    return SqlAlertFacts(database)


def told(message_id: int = 7) -> tuple[Message, list[Target]]:
    message = Message(id=message_id, app_id=0, content=Content(title="hi"), created_at=NOW)
    return message, [Target(delivery_id=message_id, kind=TargetKind.ALERT, name="ops")]


async def test_an_alert_is_read_as_it_was_stored(alerts: SqlAlerts) -> None:
    whole = replace(
        NEW,
        told_at=NOW,
        told_severity="warning",
        gone_at=NOW,
        muted_until=NOW + HOUR,
        changed_at=NOW,
        times=3,
    )

    assert await alerts.store([whole], [], [], now=NOW)

    assert await alerts.open_alerts() == [replace(whole, version=1)]


async def test_of_two_daemons_that_see_the_same_one_tells_it(
    alerts: SqlAlerts, database: Database
) -> None:
    first = await alerts.store([NEW], [], [told(7)], now=NOW)
    second = await alerts.store([replace(NEW, id=2)], [], [told(8)], now=NOW)

    assert (first, second) == (True, False)
    assert len(await alerts.open_alerts()) == 1
    assert [row["id"] for row in await database.read("SELECT id FROM messages")] == [7]


async def test_a_change_of_what_another_daemon_changed_meanwhile_is_not_stored(
    alerts: SqlAlerts, database: Database
) -> None:
    await alerts.store([NEW], [], [], now=NOW)
    changed = replace(STORED, text="worse")

    first = await alerts.store([changed], [], [told(7)], now=NOW)
    second = await alerts.store([replace(STORED, gone_at=NOW)], [], [told(8)], now=NOW)

    assert (first, second) == (True, False)
    assert await alerts.open_alerts() == [replace(changed, version=2)]
    assert not await alerts.store([], [STORED], [], now=NOW)


async def test_what_ended_lately_is_found_by_its_key(alerts: SqlAlerts) -> None:
    await alerts.store([NEW], [], [], now=NOW)
    ended = replace(STORED, cleared_at=NOW + HOUR)
    await alerts.store([ended], [], [], now=NOW)
    again = replace(NEW, id=2, times=2, cleared_at=NOW + 2 * HOUR)
    await alerts.store([again], [], [], now=NOW)

    assert await alerts.open_alerts() == []
    assert await alerts.ended(since=NOW) == {TICKET: replace(again, version=1)}
    assert await alerts.ended(since=NOW + DAY) == {}


async def test_pages_begin_with_the_newest_and_leave_out_what_does_not_fire_yet(
    alerts: SqlAlerts,
) -> None:
    many = [
        replace(
            NEW,
            id=n,
            subject=f"wx{n}",
            appid=f"wx{n}",
            kind="access_token" if n == 2 else "",
            since=NOW + n * MINUTE,
            fired_at=None if n == 5 else NOW,
        )
        for n in range(1, 6)
    ]
    await alerts.store(many, [], [], now=NOW)
    await alerts.store([replace(many[0], version=1, cleared_at=NOW)], [], [], now=NOW)

    async def found(**wanted: Any) -> list[int]:
        page = await alerts.page(AlertFilter(**{"limit": 9} | wanted))
        return [each.id for each in page]

    assert await found(state=AlertState.FIRING, limit=2) == [4, 3]
    assert await found(state=AlertState.FIRING, after=3, limit=2) == [2]
    assert await found() == [4, 3, 2, 1]
    assert await found(appids=("wx3", "wx5", "wx9")) == [3]
    assert await found(kinds=("access_token",)) == [2]
    assert await alerts.alert(5) is None


async def test_an_alert_that_fires_is_muted_and_one_that_is_over_is_not(alerts: SqlAlerts) -> None:
    await alerts.store([NEW], [], [], now=NOW)

    muted = await alerts.mute(1, NOW + HOUR)
    assert muted is not None
    await alerts.store([replace(muted, cleared_at=NOW)], [], [], now=NOW)

    assert muted.muted_until == NOW + HOUR
    assert await alerts.mute(1, NOW + HOUR) is None


async def test_an_alert_that_cannot_be_read_is_removed_so_that_its_condition_is_told(
    alerts: SqlAlerts, database: Database
) -> None:
    await alerts.store([NEW], [], [], now=NOW)
    spoil = Statement("UPDATE alerts SET severity = 'pigeon'")
    await database.write(lambda: each([spoil]))

    assert await alerts.open_alerts() == []
    assert await alerts.store([NEW], [], [], now=NOW)


async def test_of_the_jobs_that_a_person_has_to_save_the_first_of_each_kind_is_found(
    facts: SqlAlertFacts, stores: Stores
) -> None:
    users = [USER._replace(subject=f"o{number}") for number in range(4)]
    await stores.credentials.register(registration(TOKEN, *users), now=NOW)
    waits = {users[1]: "", users[2]: AUTHORIZATION, users[3]: "access_token/"}
    for job in await stores.credentials.claim(now=NOW, limit=9, lease=LEASE):
        reaction = Reaction.NEEDS_INPUT if job.key in waits else Reaction.OPERATOR
        reaction = Reaction.PARENT_INVALID if job.key == users[3] else reaction
        outcome = failed(job, reaction, waits_on=waits.get(job.key, ""))
        await stores.credentials.save(outcome, now=NOW)

    found = await facts.lost_jobs(limit=9)

    assert [(each.first.key, each.others) for each in found] == [(TOKEN, 0), (users[0], 1)]
    assert found[0].first.fault is not None
    assert found[0].first.fault.reaction is Reaction.OPERATOR
    assert len(await facts.lost_jobs(limit=1)) == 1
    kinds = [f"{key.appid}/{key.kind}" for key in (TOKEN, USER)]
    failing = await facts.failing_jobs([*kinds, "wx9/access_token"])
    assert [(each.first.key, each.others) for each in failing] == [(TOKEN, 0), (users[0], 2)]
    assert [each.first.key for each in await facts.failing_jobs(kinds[1:])] == [users[0]]
    assert await facts.failing_jobs(["wx9/access_token"]) == []


async def test_jobs_are_noted_that_were_contested_lately_or_called_often(
    facts: SqlAlertFacts, stores: Stores, database: Database
) -> None:
    await stores.credentials.register(registration(TOKEN, USER), now=NOW)
    contest = Contest(at=NOW, message="another program fetches it", advice="stop it")
    for job in await stores.credentials.claim(now=NOW, limit=9, lease=LEASE):
        given = replace(rotated(job), contest=contest if job.key == TOKEN else None)
        await stores.credentials.save(given, now=NOW)
    busy = Statement("UPDATE jobs SET calls = 20 WHERE kind = $1", (USER.kind,))
    await database.write(lambda: rows_of(busy))

    async def noted(since: datetime, calls: int, now: datetime = NOW) -> list[tuple[str, int]]:
        found = await facts.noted_jobs(contested_since=since, calls=calls, now=now, limit=9)
        return [(each.key.kind, each.calls) for each in found]

    assert await noted(NOW - HOUR, 20) == [(TOKEN.kind, 1), (USER.kind, 20)]
    assert await noted(NOW - HOUR, 21) == [(TOKEN.kind, 1)]
    assert await noted(NOW + HOUR, 20) == [(USER.kind, 20)]
    assert await noted(NOW + HOUR, 20, NOW + DAY) == []


async def test_messages_that_died_are_counted_by_app_but_not_alerts(
    facts: SqlAlertFacts, mail: Mail, database: Database
) -> None:
    await mail.put(mail.target("alice"), mail.target("bob"))
    message, targets = told(99)
    await mail.messages.put(message, targets, once=None, now=NOW)
    died = Statement(
        "UPDATE deliveries SET state = $1, error = 'gone', settled_at = $2",
        (DeliveryState.DEAD.value, micros(NOW)),
    )
    await database.write(lambda: rows_of(died))

    (dead,) = await facts.dead_letters(since=NOW - HOUR, limit=9)

    assert (dead.app_id, dead.deliveries, dead.error) == (mail.app.id, 2, "gone")
    assert await facts.dead_letters(since=NOW, limit=9) == []


async def test_a_platform_waits_for_its_ticket_from_the_last_one_or_from_its_push_url(
    facts: SqlAlertFacts, stores: Stores, database: Database
) -> None:
    platform = TOKEN._replace(kind="component_access_token")
    await stores.credentials.register(registration(platform, TOKEN), now=NOW)
    await stores.listen(TOKEN.appid)

    before = await facts.tickets()
    await stores.push(TOKEN.appid, "component_verify_ticket", "t", NOW + HOUR)

    assert list(before) == [TOKEN.appid]
    assert await facts.tickets() == {TOKEN.appid: NOW + HOUR}


async def test_those_who_follow_are_told_of_the_beginning_and_the_end_and_of_no_other_change(
    alerts: SqlAlerts, database: Database
) -> None:
    await alerts.store([NEW], [], [], now=NOW)
    await alerts.store([replace(STORED, text="worse")], [], [], now=NOW + MINUTE)
    ended = replace(STORED, version=2, cleared_at=NOW + HOUR)
    await alerts.store([ended], [], [], now=NOW + HOUR)

    rows = await database.read("SELECT what, appid, data FROM feed ORDER BY at")

    assert [(row["what"], row["appid"]) for row in rows] == [("alert.changed", "wx1")] * 2
    assert [json.loads(row["data"])["state"] for row in rows] == ["firing", "cleared"]
