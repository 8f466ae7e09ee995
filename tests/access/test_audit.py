"""Who read and changed what."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.access.doors import end, make
from tests.business import Business
from tests.clock import START, FakeClock
from tests.house import APPID, SECRET, Caller, WeChat, daemon, in_memory
from tests.stores.memory import MemoryDatabase, memory_database
from tests.stores.suite import VAULT
from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.audit import AuditFilter, Auditor
from wechat_scheduler.access.model import Key, Scope
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.access.audit import AuditedDatabase, SqlAudit
from wechat_scheduler.storage.access.keys import SqlKeys
from wechat_scheduler.storage.database import Database, Script, Statement, each, rows_of

T = TypeVar("T")

KEY = Key(id="k", name="k", hash="h", scopes=frozenset((Scope.READ,)), created_at=START)
JOB = f"{APPID}/access_token"


async def entries(keeper: Caller, query: str = "") -> list[dict[str, Any]]:
    await keeper.daemon.cores.rounds.run_once()
    found: list[dict[str, Any]] = (await keeper.call("GET", f"/v1/audit{query}")).result
    return found


async def test_a_second_revocation_and_the_same_origins_are_no_entry(keeper: Caller) -> None:
    key = await make(keeper, "register")
    origins = {"origins": ["https://shop.example.com"]}
    for _ in range(2):
        await end(keeper, key)
        await keeper.call("PUT", f"/v1/jssdk/{APPID}/origins", body=origins)
    for _ in range(2):
        await keeper.call("PUT", f"/v1/jssdk/{APPID}/origins", body={"origins": []})

    found = await entries(keeper)

    assert [entry["action"] for entry in found] == [
        "origins.set", "origins.set", "key.revoked", "key.created",
    ]  # fmt: skip


async def test_each_change_is_an_entry_the_newest_first(
    keeper: Caller, business: Business, clock: FakeClock
) -> None:
    key = await make(keeper, "register")
    body = {"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 0}, {"type": 1}]}
    await keeper.call("POST", "/register", body=body, key=key.text)
    clock.advance(timedelta(minutes=1))
    await keeper.call("POST", f"/task/{APPID}/0/refresh", key=key.text)
    await keeper.call("DELETE", f"/task/{APPID}/1", key=key.text)
    await end(keeper, key)

    found = await entries(keeper)

    assert [(entry["key"], entry["action"], entry["object"]) for entry in found] == [
        ("admin", "key.revoked", key.id),
        (key.id, "job.removed", f"{APPID}/jsapi_ticket"),
        (key.id, "job.refreshed", JOB),
        (key.id, "job.registered", f"{APPID}/jsapi_ticket"),
        (key.id, "job.registered", JOB),
        ("admin", "key.created", key.id),
    ]
    assert {entry["address"] for entry in found} == {"127.0.0.1"}
    assert {entry["count"] for entry in found} == {1}
    assert [found[0]["at"], found[-1]["at"]] == ["2026-11-18T02:31:00Z", "2026-11-18T02:30:00Z"]


async def test_what_changes_nothing_is_no_entry(keeper: Caller) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    before = await entries(keeper)

    await keeper.register({"type": 0})
    await keeper.call("DELETE", f"/task/{APPID}/1")
    await keeper.register({"type": 0}, appid="wx 1")

    assert await entries(keeper) == before


async def test_an_account_without_tasks_is_an_entry_too(keeper: Caller) -> None:
    await keeper.register()

    assert [entry["object"] for entry in await entries(keeper)] == [APPID]


async def test_reads_are_one_entry_for_each_key_job_and_hour(
    keeper: Caller, clock: FakeClock
) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    shop = await make(keeper, "read")
    for minutes in (0, 10, 15, 20):  # 02:30, 02:40, 02:55, 03:15
        clock.advance(timedelta(minutes=minutes))
        await keeper.call("GET", f"/task/{APPID}/0", key=shop.text)
        await keeper.fetch(f"{APPID}/access_token")
        await keeper.daemon.cores.rounds.run_once()

    found = await entries(keeper, "?action=credential.read")

    assert {
        (entry["key"], entry["at"][11:16], entry["object"], entry["count"], entry["address"])
        for entry in found
    } == {
        (shop.id, "02:00", JOB, 3, ""),
        (shop.id, "03:00", JOB, 1, ""),
        ("admin", "02:00", JOB, 3, ""),
        ("admin", "03:00", JOB, 1, ""),
    }


async def test_entries_are_found_by_key_action_and_object(keeper: Caller) -> None:
    await keeper.register({"type": 0}, {"type": 1})
    await keeper.register({"type": 0}, appid="wx11")
    key = await make(keeper, "read")

    found = [
        [entry["object"] for entry in await entries(keeper, query)]
        for query in (
            f"?object={APPID}",
            f"?object={JOB}",
            "?object=wx1",
            "?action=key.created",
            f"?key={key.id}",
            "?key=admin&object=wx11",
        )
    ]

    assert found == [
        [f"{APPID}/jsapi_ticket", JOB], [JOB], [], [key.id], [], ["wx11/access_token"],
    ]  # fmt: skip


async def test_the_audit_comes_in_pages_that_miss_nothing(keeper: Caller) -> None:
    for number in range(5):
        await keeper.register({"type": 0}, appid=f"wx{number}")

    path, found, sizes = "/v1/audit?limit=2&action=job.registered", [], []
    while path:
        page = await keeper.call("GET", path)
        found += [entry["object"] for entry in page.result]
        sizes.append(len(page.result))
        path = page.headers.get("Link", "").partition("<")[2].partition(">")[0]

    assert found == [f"wx{number}/access_token" for number in reversed(range(5))]
    assert sizes == [2, 2, 1]


async def test_a_page_that_there_cannot_be_is_refused(keeper: Caller) -> None:
    for query in ("limit=0", "limit=x", "limit=" + "9" * 5000, "before=x"):
        answer = await keeper.call("GET", f"/v1/audit?{query}")

        assert answer.status == 400, query
        assert answer.json["message"].startswith(query.partition("=")[0]), query


async def test_what_is_older_than_the_retention_goes(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    async with daemon(
        tmp_path, weixin.url, clock=clock, opener=in_memory, state__audit_retention="2d"
    ) as keeper:
        await keeper.register({"type": 0})
        clock.advance(timedelta(days=1, hours=23))
        await keeper.register({"type": 1})
        before = len(await entries(keeper))
        clock.advance(timedelta(hours=2))

        after = await entries(keeper)

    assert before == 2
    assert [entry["object"] for entry in after] == [f"{APPID}/jsapi_ticket"]


async def kept(database: MemoryDatabase) -> list[tuple[str, str, int]]:
    rows = await database.read("SELECT action, object, count, at FROM audit ORDER BY at, action")
    return [(row["action"], row["object"], row["count"]) for row in rows]


async def test_a_store_that_does_not_answer_gets_the_counts_later() -> None:
    clock, database = FakeClock(), memory_database()
    await SqlKeys(database, VAULT).add(KEY, signing_secret="secret")
    auditor = Auditor(SqlAudit(database), clock=clock)
    database.down = True
    auditor.tally("k", "wx1").reads += 3
    auditor.seen("k")

    with pytest.raises(StorageError):
        await auditor.flush()
    database.down = False
    auditor.tally("k", "wx1").reads += 1
    await auditor.flush()
    await auditor.flush()

    (key,) = await SqlKeys(database, VAULT).all_keys()
    assert await kept(database) == [("credential.read", "wx1", 4)]
    assert key.last_used_at == START


async def test_a_list_of_keys_stores_their_last_uses_and_no_reads() -> None:
    clock, database = FakeClock(), Transactions()
    await SqlKeys(database, VAULT).add(KEY, signing_secret="secret")
    auditor = Auditor(SqlAudit(database), clock=clock)
    for number in range(600):
        auditor.tally("k", f"wx{number}").reads += 1
    before = database.count

    await auditor.settle_uses()

    (key,) = await SqlKeys(database, VAULT).all_keys()
    assert (key.last_used_at, database.count - before) == (START, 1)
    assert await kept(database) == []
    database.down = True
    await auditor.settle_uses()
    database.down = False
    assert len(await auditor.find(AuditFilter(limit=999))) == 600


@pytest.mark.parametrize("damaged", [2**63 - 1, -1])
async def test_a_damaged_count_keeps_no_other_from_being_stored(
    database: Database, damaged: int
) -> None:
    auditor = Auditor(SqlAudit(database), clock=FakeClock())
    auditor.tally("k", "wx1").reads += 3
    await auditor.flush()
    spoil = Statement("UPDATE audit SET count = $1", (damaged,))
    await database.write(lambda: each([spoil]))

    for name in ("wx1", "wx2"):
        auditor.tally("k", name).reads += 2
    await auditor.flush()

    counts = [(it.object, it.count) for it in await auditor.find(AuditFilter(limit=9))]
    assert sorted(counts) == [("wx1", 2), ("wx2", 2)]


def revoked(auditor: Auditor) -> AbstractContextManager[None]:
    return auditor.noting(Action.KEY_REVOKED, lambda _: ("k",), key="admin", address="192.0.2.7")


REVOKED = (Action.KEY_REVOKED, "k", 1)


async def test_a_change_and_its_entry_are_one_transaction() -> None:
    transactions = Transactions()
    clock, keys = FakeClock(), SqlKeys(AuditedDatabase(transactions), VAULT)
    auditor = Auditor(SqlAudit(transactions), clock=clock)
    await keys.add(KEY, signing_secret="secret")
    before = transactions.count

    with revoked(auditor):
        await keys.revoke("k", spare="", now=START)
        await keys.lapse(now=START)

    assert await kept(transactions) == [REVOKED]
    assert transactions.count == before + 2


async def test_a_change_that_is_not_made_has_no_entry() -> None:
    transactions = Transactions()
    clock, keys = FakeClock(), SqlKeys(AuditedDatabase(transactions), VAULT)
    auditor = Auditor(SqlAudit(transactions), clock=clock)
    await keys.add(KEY, signing_secret="secret")

    with revoked(auditor):
        assert not await keys.revoke("unknown", spare="", now=START)
    transactions.down = True
    with revoked(auditor), pytest.raises(StorageError):
        await keys.revoke("k", spare="", now=START)
    transactions.down = False
    await keys.revoke("k", spare="", now=START)

    assert await kept(transactions) == []


async def test_an_entry_that_cannot_be_stored_undoes_its_change() -> None:
    database = memory_database()
    clock, keys = FakeClock(), SqlKeys(AuditedDatabase(database), VAULT)
    auditor = Auditor(SqlAudit(database), clock=clock)
    await keys.add(KEY, signing_secret="secret")
    database.run(rows_of(Statement("DROP TABLE audit")))

    with revoked(auditor), pytest.raises(sqlite3.OperationalError):
        await keys.revoke("k", spare="", now=START)

    (key,) = await keys.all_keys()
    assert key.revoked_at is None


class Transactions(MemoryDatabase):
    """Counts them."""

    def __init__(self) -> None:
        super().__init__()
        memory_database().pour_into(self)
        self.count = 0

    async def write(self, script: Callable[[], Script[T]]) -> T:
        self.count += 1
        return await super().write(script)


async def test_an_hour_that_is_over_is_counted_to_its_end_and_then_forgotten() -> None:
    clock, database = FakeClock(), memory_database()
    auditor = Auditor(SqlAudit(database), clock=clock)
    tally = auditor.tally("k", "wx1")
    tally.reads += 1
    clock.advance(timedelta(minutes=30))

    auditor.tally("k", "wx1").reads += 1
    tally.reads += 1  # somebody who took it before the hour was over
    await auditor.flush()

    assert await kept(database) == [("credential.read", "wx1", 2), ("credential.read", "wx1", 1)]
    assert tally.reads == 0
    assert auditor.tally("k", "wx1") is not tally
