"""Consumers in a database, of each kind."""

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from itertools import product

import pytest

from tests.clock import START
from tests.stores.memory import memory_database
from tests.stores.suite import VAULT
from wechat_scheduler.access.once import Once, RepeatedError
from wechat_scheduler.errors import ConflictError
from wechat_scheduler.gateway.model import Consumer
from wechat_scheduler.storage.access.consumers import SqlConsumers
from wechat_scheduler.storage.database import Database, Statement, each


def a_consumer(name: str = "shop", **fields: object) -> Consumer:
    given = {"hash": name, "appids": frozenset(("wx1",)), "created_at": START} | fields
    return Consumer(name=name, **given)  # type: ignore[arg-type] # the fields of a test


async def test_a_consumer_comes_back_as_it_was_put(database: Database) -> None:
    store = SqlConsumers(database, VAULT)
    full = a_consumer(
        appids=frozenset(("wx1", "wx_2")),
        networks=(ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")),
        per_minute=60,
        per_day=1000,
        allow_paths=("/cgi-bin/*", "GET /wxa/b"),
        deny_paths=("/c",),
        stand_in=True,
    )

    await store.add(full)
    await store.add(a_consumer("crm"))

    assert await store.all_consumers() == [a_consumer("crm"), full]


async def test_a_repeat_is_known_and_a_namesake_is_refused_and_keeps_no_response(
    database: Database,
) -> None:
    def once(key: str) -> Once:
        return Once(scope="key_1 POST /v1/consumers", key=key, digest="d", response=f"made {key}")

    store = SqlConsumers(database, VAULT)
    await store.add(a_consumer(), once=once("first"))

    with pytest.raises(RepeatedError) as repeated:
        await store.add(a_consumer(hash="other"), once=once("first"))
    for _ in range(2):
        with pytest.raises(ConflictError, match="there is a consumer shop"):
            await store.add(a_consumer(hash="other"), once=once("second"))

    assert repeated.value.response == "made first"
    assert await store.all_consumers() == [a_consumer()]


async def test_a_change_keeps_the_secret_the_generation_and_what_else_is_not_given(
    database: Database,
) -> None:
    store = SqlConsumers(database, VAULT)
    await store.add(a_consumer(per_day=9, stand_in=True))
    await store.add(a_consumer("crm"))
    await store.rotate("shop", digest="other", now=START)

    changed = await store.change("shop", lambda one: replace(one, per_minute=5, deny_paths=("/a",)))

    full = a_consumer(
        hash="other", generation=2, per_minute=5, per_day=9, deny_paths=("/a",), stand_in=True
    )
    assert changed == full
    assert await store.all_consumers() == [a_consumer("crm"), full]


async def test_a_consumer_that_has_ended_is_not_changed(database: Database) -> None:
    store = SqlConsumers(database, VAULT)
    await store.add(a_consumer())
    await store.revoke("shop", now=START)

    changed = [
        await store.change(name, lambda one: replace(one, per_day=1)) for name in ("shop", "nobody")
    ]

    assert changed == [None, None]
    assert [one.per_day for one in await store.all_consumers()] == [0]


async def test_each_end_of_a_secret_raises_the_generation(database: Database) -> None:
    store, later = SqlConsumers(database, VAULT), START + timedelta(hours=1)
    await store.add(a_consumer())

    rotated = await store.rotate("shop", digest="other", now=START)
    revoked = [await store.revoke("shop", now=at) for at in (START, later)]
    too_late = await store.rotate("shop", digest="third", now=later)
    (ended,) = await store.all_consumers()
    await store.add(a_consumer())
    (anew,) = await store.all_consumers()

    assert (rotated, revoked, too_late) == (True, [True, False], False)
    assert (ended.hash, ended.generation, ended.revoked_at) == ("other", 3, START)
    assert (anew.hash, anew.generation, anew.revoked_at) == ("shop", 4, None)
    assert not await store.revoke("nobody", now=START)


async def test_a_repeated_rotation_leaves_the_secret_of_the_first(database: Database) -> None:
    store, once = (
        SqlConsumers(database, VAULT),
        Once(scope="s", key="k", digest="d", response="made"),
    )
    await store.add(a_consumer())
    await store.add(a_consumer("gone"))
    await store.revoke("gone", now=START)

    rotated = await store.rotate("shop", digest="other", now=START, once=once)
    with pytest.raises(RepeatedError) as repeated:
        await store.rotate("shop", digest="third", now=START, once=once)
    ended = [
        await store.rotate("gone", digest="x", now=START, once=replace(once, key="k2"))
        for _ in range(2)
    ]

    assert (rotated, repeated.value.response, ended) == (True, "made", [False, False])
    assert {one.name: (one.hash, one.generation) for one in await store.all_consumers()} == {
        "gone": ("gone", 2),
        "shop": ("other", 2),
    }


async def test_a_consumer_is_found_while_what_is_only_shown_of_it_is_damaged() -> None:
    database = memory_database()
    await SqlConsumers(database, VAULT).add(a_consumer())
    for column, damaged in product(("created_at", "last_used_at"), ("x", b"x", 2**63 - 1)):
        (before,) = await database.read("SELECT created_at, last_used_at FROM consumers")
        change = Statement(f"UPDATE consumers SET {column} = $1", (damaged,))
        database.run(each([change]))

        (found,) = await SqlConsumers(database, VAULT).all_consumers()

        assert (found.hash, found.last_used_at) == ("shop", None), (column, damaged)
        undo = Statement("UPDATE consumers SET created_at = $1, last_used_at = $2", tuple(before))
        database.run(each([undo]))


async def test_a_consumer_opens_nothing_while_its_limits_to_paths_are_damaged() -> None:
    database = memory_database()
    await SqlConsumers(database, VAULT).add(a_consumer(deny_paths=("/cgi-bin/*",), stand_in=True))
    for damaged in ('["no path"]', '"/cgi-bin/*"', "[5]", "{}", "null", ""):
        change = Statement("UPDATE consumers SET deny_paths = $1", (damaged,))
        database.run(each([change]))

        assert await SqlConsumers(database, VAULT).all_consumers() == [], damaged
