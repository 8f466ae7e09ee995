"""A node that does not reach the database hands out what it has, and comes back by itself."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.cluster.conftest import Cluster
from tests.house import APPID, Caller
from tests.wire import Wire, wired
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.web.native import health

PATH = f"{APPID}/0"
# Longer than an answer from memory takes on a slow machine, shorter than any limit of a store call.
SOON = 8.0


@pytest.fixture
async def wire(database_url: str) -> AsyncIterator[Wire]:
    async with wired(database_url) as wire:
        yield wire


LOSSES: dict[str, Callable[[Wire], None]] = {
    "silent": Wire.hold,
    "no answers": lambda wire: wire.hold(forth=False),
    "no questions": lambda wire: wire.hold(back=False),
    "gone": Wire.cut,
}


async def values(node: Caller, paths: list[str]) -> list[Any]:
    async with asyncio.timeout(SOON):
        return [await node.value(path) for path in paths]


@pytest.mark.parametrize("loss", LOSSES)
async def test_it_reads_what_is_valid_meanwhile_and_hears_what_another_rotated_once_it_is_back(
    node: Cluster, wire: Wire, loss: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    accounts = [APPID, *(f"wx444444444444444{digit}" for digit in range(4))]
    paths = [f"{appid}/0" for appid in accounts]
    rotating = {"wechat__access_token_endpoint": "token"}
    async with node("near", **rotating) as near, node("far", database=wire.url) as far:
        for appid in accounts:
            await near.register({"type": 0}, appid=appid)
        await near.settle()
        before = await values(far, paths)

        LOSSES[loss](wire)
        during = await values(far, paths)
        async with asyncio.timeout(SOON):
            ready = await far.call("GET", "/readyz", key="")
        await near.call("POST", f"/task/{PATH}/refresh")
        await near.settle()
        new = await near.value(PATH)
        wire.heal()

        assert during == before
        assert ready.status == 503
        assert new not in before
        await handed_out(far, new)


async def handed_out(node: Caller, value: str) -> None:
    """Return once the node hands out this value."""
    async with asyncio.timeout(60):
        while await node.value(PATH) != value:
            await SystemClock().sleep(timedelta(milliseconds=5))
