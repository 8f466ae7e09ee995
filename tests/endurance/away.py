"""The client while the daemon is away: `pytest -s tests/endurance/away.py`.

Readers in a loop, in threads, and before and after a fork read their token all the time, through minutes
without a daemon, a restart, and a token that WeChat no longer takes. It prints what each asked and was served.
"""

import asyncio
import faulthandler
import json
import signal
import sys
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from tests.endurance.freeze import BODY
from tests.house import APPID, wechat
from tests.program import program
from wechat_scheduler.engine.clock import SystemClock

COUNTED = {
    *("who", "served", "tried", "requests", "values", "refused", "slowest_ms", "healing_ms"),
}
KINDS = ("loop", "sync", "threads", "forked")


@pytest.mark.parametrize("seconds", [20, 600])
async def test_readers_get_live_values_while_the_daemon_is_away(
    seconds: int, tmp_path: Path
) -> None:
    faulthandler.cancel_dump_traceback_later()  # it takes longer than a test may
    clock, away = SystemClock(), timedelta(seconds=seconds)
    async with wechat(clock, token_lifetime=away * 2 + timedelta(minutes=5)) as weixin:
        async with program(tmp_path, "--wechat-api", weixin.url) as daemon:
            url, key = daemon.url, daemon.admin_key
            async with (
                aiohttp.ClientSession(headers={"X-API-Key": key}) as calls,
                calls.post(f"{url}/register", json=BODY) as answer,
            ):
                assert answer.status == 200
            readers = [
                await asyncio.create_subprocess_exec(
                    sys.executable, "-W", "ignore::DeprecationWarning", "-m", "tests.endurance.reader",
                    kind, url, key, weixin.url,
                    stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                )
                for kind in KINDS
            ]  # fmt: skip
            await clock.sleep(timedelta(seconds=35))
            daemon.process.send_signal(signal.SIGKILL)
            await daemon.process.wait()
        await clock.sleep(away)
        port = url.rpartition(":")[2]
        async with program(tmp_path, "--wechat-api", weixin.url, "-p", port) as daemon:
            await clock.sleep(timedelta(seconds=20))
            async with (
                aiohttp.ClientSession(headers={"X-API-Key": key}) as calls,
                calls.get(f"{url}/task/{APPID}/0") as answer,
            ):
                weixin.sandbox.kill((await answer.json())["result"])
            await clock.sleep(timedelta(seconds=20))
            outs = [(await reader.communicate(b""))[0] for reader in readers]
            await daemon.stop()
    told = [json.loads(line) for out in outs for line in out.splitlines()]

    print(f"\naway for {seconds} s:")
    for each in told:
        print(" ", each)
    assert sorted(each["who"] for each in told) == sorted((*KINDS, "child"))
    assert sum(each.get("refused", 0) for each in told) >= 1
    for each in told:
        assert each.keys() <= COUNTED, "an error reached a reader"
        assert each["values"] == 2
