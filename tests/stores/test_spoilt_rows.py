"""A row that cannot be read fails alone: it is set aside with its reason, and the others go on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from tests.clock import FakeClock
from tests.reminders.remembering import Memory
from tests.stores.mailing import Mail
from tests.stores.samples import (
    APPID,
    HOUR,
    LEASE,
    NOW,
    SECOND,
    TOKEN,
    USER,
    issued,
    look,
    registration,
    task,
)
from tests.stores.suite import VAULT, Stores
from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.audit import AuditEntry, AuditFilter
from wechat_scheduler.access.model import Key, Scope
from wechat_scheduler.audience.directory import Directory, draft_app
from wechat_scheduler.audience.model import Topic
from wechat_scheduler.audience.user_acts import HandledAct
from wechat_scheduler.delivery.views import DeliveryFilter
from wechat_scheduler.doctor.store import set_aside
from wechat_scheduler.pushes.history import Fate, PushFilter
from wechat_scheduler.pushes.model import Event
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.reminders.model import ReminderState
from wechat_scheduler.storage.access.audit import SqlAudit, put_entries
from wechat_scheduler.storage.access.keys import SqlKeys
from wechat_scheduler.storage.audience.handled_events import SqlHandledEvents
from wechat_scheduler.storage.credentials.census import SqlCensus
from wechat_scheduler.storage.database import Database, Statement, each, rows_of
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.pushes.events import SqlEvents
from wechat_scheduler.storage.pushes.history import SqlPushHistory
from wechat_scheduler.storage.pushes.pushes import SqlPushes
from wechat_scheduler.storage.rows import record

# Sealed with a key that is lost.
LOST = "s1.00000000.AAAA"
# Beyond the last year of a datetime.
FAR = 2**62

OF_DELIVERIES = {
    "content that ends early": "UPDATE messages SET content = '[' WHERE id = {message}",
    "a way that is none": """UPDATE messages SET content = '{"way":"pigeon"}' WHERE id = {message}""",
    "notes of another type": "UPDATE messages SET notes = '[1]' WHERE id = {message}",
    "a priority that is none": "UPDATE messages SET priority = 9 WHERE id = {message}",
    "a time that is none": f"UPDATE messages SET created_at = {FAR} WHERE id = {{message}}",
    "a lost message": "DELETE FROM messages WHERE id = {message}",
    "a lost secret": "INSERT INTO message_secrets VALUES ({message}, '" + LOST + "')",
    "a channel that is none": "UPDATE deliveries SET channel = 'pigeon' WHERE id = {delivery}",
}
OF_REMINDERS = {
    "a zone that is none": "UPDATE reminders SET zone = 'Mars/Olympus' WHERE id = '{id}'",
    "a policy that is none": "UPDATE reminders SET late = 'later' WHERE id = '{id}'",
    "topics that are none": "UPDATE reminders SET topics = '[' WHERE id = '{id}'",
    "a priority that is none": "UPDATE reminders SET priority = 9 WHERE id = '{id}'",
    "a time that is none": f"UPDATE reminders SET created_at = {FAR} WHERE id = '{{id}}'",
}


async def spoil(database: Database, sql: str, **names: object) -> None:
    for name, value in names.items():
        sql = sql.replace(f"{{{name}}}", str(value))
    await database.write(lambda: rows_of(Statement(sql)))


async def doctors(database: Database) -> list[str]:
    """What `doctor` says about rows that were set aside."""
    return [finding.says async for finding in set_aside(database)]


async def test_a_delivery_that_cannot_be_read_is_dead_and_the_others_are_sent(mail: Mail) -> None:
    good, bad = await mail.put_one("bob"), {}
    for name, damage in OF_DELIVERIES.items():
        bad[name] = await mail.put_one("amy")
        message = (await mail.shown(bad[name])).message_id
        await spoil(mail.database, damage, message=message, delivery=bad[name])

    with capture_logs() as logs:
        claimed = await mail.claim(limit=20)

    assert [delivery.id for delivery in claimed] == [good]
    assert {log["event"] for log in logs} == {"store.row_unreadable"}
    assert sorted(log["row"] for log in logs) == sorted(map(str, bad.values()))
    rows = await mail.database.read("SELECT id, state, error FROM deliveries ORDER BY id")
    ends = {row["id"]: (row["state"], row["error"].partition(":")[0]) for row in rows}
    dead = ("dead", "the stored row cannot be read")
    assert {name: ends[one] for name, one in bad.items()} == dict.fromkeys(bad, dead)
    said = {f"the delivery {row['id']} is set aside: {row['error']}" for row in rows[1:]}
    assert set(await doctors(mail.database)) == said
    assert (await SqlCensus(mail.database).census(now=NOW)).aside["delivery"] == len(bad)
    assert [delivery.id for delivery in await mail.claim(at=NOW + LEASE)] == [good]


async def test_a_delivery_to_someone_whose_row_is_damaged_is_dead_and_the_others_are_sent(
    mail: Mail,
) -> None:
    bad, good = await mail.put_one("amy"), await mail.put_one("bob")
    quiet = "UPDATE subscribers SET quiet = '7-x' WHERE uid = '{uid}'"
    await spoil(mail.database, quiet, uid=mail.uids["amy"])

    with capture_logs() as logs:
        claimed = await mail.claim()

    assert [delivery.id for delivery in claimed] == [good]
    assert [(log["event"], log["row"]) for log in logs] == [("store.row_unreadable", str(bad))]
    assert len(await doctors(mail.database)) == 1


async def test_a_delivery_that_was_mended_is_replayed(mail: Mail) -> None:
    bad = await mail.put_one("amy")
    await spoil(mail.database, "UPDATE messages SET priority = 9")
    await mail.claim()
    await spoil(mail.database, "UPDATE messages SET priority = 1")

    await mail.deliveries.replay(DeliveryFilter(ids=(bad,)), limit=1, now=NOW)

    assert [delivery.id for delivery in await mail.claim()] == [bad]
    assert await doctors(mail.database) == []


async def test_a_reminder_that_cannot_be_read_is_paused_and_the_others_are_sent(
    database: Database,
) -> None:
    memory = Memory(database, FakeClock(NOW))
    good, bad = await memory.create(NOW + SECOND), {}
    for name, damage in OF_REMINDERS.items():
        bad[name] = (await memory.create(NOW + SECOND)).id
        await spoil(database, damage, id=bad[name])

    with capture_logs() as logs:
        claimed = await memory.due.claim(now=NOW + SECOND, limit=10, lease=LEASE)
        listed = await memory.listed()

    assert [one.reminder.id for one in claimed] == [good.id]
    assert [one.id for one in listed] == [good.id]
    assert {log["event"] for log in logs} == {"store.row_unreadable"}
    assert {log["row"] for log in logs} == set(bad.values())
    rows = await database.read("SELECT id, state FROM reminders")
    states = {row["id"]: row["state"] for row in rows}
    assert {name: states[one] for name, one in bad.items()} == dict.fromkeys(
        bad, ReminderState.PAUSED
    )
    assert len(await doctors(database)) == len(bad)


async def test_a_reminder_whose_rule_is_of_another_version_says_why_it_is_paused(
    database: Database,
) -> None:
    memory = Memory(database, FakeClock(NOW))
    reminder = await memory.create(NOW + SECOND, rule="FREQ=DAILY")
    await memory.store.change(replace(reminder, rule="FREQ=NEVER"), None)

    await memory.run(NOW + HOUR)
    paused = await memory.desk.reminder(reminder.id)
    said = await doctors(database)
    await memory.desk.change(reminder.id, lambda one: replace(one, rule="FREQ=DAILY"))

    assert paused.state is ReminderState.PAUSED
    assert said == [f"the reminder {reminder.id} is set aside: {paused.set_aside}"]
    assert await doctors(database) == []


async def test_a_job_that_cannot_be_read_fails_with_its_reason(stores: Stores) -> None:
    await issued(stores.credentials, task(TOKEN, params="http://a/p"), USER)
    await spoil(stores.database, f"UPDATE jobs SET params = '{LOST}' WHERE subject = ''")

    with capture_logs():
        claimed = await stores.credentials.claim(now=NOW + 2 * HOUR, limit=10, lease=LEASE)
    view = await look(stores.credentials)

    assert [job.key for job in claimed] == [USER]
    assert view.fault is not None
    assert view.fault.reaction is Reaction.OPERATOR
    assert "key 00000000" in view.fault.message
    assert (view.claimed, view.calls) == (False, 1)


@pytest.mark.parametrize(
    "damage", [f"credential = '{LOST}'", f"expires_at = {FAR}", f"due_at = {FAR}"]
)
async def test_a_credential_that_cannot_be_read_is_fetched_anew_for_its_first_caller(
    stores: Stores, damage: str
) -> None:
    await issued(stores.credentials, task(TOKEN))
    await spoil(stores.database, f"UPDATE jobs SET {damage}")

    with capture_logs():
        loaded = await stores.credentials.load(TOKEN)
        await stores.credentials.hasten(TOKEN, now=NOW)
        (job,) = await stores.credentials.claim(now=NOW, limit=10, lease=LEASE)
        await SqlCensus(stores.database).census(now=NOW)

    assert loaded is not None
    assert loaded.due_at < NOW
    assert (job.key, job.version) == (TOKEN, 1)


async def test_a_value_of_a_wrong_type_is_named_by_its_column() -> None:
    row = {"name": "news", "app_id": "one", "id": 1, "created_at": 0}

    with pytest.raises(TypeError, match="app_id is str, not int"):
        record(Topic, row)


async def test_a_job_whose_list_of_params_was_damaged_lists_them_anew(stores: Stores) -> None:
    await issued(stores.credentials, task(TOKEN, params="http://a/p"))
    await spoil(stores.database, f"UPDATE jobs SET params = '{LOST}'")

    with capture_logs():
        await stores.credentials.claim(now=NOW + 2 * HOUR, limit=10, lease=LEASE)
    (job,) = await stores.credentials.claim(now=NOW + 3 * HOUR, limit=10, lease=LEASE)

    assert job.params == ("http://a/p",)


async def test_a_registration_writes_anew_what_cannot_be_read(stores: Stores) -> None:
    wanted = registration(task(TOKEN, params="http://a/p", notify="http://a/n"))
    await stores.credentials.register(wanted, now=NOW)
    await spoil(stores.database, f"UPDATE accounts SET secret = '{LOST}'")
    await spoil(stores.database, f"UPDATE registrations SET notify = '{LOST}', params = '{LOST}'")
    with capture_logs():
        await stores.credentials.claim(now=NOW, limit=10, lease=LEASE)

    await stores.credentials.register(wanted, now=NOW + SECOND)

    (job,) = await stores.credentials.claim(now=NOW + SECOND, limit=10, lease=LEASE)
    assert (job.account.secret, job.params) == ("secret", ("http://a/p",))
    assert [one.notify for one in (await look(stores.credentials)).receivers] == ["http://a/n"]


async def test_what_cannot_be_read_of_a_job_leaves_the_lists_readable(stores: Stores) -> None:
    await issued(stores.credentials, task(TOKEN, notify="http://a/n"), USER)
    await spoil(
        stores.database,
        f"UPDATE jobs SET credential = '{LOST}', fault = '[', contest = '[' WHERE subject = ''",
    )
    await spoil(stores.database, f"UPDATE registrations SET notify = '{LOST}'")

    with capture_logs():
        views = await stores.credentials.view(limit=10)
        loaded = await stores.credentials.load(TOKEN)
        census = await SqlCensus(stores.database).census(now=NOW)

    assert [view.key for view in views] == [TOKEN, USER]
    assert "cannot be read" in views[0].receivers[0].error
    assert loaded is not None
    assert loaded.credential is None
    assert [fault.jobs for fault in census.faults] == [1]


async def test_an_event_that_cannot_be_read_is_dead_and_the_others_are_handled(
    stores: Stores,
) -> None:
    events = SqlEvents(stores.database, VAULT, worker="here", tell=stores.credentials.tell)
    await stores.listen("wx2")
    bad, good = (
        Event(
            appid="wx2",
            name="authorized",
            authorizer=name,
            code="code",
            code_until=NOW + HOUR,
            happened_at=NOW,
        )
        for name in ("wx3", "wx4")
    )
    for event in (bad, good):
        await events.put(event, now=NOW)
    await spoil(stores.database, f"UPDATE events SET code = '{LOST}' WHERE id = '{bad.id}'")

    with capture_logs() as logs:
        claimed = await events.claim(now=NOW, limit=10, lease=LEASE)

    assert [one.id for one in claimed] == [good.id]
    assert [log["event"] for log in logs] == ["store.row_unreadable"]
    assert len(await doctors(stores.database)) == 1
    assert await events.claim(now=NOW + timedelta(days=1), limit=10, lease=LEASE) != []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE refused_pushes SET fate = 'odd' WHERE appid = 'bad'",
        f"UPDATE refused_pushes SET count = {FAR}, at = {FAR} WHERE appid = 'bad'",
        "UPDATE heard SET name = 1, at = -9223372036854775807 WHERE appid = 'bad'",
    ],
)
async def test_a_push_that_cannot_be_read_is_left_out_of_what_came(
    stores: Stores, damage: str
) -> None:
    history = SqlPushHistory(stores.database)
    handled = SqlHandledEvents(stores.database, feed=SqlFeed(stores.database))
    for appid in ("bad", "good"):
        await history.note(appid, Fate.REFUSED, "no", count=1, now=NOW)
        act = HandledAct(appid, "o1", "text", "text", "none", is_told=False)
        await handled.add(appid, now=NOW, act=act)
    await spoil(stores.database, damage)

    with capture_logs():
        found = await history.find(PushFilter(limit=9))
        await history.note("bad", Fate.REFUSED, "no", count=1, now=NOW)

    assert [push.appid for push in found].count("bad") == 1
    assert [push.appid for push in found].count("good") == 2


async def test_a_key_that_cannot_be_read_opens_nothing_and_the_others_do(stores: Stores) -> None:
    keys = SqlKeys(stores.database, VAULT)
    for name in ("bad", "good"):
        key = Key(id=name, name=name, hash=name, scopes=frozenset((Scope.READ,)), created_at=NOW)
        await keys.add(key, signing_secret="secret")
    await spoil(stores.database, "UPDATE api_keys SET scopes = 'fly' WHERE id = 'bad'")

    with capture_logs() as logs:
        found = await keys.all_keys()

    assert [key.id for key in found] == ["good"]
    assert [log["row"] for log in logs] == ["bad"]


async def test_a_due_time_that_is_none_does_not_stop_the_loop(mail: Mail) -> None:
    await mail.put_one("amy")
    await spoil(mail.database, f"UPDATE deliveries SET due_at = {FAR}")

    assert await mail.outbox.next_due() is not None


@pytest.mark.parametrize(
    "damage", [f"signing_secret = '{LOST}'", "settings = '['", 'settings = \'{"networks":["x"]}\'']
)
async def test_an_app_that_cannot_be_read_is_set_apart_and_the_others_send(
    mail: Mail, damage: str
) -> None:
    good = draft_app("other", APPID, now=NOW)
    await mail.apps.add_app(good, [], once=None)
    await spoil(mail.database, f"UPDATE apps SET {damage} WHERE name = 'shop'")
    directory = Directory(mail.apps, clock=FakeClock())

    with capture_logs() as logs:
        await directory.load()

    assert directory.apps() == [good]
    assert directory.app(mail.app.id) is None
    assert directory.is_unreadable(mail.app.id)
    assert [(log["table"], log["row"]) for log in logs] == [("apps", str(mail.app.id))]


async def test_what_is_listed_leaves_out_what_cannot_be_read(mail: Mail) -> None:
    bad, good = await mail.put_one("amy"), await mail.put_one("bob")
    await spoil(mail.database, f"UPDATE deliveries SET state = 'lost' WHERE id = {bad}")
    await spoil(mail.database, "UPDATE subscribers SET quiet = '7-x' WHERE openid = 'o-amy'")
    audit = SqlAudit(mail.database)
    for action in Action.READ, Action.REFRESHED:
        entry = AuditEntry(at=NOW, key="erp", action=action, object="wx1")
        await mail.database.write(lambda: put_entries([entry]))  # noqa: B023 - run at once
    await spoil(mail.database, "UPDATE audit SET action = 'flown' WHERE action = 'credential.read'")

    with capture_logs() as logs:
        deliveries = await mail.deliveries.deliveries(DeliveryFilter(), after=0, limit=10)
        people = await mail.subscriptions.of_app(mail.app.id, limit=10)
        entries = await audit.find(AuditFilter(limit=10))

    assert [view.id for view in deliveries] == [good]
    assert [person.openid for _, person in people] == ["o-bob"]
    assert [entry.action for entry in entries] == [Action.REFRESHED]
    assert [log["table"] for log in logs] == ["deliveries", "subscribers", "audit"]


async def test_push_secrets_that_cannot_be_read_hide_no_others_and_are_replaced(
    database: Database,
) -> None:
    store = SqlPushes(database, VAULT, tell=lambda keys: each(()))
    for appid in ("wx1", "wx2"):
        await store.put_secrets(appid, token="token", aes_key="key", now=NOW)
    await spoil(database, f"UPDATE callbacks SET secrets = '{LOST}' WHERE appid = 'wx1'")

    with capture_logs():
        listed = [view.appid for view in await store.view()]
    await store.put_secrets("wx1", token="new", aes_key="new", now=NOW)

    secrets = await store.secrets("wx1")
    assert listed == ["wx2"]
    assert secrets is not None
    assert secrets.tokens == ("new",)
