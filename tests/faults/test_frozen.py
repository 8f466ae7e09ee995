"""A daemon that stands still while another one takes over its work."""

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path

from aiohttp import web

from tests.business import Business
from tests.clock import FakeClock
from tests.house import APPID, SECRET, WeChat, daemon
from tests.postgres import PostgresServer
from tests.program import warm_program
from tests.reused import postgres_database
from wechat_scheduler.client.client import Client
from wechat_scheduler.engine.clock import SystemClock

# Longer than a claim. A clock that is further ahead is not believed.
LONG = timedelta(seconds=90)


async def test_what_a_frozen_daemon_brings_after_its_claim_ran_out_is_not_stored(
    tmp_path: Path, postgres: PostgresServer, weixin: WeChat, business: Business
) -> None:
    late = asyncio.Event()

    async def answer_late(request: web.Request) -> web.Response:
        await late.wait()
        return web.json_response({"access_token": "LATE", "expires_in": 7200})

    business.script(answer_late)
    clock = FakeClock(SystemClock().now() + LONG)
    async with (
        postgres_database(postgres) as url,
        warm_program(
            tmp_path / "frozen", "--database", url, "--wechat-api", business.url().rstrip("/")
        ) as frozen,
    ):
        async with Client(frozen.url, frozen.admin_key) as client:
            await client.register({"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 0}]})
        await business.called()
        os.kill(frozen.process.pid, signal.SIGSTOP)
        async with daemon(
            tmp_path / "other",
            weixin.url,
            clock=clock,
            state__database=url,
            state__sealing_key_file=str(tmp_path / "frozen" / "sealing.key"),
        ) as other:
            await other.settle()
            value = await other.value(f"{APPID}/0")
            os.kill(frozen.process.pid, signal.SIGCONT)
            late.set()

            await frozen.log.says("credential.claim_lost")

            job = await other.job()
            assert await other.value(f"{APPID}/0") == value != "LATE"
            assert (job["version"], job["error"]) == (1, None)
        async with Client(frozen.url, frozen.admin_key) as client:
            assert await client.credential(APPID, "0") == value
