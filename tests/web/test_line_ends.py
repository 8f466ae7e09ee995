"""JSON that people read with curl ends with a newline, so that their next prompt has its own line."""

import aiohttp

from tests.house import APPID, Caller
from tests.keeper.conftest import clock, keeper, weixin

__all__ = ["clock", "keeper", "weixin"]

PATHS = ("/tasks", "/nothing", "/openapi.json", "/v1/settings", *[f"/task/{APPID}/0"] * 2)


async def test_every_native_response_ends_with_a_newline(keeper: Caller) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    key = {"X-API-Key": keeper.daemon.admin_key}

    async with aiohttp.ClientSession(keeper.daemon.url, headers=key) as session:
        bodies = []
        for path in PATHS:  # the second fetch comes from the memo
            async with session.get(path) as response:
                bodies.append(await response.read())

    assert all(body.endswith(b"}\n") and body.count(b"\n") == 1 for body in bodies)
