"""SIGSTOP, in the middle of everything: `pytest -s tests/endurance/freeze.py`.

A process that stands still for longer than its tokens live must not hand out one of them afterwards,
and whoever called meanwhile gets a live one. The lease is `tests/restart/test_freeze.py`'s business.
"""

import asyncio
import signal
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from tests.house import APPID, SECRET, wechat
from tests.program import program
from tests.restart.relay import PATH
from wechat_scheduler.engine.clock import SystemClock

BODY = {
    "appid": APPID,
    "appsecret": SECRET,
    "access_token_endpoint": "token",
    "tasks": [{"type": 0}],
}


@pytest.mark.parametrize("seconds", [3, 30])
async def test_a_frozen_daemon_hands_out_nothing_that_died_meanwhile(
    seconds: int, tmp_path: Path
) -> None:
    clock, frozen = SystemClock(), timedelta(seconds=seconds)
    async with (
        wechat(clock, token_lifetime=frozen * 2 / 3) as weixin,
        program(tmp_path, "--wechat-api", weixin.url) as daemon,
        aiohttp.ClientSession(headers={"X-API-Key": daemon.admin_key}) as calls,
    ):

        async def value() -> str:
            async with calls.get(daemon.url + PATH) as answer:
                assert answer.status == 200, await answer.text()
                return str((await answer.json())["result"])

        async def errcode(token: str) -> int:
            """What WeChat says of it."""
            url = f"{weixin.url}/cgi-bin/ticket/getticket"
            async with calls.get(url, params={"access_token": token, "type": "jsapi"}) as answer:
                return int((await answer.json())["errcode"])

        async with calls.post(f"{daemon.url}/register", json=BODY) as answer:
            assert answer.status == 200
        old = await value()
        assert await errcode(old) == 0

        daemon.process.send_signal(signal.SIGSTOP)
        async with asyncio.TaskGroup() as group:
            early = [group.create_task(value()) for _ in range(16)]
            await clock.sleep(frozen)
            assert await errcode(old) != 0
            daemon.process.send_signal(signal.SIGCONT)

        values = {task.result() for task in early} | {await value()}
        assert old not in values
        assert [await errcode(token) for token in values] == [0] * len(values)
        print(f"frozen for {seconds} s: {len(early)} who called meanwhile got a live value")
        assert await daemon.stop() == 0
