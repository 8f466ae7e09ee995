"""Who read a credential is told to those whose key reaches it."""

from datetime import timedelta

from tests.access.doors import make
from tests.clock import START, FakeClock
from tests.house import APPID, Caller
from tests.stores.memory import memory_database
from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.audit import AuditEntry
from wechat_scheduler.storage.access.audit import READERS, SqlAudit
from wechat_scheduler.storage.database import Database

READ = f"/v1/tasks/{APPID}/0/readers"
HOUR = timedelta(hours=1)
JOB = f"{APPID}/access_token"


async def test_who_read_a_credential_is_told_with_the_number_of_reads(
    keeper: Caller, clock: FakeClock
) -> None:
    await keeper.register({"type": 0}, {"type": 1})
    await keeper.settle()
    shop = await make(keeper, "read", appids=[APPID])
    for path, key in ((0, shop.text), (0, shop.text), (0, None), (1, None)):
        await keeper.call("GET", f"/task/{APPID}/{path}", key=key)
    await keeper.daemon.cores.rounds.run_once()

    now = (await keeper.call("GET", READ, key=shop.text)).result
    clock.advance(timedelta(hours=25))
    later = (await keeper.call("GET", READ)).result
    unknown = await keeper.call("GET", f"/v1/tasks/{APPID}/nothing/readers")

    assert [(reader["key"], reader["reads"]) for reader in now] == [(shop.id, 2), ("admin", 1)]
    assert later == []
    assert (unknown.status, unknown.json["reason"]) == (404, "type.unknown")


def reads(key: str, name: str, count: int, *, hours_ago: int = 0) -> AuditEntry:
    at = START - hours_ago * HOUR
    return AuditEntry(at=at, key=key, action=Action.READ, object=name, count=count)


async def test_readers_are_added_up_over_the_hours_by_the_store(database: Database) -> None:
    audit = SqlAudit(database)
    await audit.count(
        [
            reads("a", JOB, 2, hours_ago=3),
            reads("a", JOB, 3),
            reads("b", JOB, 9, hours_ago=1),
            reads("a", f"{JOB}/x", 100),
            reads("c", JOB, 100, hours_ago=30),
        ]
    )

    found = await audit.readers(JOB, since=START - 24 * HOUR)

    assert [(one.key, one.reads, one.last) for one in found] == [
        ("b", 9, START - HOUR),
        ("a", 5, START),
    ]


async def test_readers_are_found_by_index() -> None:
    (step, *_) = await memory_database().read(f"EXPLAIN QUERY PLAN {READERS}", JOB, 1)

    assert "audit_readers" in step["detail"]
