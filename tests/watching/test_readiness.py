"""`/readyz`: can the daemon do its work?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from tests.clock import FakeClock
from tests.house import APPID, Answer, Caller, WeChat, daemon
from tests.postgres import PostgresServer
from tests.template import postgres_template
from wechat_scheduler.engine.clockwork import STUCK


@asynccontextmanager
async def gone(postgres: PostgresServer, url: str) -> AsyncIterator[None]:
    """Lock a database for as long as the block runs."""
    name = urlsplit(url).path.lstrip("/")
    async with postgres.connected() as connection:
        await connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await renamed(connection, name)
        try:
            yield
        finally:
            await connection.execute(f'ALTER DATABASE "{name}_gone" RENAME TO "{name}"')
            await connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


async def renamed(connection: asyncpg.Connection, name: str) -> None:
    """A connection that was allowed a moment before may open after those that are there were ended."""
    for _ in range(3):
        await connection.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
        with suppress(asyncpg.ObjectInUseError):  # after the five seconds that the server waits
            await connection.execute(f'ALTER DATABASE "{name}" RENAME TO "{name}_gone"')
            return
    raise AssertionError("the database stays in use")


async def ready(caller: Caller, key: str | None = None) -> Answer:
    return await caller.call("GET", "/readyz", key=key)


async def test_who_brings_no_key_is_told_yes_or_no(keeper: Caller) -> None:
    await keeper.register({"type": 0})

    answer = await ready(keeper, key="")

    assert (answer.status, answer.json) == (200, "ready\n")


async def test_names_of_what_is_not_fresh_need_a_key(keeper: Caller, clock: FakeClock) -> None:
    await keeper.register({"type": 0}, {"type": 1})
    first = await ready(keeper)
    await keeper.settle()

    second = await ready(keeper)

    assert first.result["not_fresh"] == [
        {"appid": APPID, "kind": "access_token", "subject": "", "state": "pending"},
        {"appid": APPID, "kind": "jsapi_ticket", "subject": "", "state": "pending"},
    ]
    assert second.result == {
        "ready": True,
        "store": True,
        "loops": dict.fromkeys(("refreshing", "reminding", "dispatching", "hearing"), True),
        "not_fresh": [],
        "clock_ahead_seconds": 0.0,
    }


async def test_a_key_is_told_only_the_names_that_it_may_read(keeper: Caller) -> None:
    await keeper.register({"type": 0}, {"type": 1})
    await keeper.register({"type": 0}, appid="wx4444444444444444")
    limits = {"name": "shop", "scopes": ["read"], "appids": [APPID], "types": [1]}
    made = await keeper.call("POST", "/v1/keys", body=limits)

    answer = await ready(keeper, key=made.result["key"])

    assert [job["kind"] for job in answer.result["not_fresh"]] == ["jsapi_ticket"]


async def test_a_key_that_is_not_good_is_told_nothing(keeper: Caller) -> None:
    made = await keeper.call("POST", "/v1/keys", body={"name": "shop", "scopes": ["register"]})

    wrong = await ready(keeper, key="wrong")
    other_scope = await ready(keeper, key=made.result["key"])

    assert (wrong.status, other_scope.status) == (401, 403)
    assert "ready" not in wrong.json["result"]


async def test_without_keys_everybody_here_is_told_the_names(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    async with daemon(tmp_path, weixin.url, clock=clock, server__insecure_no_auth=True) as open_one:
        await open_one.register({"type": 0}, key="")

        answer = await ready(open_one, key="")

    assert [job["appid"] for job in answer.result["not_fresh"]] == [APPID]


async def test_a_loop_that_stands_is_named(keeper: Caller, clock: FakeClock) -> None:
    clock.advance(STUCK + timedelta(seconds=1))

    stranger, operator = await ready(keeper, key=""), await ready(keeper)

    assert (stranger.status, stranger.json) == (503, "not ready\n")
    assert (operator.status, operator.json["message"]) == (503, "not ready")
    assert operator.json["result"]["loops"]["refreshing"] is False


async def test_a_store_that_is_gone_makes_it_not_ready_and_leaves_it_alive(
    tmp_path: Path, weixin: WeChat, clock: FakeClock, postgres: PostgresServer
) -> None:
    async with (
        postgres.fresh_database(await postgres_template(postgres)) as url,
        daemon(tmp_path, weixin.url, clock=clock, state__database=url) as keeper,
    ):
        before = await ready(keeper, key="")

        async with gone(postgres, url):
            after, why = await ready(keeper, key=""), await ready(keeper)
            health = await keeper.call("GET", "/healthz")
            page = await keeper.call("GET", "/metrics")

    assert (before.status, after.status, health.status) == (200, 503, 200)
    assert (why.json["result"]["store"], why.json["result"]["not_fresh"]) == (False, [])
    assert "wechat_scheduler_store_up 0.0" in page.json
