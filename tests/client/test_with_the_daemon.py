"""A client with a watch, and a real daemon that tells it rotations by its stream of events."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.client.in_threads import EITHER, ClientType, ThreadedClock
from tests.client.passing import passing
from tests.client.test_reporting import ACCOUNT, NAME
from tests.house import APPID, WeChat, daemon, wechat
from wechat_scheduler.client import Fetched
from wechat_scheduler.client.kept import Name
from wechat_scheduler.errors import NotFoundError


@pytest.fixture
def clock() -> ThreadedClock:
    return ThreadedClock()


@pytest.fixture
async def weixin(clock: ThreadedClock) -> AsyncIterator[WeChat]:
    async with wechat(clock) as real:
        yield real


def turning(state: Path, weixin: WeChat, clock: ThreadedClock, **settings: Any) -> Any:
    return daemon(state, weixin.url, clock=clock, loops=True, **settings)


async def told(clock: ThreadedClock, client: Any) -> None:
    """Wait until the stream stands, and the value was fetched since."""

    async def standing() -> None:
        while not client._memory.is_told(Name(*NAME)):  # noqa: ASYNC110 - it tells no one
            await asyncio.sleep(0)  # noqa: TID251

    await passing(clock, standing())


async def following(clock: ThreadedClock, updates: AsyncIterator[Fetched], old: str) -> Fetched:
    """The next update with another value."""
    while True:
        fetched = await passing(clock, anext(updates))
        if fetched.value != old:
            return fetched


@pytest.mark.parametrize("kind", EITHER)
async def test_a_rotation_and_a_removal_are_told(
    tmp_path: Path, weixin: WeChat, clock: ThreadedClock, kind: ClientType
) -> None:
    async with (
        turning(tmp_path, weixin, clock) as keeper,
        kind(keeper.daemon.url, keeper.daemon.admin_key, clock=clock, watch=True) as client,
    ):
        await client.register(ACCOUNT)
        updates = client.follow(NAME)
        first = await following(clock, updates, "")
        await told(clock, client)

        await keeper.call("POST", f"/task/{APPID}/0/refresh")
        second = await following(clock, updates, first.value)
        current = await keeper.value(f"{APPID}/0")
        await keeper.call("DELETE", f"/task/{APPID}/0")
        gone = await following(clock, updates, second.value)

    assert (second.value, second.version) == (current, "2")
    assert gone.value == ""
    assert isinstance(gone.error, NotFoundError)


@pytest.mark.parametrize("kind", EITHER)
async def test_a_daemon_that_restarts_is_found_again_and_its_values_are_used_meanwhile(
    tmp_path: Path, weixin: WeChat, clock: ThreadedClock, kind: ClientType
) -> None:
    async with turning(tmp_path, weixin, clock) as keeper:
        url, key = keeper.daemon.url, keeper.daemon.admin_key
        client = await kind(url, key, clock=clock, watch=True).__aenter__()
        await client.register(ACCOUNT)
        updates = client.follow(NAME)
        first = await following(clock, updates, "")
        await told(clock, client)
    away = await passing(clock, client.credential(*NAME))

    port = url.rpartition(":")[2]
    async with turning(tmp_path, weixin, clock, server__port=int(port)) as again:
        await again.call("POST", f"/task/{APPID}/0/refresh")
        second = await following(clock, updates, first.value)
        current = await again.value(f"{APPID}/0")
        await client.__aexit__(None, None, None)

    assert away == first.value
    assert second.value == current
