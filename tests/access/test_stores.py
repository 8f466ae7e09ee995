"""Keys and the audit in a database, of each kind."""

from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from tests.clock import START
from tests.databases import Open
from tests.stores.memory import MeasuredDatabase, memory_database
from tests.stores.samples import (
    APPID,
    HOUR,
    SECOND,
    TOKEN,
    USER,
    registration,
    rotated,
    task,
)
from tests.stores.suite import VAULT, sql_credentials
from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.audit import AuditEntry, AuditFilter
from wechat_scheduler.access.model import Key, Scope, digest
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.storage.access.audit import SqlAudit, put_entries
from wechat_scheduler.storage.access.keys import PART, SqlKeys
from wechat_scheduler.storage.credentials.notifications import notification_target
from wechat_scheduler.storage.database import Database, Statement, each, rows_of

DAY = timedelta(days=1)


def a_key(key_id: str = "key_1", **fields: Any) -> Key:
    given: dict[str, Any] = {
        "name": "shop",
        "scopes": frozenset((Scope.READ,)),
        "created_at": START,
    } | fields
    return Key(id=key_id, hash=digest(key_id), **given)


def a_read(**fields: Any) -> AuditEntry:
    given: dict[str, Any] = {
        "at": START,
        "key": "key_1",
        "object": "wx1/access_token",
        "count": 1,
    } | fields
    return AuditEntry(action=Action.READ, **given)


