"""Removed apps and topics: gone at once, and what belonged to them in parts."""

from dataclasses import replace
from functools import partial

from tests.audience.people import People, an_app
from tests.clock import START
from tests.stores.samples import SECOND
from tests.stores.suite import VAULT
from wechat_scheduler.audience.model import Topic
from wechat_scheduler.engine.housekeeping import SLICE
from wechat_scheduler.storage.audience.apps import SqlApps
from wechat_scheduler.storage.audience.removals import PART, next_part
from wechat_scheduler.storage.database import Database, Script, Statement
from wechat_scheduler.storage.upkeep.retention import forgetting

APP = replace(an_app("shop"), id=1)
OTHER = replace(an_app("other"), id=2)
MANY = 2 * PART + 1
NUMBERS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)"
SUBSCRIBE = f"""
    INSERT INTO subscriptions (id, app_id, topic_id, uid, created_at)
    {NUMBERS} SELECT $2 * 4000 + $3 * 1000 + i, $2, $3, 'UID_' || i, 0 FROM n
"""
DELIVER = f"""
    INSERT INTO deliveries (id, channel, target, state, due_at, created_at, app_id, priority)
    {NUMBERS} SELECT $2 * 4000 + i, 'webhook', '', 'pending', 0, 0, $2, 1 FROM n
"""
LEFT = """
    SELECT (SELECT count(*) FROM subscriptions WHERE app_id = $1 AND topic_id = 0)
            AS subscriptions,
        (SELECT count(*) FROM subscriptions WHERE app_id = $1 AND topic_id = 1) AS of_topic,
        (SELECT count(*) FROM deliveries WHERE app_id = $1 AND state = 'pending') AS pending
"""


async def test_what_belonged_to_an_app_goes_in_parts_and_nothing_else_does(
    database: Database,
) -> None:
    store = await crowded(database)

    await store.remove_app(APP.id, now=START)
    first = await left(database, APP.id)
    rounds = await swept(database)

    assert (sum(first[:2]), first[2]) == (2 * MANY - PART, MANY - PART)
    assert await left(database, APP.id) == (0, 0, 0)
    assert await left(database, OTHER.id) == (MANY, MANY, MANY)
    assert rounds > 2


async def test_the_subscriptions_of_a_topic_go_in_parts(database: Database) -> None:
    await crowded(database)
    topics = People(database).topics
    await topics.add(
        Topic(id=1, app_id=APP.id, name="news", description="", created_at=START), once=None
    )

    await topics.remove(APP.id, 1, now=START)
    first = await left(database, APP.id)
    await swept(database)

    assert first == (MANY, MANY - PART, MANY)
    assert await left(database, APP.id) == (MANY, 0, MANY)
    assert await left(database, OTHER.id) == (MANY, MANY, MANY)


async def test_what_was_under_way_while_an_app_was_removed_goes_too(database: Database) -> None:
    store = SqlApps(database, VAULT)
    await store.add_app(APP, [], once=None)
    await store.remove_app(APP.id, now=START)
    await database.write(partial(_filled, APP.id))

    early = await forgetting(database, next_part)(START - SECOND, SLICE)
    await swept(database)

    assert early == 0
    assert await left(database, APP.id) == (0, 0, 0)
    assert await database.read("SELECT app_id FROM removals") == []


async def crowded(database: Database) -> SqlApps:
    """Two apps with many subscriptions and deliveries each."""
    store = SqlApps(database, VAULT)
    for app in (APP, OTHER):
        await store.add_app(app, [], once=None)
        await database.write(partial(_filled, app.id))
    return store


def _filled(app_id: int) -> Script[None]:
    for topic_id in (0, 1):
        yield Statement(SUBSCRIBE, (MANY, app_id, topic_id))
    yield Statement(DELIVER, (MANY, app_id))


async def left(database: Database, app_id: int) -> tuple[int, int, int]:
    (row,) = await database.read(LEFT, app_id)
    return row["subscriptions"], row["of_topic"], row["pending"]


async def swept(database: Database) -> int:
    """Until nothing is left; returns how many parts it took."""
    forget, parts = forgetting(database, next_part), 0
    while await forget(START, SLICE):
        parts += 1
    return parts
