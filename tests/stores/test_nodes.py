"""The processes that share a database leave a sign of life, and show what they hold."""

from dataclasses import replace
from datetime import timedelta

from structlog.testing import capture_logs

from tests.stores.samples import LEASE, NOW, SECOND, TOKEN, registration
from tests.stores.suite import sql_credentials
from wechat_scheduler.engine.nodes import KEPT, SILENT_AFTER, Node, NodeState
from wechat_scheduler.storage.database import Database, Statement, rows_of
from wechat_scheduler.storage.nodes import all_nodes, new_name
from wechat_scheduler.storage.upkeep.pulses import SqlPulse

HERE = Node(
    name=new_name(),
    host="one",
    version="1.0",
    started_at=NOW,
    seen_at=NOW,
    ahead=timedelta(milliseconds=-1500),
    answer=timedelta(milliseconds=2),
    schema_version=26,
)
THERE = replace(HERE, name=new_name(), host="two")


async def test_each_node_is_listed_as_it_was_last_seen(database: Database) -> None:
    pulse = SqlPulse(database)
    later = replace(HERE, seen_at=NOW + SECOND, ahead=timedelta(seconds=3))

    for node in (HERE, THERE, later):
        await pulse.beat(node)

    assert [view.node for view in await all_nodes(database)] == [later, THERE]


async def test_a_node_that_ends_is_gone_and_one_that_died_is_forgotten_later(
    database: Database,
) -> None:
    pulse = SqlPulse(database)
    for node in (HERE, THERE):
        await pulse.beat(node)

    await pulse.leave(THERE.name)
    left = [view.node for view in await all_nodes(database)]
    await pulse.beat(replace(THERE, seen_at=NOW + KEPT + SECOND))

    assert left == [HERE]
    assert [view.node.name for view in await all_nodes(database)] == [THERE.name]


async def test_a_node_shows_how_many_rows_it_holds(database: Database) -> None:
    for node in (HERE, THERE):
        await SqlPulse(database).beat(node)
    store = sql_credentials(database, HERE.name)
    await store.register(registration(TOKEN), now=NOW)

    await store.claim(now=NOW, limit=5, lease=LEASE)

    held = {view.node.name: dict(view.holds) for view in await all_nodes(database)}
    nothing = {"credential": 0, "reminder": 0, "delivery": 0, "event": 0}
    assert held == {HERE.name: nothing | {"credential": 1}, THERE.name: nothing}


def test_a_node_without_a_sign_of_life_is_silent() -> None:
    states = [HERE.state(NOW + SILENT_AFTER - SECOND), HERE.state(NOW + SILENT_AFTER)]

    assert states == [NodeState.ALIVE, NodeState.SILENT]


async def test_a_node_that_cannot_be_read_hides_no_other(database: Database) -> None:
    for node in (HERE, THERE):
        await SqlPulse(database).beat(node)
    damage = Statement("UPDATE nodes SET started_at = $1 WHERE name = $2", (2**62, HERE.name))
    await database.write(lambda: rows_of(damage))

    with capture_logs() as logs:
        found = await all_nodes(database)

    assert [view.node for view in found] == [THERE]
    assert [(log["table"], log["row"]) for log in logs] == [("nodes", HERE.name)]