async def test_a_key_comes_back_as_it_was_put(database: Database) -> None:
    store = SqlKeys(database, VAULT)
    full = a_key(
        name="the shop's",
        scopes=frozenset(Scope),
        appids=frozenset(("wx1", "wx_2")),
        kinds=frozenset(("access_token",)),
        networks=(ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")),
        expires_at=START + DAY,
    )
    bare = a_key("key_2", created_at=START + SECOND)

    await store.add(full, signing_secret="whsec_1")
    await store.add(bare, signing_secret="whsec_2")

    assert await store.all_keys() == [full, bare]


async def test_a_key_is_revoked_once_and_stays_so(database: Database) -> None:
    store = SqlKeys(database, VAULT)
    await store.add(a_key(), signing_secret="whsec_1")

    found = [
        await store.revoke("key_1", spare="", now=START + SECOND),
        await store.revoke("key_1", spare="", now=START + DAY),
        await store.revoke("key_2", spare="", now=START),
    ]

    assert found == [True, True, False]
    assert [key.revoked_at for key in await store.all_keys()] == [START + SECOND]


@pytest.mark.parametrize("column", ["created_at", "last_used_at"])
async def test_a_key_is_valid_while_what_is_only_shown_of_it_is_damaged(column: str) -> None:
    database = memory_database()
    await SqlKeys(database, VAULT).add(a_key(), signing_secret="whsec_1")
    database.run(each([Statement(f"UPDATE api_keys SET {column} = 'x'", ())]))

    (found,) = await SqlKeys(database, VAULT).all_keys()

    assert (found.hash, found.last_used_at) == (digest("key_1"), None)


async def test_an_admin_key_that_is_spared_keeps_what_was_registered(database: Database) -> None:
    store, jobs = SqlKeys(database, VAULT), sql_credentials(database, "here")
    usable = [await store.put_admin(hash_, now=START) for hash_ in ("old", "new")]
    await jobs.register(registration(task(TOKEN, notify="http://a/n"), owner="admin"), now=START)

    await store.revoke("admin", spare="new", now=START)
    again = [await store.put_admin(hash_, now=START) for hash_ in ("old", "new")]

    assert (usable, again) == ([True, True], [False, True])
    (view,) = await jobs.view(limit=10)
    assert [receiver.notify for receiver in view.receivers] == ["http://a/n"]


@pytest.mark.parametrize("end", ["revoke", "lapse"])
async def test_the_addresses_of_a_key_that_ended_are_gone_and_those_of_others_stay(
    database: Database, end: str
) -> None:
    store, jobs = SqlKeys(database, VAULT), sql_credentials(database, "here")
    for owner, lifetime in (("gone", DAY), ("here", 2 * DAY)):
        key = a_key(owner, expires_at=START + lifetime)
        await store.add(key, signing_secret=f"whsec_{owner}")
        wanted = task(USER, notify=f"http://{owner}/n", params=f"http://{owner}/p")
        await jobs.register(registration(wanted, owner=owner), now=START)

    if end == "revoke":
        await store.revoke("gone", spare="", now=START + DAY)
    else:
        await store.lapse(now=START + DAY - SECOND)
        assert len((await claimed(jobs, START))[0].params) == 2
        await store.lapse(now=START + DAY)

    (job,) = await claimed(jobs, START + DAY)
    (view,) = await jobs.view(limit=10)
    assert job.params == ("http://here/p",)
    assert [(one.owner, one.notify) for one in view.receivers] == [
        ("gone", ""), ("here", "http://here/n"),
    ]  # fmt: skip


async def test_what_was_to_be_told_to_a_key_that_ended_is_not(database: Database) -> None:
    store, jobs = SqlKeys(database, VAULT), sql_credentials(database, "here")
    await store.add(a_key("gone"), signing_secret="whsec_1")
    await jobs.register(registration(task(TOKEN, notify="http://g/n"), owner="gone"), now=START)
    (job,) = await claimed(jobs, START)
    await jobs.save(rotated(job, "value"), now=START)
    before = (await jobs.view(limit=1))[0].receivers[0].state

    await store.revoke("gone", spare="", now=START)

    after = (await jobs.view(limit=1))[0].receivers[0].state
    assert (before, after) == ("pending", "cancelled")


async def test_reads_of_one_hour_add_up(database: Database) -> None:
    store = SqlAudit(database)
    await store.count([a_read(count=3), a_read(key="key_2"), a_read(object="wx2/access_token")])

    await store.count([a_read(count=4), a_read(at=START + timedelta(hours=1), count=5)])

    found = await store.find(AuditFilter(limit=10))
    assert sorted((one.key, one.object, one.at, one.count) for one in found) == [
        ("key_1", "wx1/access_token", START, 7),
        ("key_1", "wx1/access_token", START + timedelta(hours=1), 5),
        ("key_1", "wx2/access_token", START, 1),
        ("key_2", "wx1/access_token", START, 1),
    ]


async def test_changes_do_not_add_up(database: Database) -> None:
    store = SqlAudit(database)
    change = AuditEntry(at=START, key="k", address="::1", action=Action.REFRESHED, object="wx1")

    await database.write(lambda: put_entries([change, change]))

    found = await store.find(AuditFilter(limit=10))
    assert [(one.id > 0, one.at, one.address, one.action) for one in found] == [
        (True, START, "::1", Action.REFRESHED)
    ] * 2


@pytest.mark.parametrize("counts", [True, False], ids=["a read", "a change"])
async def test_an_entry_with_the_largest_number_keeps_no_other_from_the_audit(
    database: Database, counts: bool
) -> None:
    store = SqlAudit(database)
    change = AuditEntry(at=START, key="k", action=Action.REFRESHED, object="wx1")
    await database.write(lambda: put_entries([change]))
    await database.write(lambda: rows_of(Statement(f"UPDATE audit SET id = {2**63 - 1}")))

    if counts:
        await store.count([a_read()])
    else:
        await database.write(lambda: put_entries([change]))

    found = await store.find(AuditFilter(limit=10))
    assert len(found) == 2
    assert all(0 < one.id < 1000 for one in found)


BELOW: list[tuple[str, list[str]]] = [
    ("wx_1", ["wx_1", "wx_1/access_token", "wx_1/access_token/o1"]),
    ("wx_1/access_token", ["wx_1/access_token", "wx_1/access_token/o1"]),
    ("wx_1/access_token/o1", ["wx_1/access_token/o1"]),
    ("wx_", []),
    ("", ["wx_1", "wx_1/access_token", "wx_1/access_token/o1", "wxa1/access_token"]),
]


async def test_an_object_is_found_with_what_lies_below_it(database: Database) -> None:
    store = SqlAudit(database)
    names = ["wx_1", "wx_1/access_token", "wx_1/access_token/o1", "wxa1/access_token"]
    removed = [AuditEntry(at=START, key="k", action=Action.REMOVED, object=name) for name in names]
    await database.write(lambda: put_entries(removed))

    for wanted, found in BELOW:
        entries = await store.find(AuditFilter(object=wanted, limit=10))

        assert sorted(entry.object for entry in entries) == found, wanted


async def test_a_last_use_never_goes_back(database: Database) -> None:
    store, audit = SqlKeys(database, VAULT), SqlAudit(database)
    await store.add(a_key(), signing_secret="whsec_1")

    for at in (START + SECOND, START + DAY, START):
        await audit.used({"key_1": at, "key_0": at})

    assert [key.last_used_at for key in await store.all_keys()] == [START + DAY]


async def test_a_key_that_was_made_before_there_were_scopes_is_an_admin_key(
    open_again: Open,
) -> None:
    database = await open_again()
    insert = (
        "INSERT INTO api_keys (hash, id, name, signing_secret, created_at)"
        " VALUES ('h', 'admin', 'n', '', 0)"
    )
    await database.write(lambda: each([Statement(insert)]))

    (key,) = await SqlKeys(database, VAULT).all_keys()

    assert key.scopes == {Scope.ADMIN}
    assert key.reaches("wx1", "access_token")


async def claimed(jobs: Any, now: Any) -> Any:
    found = await jobs.claim(now=now, limit=10, lease=timedelta(0))
    assert found
    return found


async def test_a_key_with_very_many_registrations_ends_in_transactions_of_a_bounded_size() -> None:
    database = MeasuredDatabase()
    store, jobs = SqlKeys(database, VAULT), sql_credentials(database, "here")
    await store.add(a_key("gone"), signing_secret="whsec_1")
    many = [JobKey(APPID, "oauth2_access_token", f"o{number}") for number in range(2 * PART + 7)]
    tasks = [task(key, notify="http://g/n", params="http://g/p") for key in many]
    await jobs.register(registration(*tasks, owner="gone"), now=START)
    database.changes.clear()

    await store.revoke("gone", spare="", now=START)
    while await store.silence():
        pass

    assert max(database.changes) <= 4 * PART
    assert (
        await database.read("SELECT 1 FROM registrations WHERE notify <> '' OR params <> ''") == []
    )
    assert await database.read("SELECT 1 FROM jobs WHERE params <> ''") == []


async def test_a_key_that_is_being_ended_is_told_nothing_more() -> None:
    database = MeasuredDatabase()
    store, jobs = SqlKeys(database, VAULT), sql_credentials(database, "here")
    await store.add(a_key("gone"), signing_secret="whsec_1")
    many = [JobKey(APPID, "oauth2_access_token", f"o{number:04}") for number in range(PART + 1)]
    tasks = [task(key, notify="http://g/n") for key in many]
    await jobs.register(registration(*tasks, owner="gone"), now=START)
    for job in await jobs.claim(now=START, limit=len(many), lease=HOUR):
        await jobs.save(rotated(job, "value"), now=START)
    target = notification_target(many[-1], "gone")
    before = await jobs.notification(target)

    await store.revoke("gone", spare="", now=START)

    assert before is not None
    assert await jobs.notification(target) is None


async def test_entries_of_a_span_are_found(database: Database) -> None:
    store, hour = SqlAudit(database), timedelta(hours=1)
    entries = [
        AuditEntry(at=START + n * hour, key="k", action=Action.REMOVED, object=f"wx{n}")
        for n in range(4)
    ]
    await database.write(lambda: put_entries(entries))

    found = [
        [one.object for one in await store.find(AuditFilter(limit=10, since=since, until=until))]
        for since, until in (
            (START + hour, START + 3 * hour), (START + 2 * hour, None), (None, START + hour),
        )
    ]  # fmt: skip

    assert found == [["wx2", "wx1"], ["wx3", "wx2"], ["wx0"]]
