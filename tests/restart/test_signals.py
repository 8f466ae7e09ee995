"""The first signal drains, the second kills."""

import asyncio
import signal
from pathlib import Path

import aiohttp
import pytest

from tests.house import APPID, SECRET
from tests.program import Program, warm_program
from tests.restart.gate import gate
from tests.restart.manager import manager
from tests.restart.relay import PATH, register
from wechat_scheduler.engine.clock import SystemClock

BODY = {"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 0}]}


def session(daemon: Program) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(daemon.url, headers={"X-API-Key": daemon.admin_key})


async def test_what_was_asked_before_the_signal_is_answered(tmp_path: Path) -> None:
    async with (
        gate(SystemClock()) as weixin,
        warm_program(tmp_path, "--wechat-api", weixin.url) as daemon,
    ):
        weixin.shut()
        async with session(daemon) as calls, asyncio.TaskGroup() as group:
            await (await calls.post("/register", json=BODY)).read()
            waiting = group.create_task(calls.get(PATH))
            await weixin.knocked()

            stopped = group.create_task(daemon.stop())
            weixin.open()
            answer = await waiting

            assert answer.status == 200
            assert answer.headers["Connection"] == "close"
            assert await stopped == 0


async def test_an_answer_of_wechats_that_is_under_way_is_waited_for_and_kept(
    tmp_path: Path,
) -> None:
    async with gate(SystemClock()) as weixin:
        start = (tmp_path / "state", "--wechat-api", weixin.url)
        with manager(tmp_path) as systemd:
            async with warm_program(*start, environ=systemd.environ) as daemon:
                weixin.shut()
                async with session(daemon) as calls:
                    await (await calls.post("/register", json=BODY)).read()
                await weixin.knocked()
                daemon.process.send_signal(signal.SIGTERM)
                await systemd.hears("STOPPING=1")
                weixin.open()
                assert await daemon.process.wait() == 0

        async with warm_program(*start) as daemon:
            assert await register(daemon)

        assert weixin.sandbox.calls() == 1


@pytest.mark.parametrize(
    ("first", "second"), [(signal.SIGTERM, signal.SIGINT), (signal.SIGINT, signal.SIGTERM)]
)
async def test_the_second_signal_does_not_wait(
    first: signal.Signals, second: signal.Signals, tmp_path: Path
) -> None:
    async with gate(SystemClock()) as weixin:
        with manager(tmp_path) as systemd:
            async with warm_program(
                tmp_path / "state", "--wechat-api", weixin.url, environ=systemd.environ
            ) as daemon:
                weixin.shut()
                async with session(daemon) as calls:
                    await (await calls.post("/register", json=BODY)).read()
                await weixin.knocked()
                daemon.process.send_signal(first)
                await systemd.hears("STOPPING=1")
                daemon.process.send_signal(second)

                assert await daemon.process.wait() == -second
