"""Streams of events on both loops that a daemon may run on."""

import asyncio
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.house import APPID, Caller, daemon, in_memory, wechat
from tests.keeper.streams import MANY, following, number_waiting, put_many, reading_slowly
from tests.web.wire import LOOPS
from wechat_scheduler.web.kit import event_streams

BEHIND = 128 * 1024


async def rotate(keeper: Caller) -> None:
    await keeper.call("POST", f"/task/{APPID}/0/refresh")
    await keeper.settle()


async def events_left(reader: asyncio.StreamReader) -> int:
    """How many come before the connection is over."""
    read = b""
    with suppress(ConnectionError):
        while chunk := await reader.read(4096):
            read += chunk
    return read.count(b"event: credential.rotated")


async def told_beside_one_who_does_not_read(state: Path) -> tuple[list[int], int]:
    """The versions that a consumer is told, and how many another is told that does not read meanwhile."""
    clock = FakeClock()
    async with wechat(clock) as weixin:
        async with daemon(state, weixin.url, clock=clock, opener=in_memory) as keeper:
            await keeper.register({"type": 0}, access_token_endpoint="token")
            await keeper.settle()
            async with (
                following(keeper) as near,
                reading_slowly(keeper, keeper.daemon.admin_key) as far,
            ):
                await near.next()
                await far.readuntil(b"event: hello")
                await put_many(keeper)
                await rotate(keeper)
                versions = [(await near.next()).data["version"] for _ in range(MANY + 1)]
                await number_waiting(keeper, 1)
                others = await events_left(far)
        return versions, others


@pytest.mark.parametrize("loop", LOOPS)
def test_a_full_socket_ends_a_stream_and_delays_no_other(
    loop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_streams, "BEHIND", BEHIND)

    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        versions, others = runner.run(told_beside_one_who_does_not_read(tmp_path))

    assert versions[-1] == 2
    assert len(versions) == MANY + 1
    assert others < MANY


async def stopped_beside_one_who_does_not_read(state: Path) -> int:
    """How many of MANY events come to it."""
    clock = FakeClock()
    async with wechat(clock) as weixin, AsyncExitStack() as stack:
        async with daemon(
            state, weixin.url, clock=clock, opener=in_memory, server__shutdown_grace="1h"
        ) as keeper:
            await keeper.register({"type": 0}, access_token_endpoint="token")
            await keeper.settle()
            async with following(keeper) as stream:
                hello = await stream.next()
            await put_many(keeper, after=hello.id)
            reading = reading_slowly(keeper, keeper.daemon.admin_key, after=hello.id)
            far = await stack.enter_async_context(reading)
            await far.readuntil(b"event: credential.rotated")
            for _ in range(50):  # meanwhile the daemon writes until it can write no more
                await keeper.call("GET", "/healthz")
        return await events_left(far)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_full_socket_holds_up_no_stop(loop: str, tmp_path: Path) -> None:
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        assert runner.run(stopped_beside_one_who_does_not_read(tmp_path)) < MANY
