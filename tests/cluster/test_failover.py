"""PostgreSQL is lost, and its standby takes its place."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.cluster.conftest import Cluster
from tests.cluster.test_lost_database import handed_out
from tests.house import APPID, Caller
from tests.replication import Replicated, replicated
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.web.native import health

PATH = f"{APPID}/0"
OTHER = "wx5555555555555555"


@pytest.fixture
async def pair() -> AsyncIterator[Replicated]:
    async with replicated() as pair:
        yield pair


async def is_ready(node: Caller) -> bool:
    await node.daemon.cores.pulse.run_once()
    return (await node.call("GET", "/readyz", key="")).status == 200


async def test_reads_go_on_and_what_was_acknowledged_is_there_after_a_failover(
    node: Cluster, pair: Replicated
) -> None:
    settings = {"wechat__access_token_endpoint": "token", "database": pair.url}
    async with node("near", **settings) as near, node("far", **settings) as far:
        await near.register({"type": 0})
        await near.settle()
        before = [await it.value(PATH) for it in (near, far)]

        await near.register({"type": 0}, appid=OTHER)
        await pair.lose_the_first()
        during = [await it.value(PATH) for it in (near, far)]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(health, "PATIENCE", 0.2)
            ready = [await is_ready(it) for it in (near, far)]
        await pair.promote_the_second()
        async with asyncio.timeout(60):
            while not all([await is_ready(it) for it in (near, far)]):
                await SystemClock().sleep(timedelta(milliseconds=20))
        await near.settle()
        acknowledged = await far.value(f"{OTHER}/0")
        await near.call("POST", f"/task/{PATH}/refresh")
        await near.settle()
        new = await near.value(PATH)

        assert during == before
        assert ready == [False, False]
        assert acknowledged
        assert new not in before
        await handed_out(far, new)
