"""A node that stood still knows nothing of what the others did meanwhile: it looks before it answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.cluster.conftest import Cluster
from tests.house import APPID, Caller, WeChat
from wechat_scheduler.credentials.standstill import STANDSTILL, Standstill
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.opening import open_database

PATH = f"{APPID}/0"
TOKEN = "/cgi-bin/stable_token"
SECOND = timedelta(seconds=1)
LATE = timedelta(minutes=117)


async def open_deaf(*args: Any, **options: Any) -> Database:
    """A database whose signals are not heard: those to a frozen process wait in its socket."""
    database = await open_database(*args, **options)
    database.on_signal = lambda listener: None  # type: ignore[method-assign] # the one difference
    return database


def standstill(node: Caller) -> Standstill:
    return node.daemon.cores.credentials.manager.standstill


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(SystemClock().now())


@asynccontextmanager
async def awake_and_frozen(
    node: Cluster, clock: FakeClock
) -> AsyncIterator[tuple[Caller, Caller, str]]:
    """Two nodes that handed out the same value, often enough to know the request by its bytes."""
    async with (
        node("awake", clock=clock) as awake,
        node("frozen", clock=clock, opener=open_deaf) as frozen,
    ):
        await awake.register({"type": 0})
        await awake.settle()
        value = await awake.value(PATH)
        assert [await frozen.value(PATH) for _ in range(3)] == [value] * 3
        yield awake, frozen, value


@pytest.mark.parametrize("is_noticed", [True, False])
async def test_a_value_that_was_replaced_meanwhile_is_not_handed_out_by_one_that_thaws(
    node: Cluster, clock: FakeClock, is_noticed: bool
) -> None:
    async with awake_and_frozen(node, clock) as (awake, frozen, old):
        clock.advance(STANDSTILL + SECOND)
        await awake.call("POST", f"/task/{PATH}/invalid", body={"value": old})
        await awake.settle()
        clock.advance(timedelta(minutes=1))
        await awake.settle()
        if is_noticed:
            await standstill(frozen).beat()

        thawed = await frozen.value(PATH)

        assert thawed == await awake.value(PATH) != old


async def test_one_that_thaws_does_not_refresh_what_another_refreshed(
    node: Cluster, clock: FakeClock, weixin: WeChat
) -> None:
    async with awake_and_frozen(node, clock) as (awake, frozen, _):
        clock.advance(LATE)
        await awake.settle()
        refreshed = weixin.sandbox.calls(TOKEN)

        await frozen.value(PATH)
        await frozen.settle()

        assert refreshed == weixin.sandbox.calls(TOKEN) == 2
        assert await frozen.value(PATH) == await awake.value(PATH)
