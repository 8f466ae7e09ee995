"""The daemon at a glance, for each key as far as it reaches."""

import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.house import APPID, Caller, in_memory
from tests.keeper.test_registration_checks import check
from tests.reminders.remembering import draft
from tests.sending.town import town
from tests.statistics.test_counting import OTHER, SEND, key_for, send
from tests.stores.memory import MemoryDatabase, memory_database
from wechat_scheduler.storage import overview as statements
from wechat_scheduler.storage.database import Database, Statement, each
from wechat_scheduler.storage.overview import SqlOverview


async def overview(caller: Caller, **options: Any) -> Any:
    return (await caller.call("GET", "/v1/overview", **options)).result


async def test_what_waits_is_counted_within_the_reach_of_the_key(tmp_path: Path) -> None:
    async with town(tmp_path, opener=in_memory) as place:
        uids = [await place.follow() for _ in range(2)]
        place.wechat.sandbox.script(SEND, errcode=40036)
        await send(place, uids[0])
        await place.settle()
        await send(place, uids[1])
        for hours in (1, 23, 25):
            at = place.clock.now() + timedelta(hours=hours)
            await place.desk.create(draft(at, app_id=place.app.id, owner=uids[0]))
        seen = await overview(place.caller)
        own = await overview(place.caller, key=await key_for(place.caller, appids=[APPID]))
        none = await overview(place.caller, key=await key_for(place.caller, appids=[OTHER]))

    counted = {name: count["number"] for name, count in seen["work"].items()}
    assert counted == {"waiting": 1, "dead": 1, "reminders": 2}
    assert own["work"] == seen["work"]
    assert {count["number"] for count in none["work"].values()} == {0}
    assert (seen["credentials"]["states"]["fresh"], none["credentials"]["all"]) == (1, 0)
    assert own["nodes"] is own["egress"] is None


async def test_the_daemon_says_how_it_is(keeper: Caller, clock: FakeClock, weixin: Any) -> None:
    unknown = await overview(keeper)
    weixin.sandbox.whitelist(APPID, ["203.0.113.7"])
    await check(keeper, {"type": 0})
    tried = await overview(keeper)
    await keeper.register({"type": 0})
    await keeper.settle()
    clock.advance(timedelta(minutes=2))
    seen = await overview(keeper)

    assert unknown["egress"] == []
    assert "only when it refuses one (40164)" in unknown["egress_advice"]
    assert [one["address"] for one in tried["egress"]] == ["127.0.0.1"]
    assert [(one["host"], one["address"]) for one in seen["egress"]] == [
        (socket.gethostname(), "127.0.0.1")
    ]
    assert seen["egress_advice"] == ""
    assert seen["uptime_seconds"] == 120
    assert set(seen["loops"]) == {"refreshing", "reminding", "dispatching", "hearing"}
    assert [node["version"] for node in seen["nodes"]] == [seen["version"]]
    store = seen["store"]
    assert (store["kind"], store["answers"], store["error"]) == ("sqlite", True, "")
    assert store["size"] > 100_000


async def test_a_store_that_does_not_respond_is_said_and_the_rest_is_shown(keeper: Caller) -> None:
    database = keeper.daemon.ground.database
    assert isinstance(database, MemoryDatabase)
    database.down = True

    seen = await overview(keeper)

    assert (seen["store"]["answers"], seen["store"]["size"]) == (False, None)
    assert seen["credentials"] is seen["work"] is seen["nodes"] is seen["egress"] is None
    assert seen["loops"]


async def test_no_more_rows_are_counted_than_a_person_reads(
    database: Database, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    monkeypatch.setattr(statements, "MOST_ROWS", 2)
    monkeypatch.setattr(statements, "COUNT", statements.COUNT.replace("10001", "3"))
    put = "INSERT INTO deliveries (id, channel, target, collapse_key, state, due_at, created_at, app_id) VALUES ($1, 'person', 'x', $2, 'pending', 1, 1, $3)"
    rows = [Statement(put, (number, str(number), number % 2 - 1)) for number in range(6)]
    await database.write(lambda: each(rows))
    store = SqlOverview(database)

    counts = await store.work(apps=None, now=clock.now())
    of_none = await store.work(apps=[5], now=clock.now())

    assert counts.waiting == (2, True)  # of three; a notification of a credential is none
    assert of_none.waiting == (0, False)
    assert await store.size() > 0


@pytest.mark.parametrize("which", [statements.WAITING, statements.DEAD, statements.DUE])
@pytest.mark.parametrize("apps", [None, [1, 2]])
async def test_the_counts_find_their_rows_by_index(which: str, apps: list[int] | None) -> None:
    table = "reminders" if which is statements.DUE else "deliveries"
    sql = statements.COUNT.format(table=table, where=which.format("1"))
    if apps:
        sql = sql.replace(" LIMIT", " AND app_id IN (1, 2) LIMIT")

    plan = await memory_database().read(f"EXPLAIN QUERY PLAN {sql}")

    assert all("USING" in row["detail"] for row in plan if table in row["detail"])
