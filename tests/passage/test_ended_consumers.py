"""A consumer that ends while its call waits for a token has ended for that call, too."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from tests.passage.conftest import MENU, Gate, gate
from tests.passage.test_dead_values import stand_in_of
from tests.passage.test_healing import STABLE
from tests.passage.upstream import OK, upstream

DEAD = OK.replace(b'{"errcode":0}', b'{"errcode":40001}').replace(b": 13", b": 17")


@asynccontextmanager
async def begun(place: Gate, token: str, waits: Callable[[], bool]) -> AsyncIterator[list[int]]:
    """A call that waits for a token at the beginning of the block, and its errcode after the block, at the end of
    which WeChat issues one."""
    found: list[int] = []
    async with asyncio.TaskGroup() as group, asyncio.timeout(60):
        call = group.create_task(place.errcode("GET", MENU, token=token))
        while not waits():
            await place.keeper.call("GET", "/healthz")
        yield found
        place.weixin.sandbox.clear_scripts()
        while not call.done():
            place.advance(seconds=0.2)
            await place.keeper.call("GET", "/healthz")
        found.append(call.result())


async def test_a_call_is_not_repeated_for_a_consumer_that_ended_meanwhile(tmp_path: Path) -> None:
    async with upstream(DEAD) as host, gate(tmp_path / "state", gateway__hosts=host.url) as place:
        token, sandbox = await stand_in_of(place), place.weixin.sandbox
        place.advance(minutes=1)
        sandbox.script(STABLE, errcode=-1, times=1)
        before = sandbox.calls(STABLE)

        async with begun(place, token, lambda: sandbox.calls(STABLE) > before) as found:
            host.answer = OK
            await place.keeper.call("DELETE", "/v1/consumers/shop")

    assert found == [40001]
    assert len(host.came) == 1


async def test_a_call_is_not_sent_for_a_consumer_that_ended_while_there_was_no_token(
    tmp_path: Path,
) -> None:
    short = {"token_lifetime": timedelta(minutes=10)}
    async with (
        upstream() as host,
        gate(tmp_path / "state", options=short, gateway__hosts=host.url) as place,
    ):
        token, sandbox = await stand_in_of(place), place.weixin.sandbox
        sandbox.script(STABLE, errcode=-1, times=None)
        place.advance(minutes=20)
        before = sandbox.calls(STABLE)

        async with begun(place, token, lambda: sandbox.calls(STABLE) > before) as found:
            await place.keeper.call("DELETE", "/v1/consumers/shop")

    assert found == [40001]
    assert host.came == []
