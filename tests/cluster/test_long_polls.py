"""A rotation answers who waits at another daemon."""

import asyncio

from tests.cluster.conftest import Cluster
from tests.house import APPID


async def test_who_waits_at_one_daemon_gets_what_another_one_fetched(node: Cluster) -> None:
    async with node("near") as near, node("far") as far, asyncio.TaskGroup() as group:
        await near.register({"type": 0}, access_token_endpoint="token")
        await near.settle()
        assert (await far.fetch(f"{APPID}/0")).headers["ETag"] == '"1"'
        poll = group.create_task(far.fetch(f"{APPID}/0?wait=60&version=1"))

        await near.call("POST", f"/task/{APPID}/0/refresh")
        await near.settle()
        answer = await poll
        newest = await near.value(f"{APPID}/0")

    assert answer.headers["ETag"] == '"2"'
    assert answer.result == newest
