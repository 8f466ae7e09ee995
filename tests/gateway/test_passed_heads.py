"""Calls whose heads came before are passed on with headers of their own."""

import random
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.clock import FakeClock
from tests.house import APPID, daemon, in_memory, served
from wechat_scheduler.sandbox.options import SandboxOptions
from wechat_scheduler.sandbox.server import create_sandbox

MENU = "/cgi-bin/menu/create"


async def test_each_call_that_passes_has_its_own_id_of_tracing(tmp_path: Path) -> None:
    clock, seen = FakeClock(), list[str | None]()

    @web.middleware
    async def noting(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == MENU:
            seen.append(request.headers.get("X-Request-Id"))
        return await handler(request)

    weixin = create_sandbox(SandboxOptions(), clock=clock, rng=random.Random(7))
    weixin.middlewares.append(noting)
    async with (
        served(weixin) as url,
        daemon(tmp_path, url, clock=clock, opener=in_memory, gateway__enabled=True) as gate,
    ):
        await gate.register({"type": 0})
        await gate.settle()
        path = f"{MENU}?access_token={await gate.value(f'{APPID}/0')}"
        for number in range(5):
            tracing = {"X-Request-Id": str(number)}
            await gate.call("POST", path, body={"button": []}, key="", headers=tracing)

    assert seen == ["0", "1", "2", "3", "4"]
