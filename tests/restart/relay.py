"""Daemons that follow one another on one listening socket, with a crowd that must not notice."""

import socket
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path

import aiohttp

from tests.house import APPID, SECRET, wechat
from tests.program import Program, program, warm_program
from tests.restart.crowd import Crowd, crowd
from tests.restart.manager import handing
from wechat_scheduler.engine.clock import SystemClock

PATH = f"/task/{APPID}/0"


async def survives(
    folder: Path,
    *,
    restarts: int,
    staying: int,
    leaving: int,
    between: int,
    environ: Mapping[str, str] | None = None,
    first: str = "",
) -> Crowd:
    """Restart that often under a crowd, each time after `between` more answers; returns it.

    The socket is kept here, as systemd would. WeChat is asked for one token in all. With `environ` each
    daemon is an interpreter of its own, which takes its modules from there; else `first` runs before it.
    """
    async with wechat(SystemClock()) as weixin, AsyncExitStack() as afterwards:
        kept = afterwards.enter_context(socket.create_server(("127.0.0.1", 0), backlog=1024))

        def start() -> AbstractAsyncContextManager[Program]:
            words = (folder, "--wechat-api", weixin.url)
            if environ is None:
                return warm_program(*words, held=[kept], first=first)
            return program(*words, environ=environ, **handing(kept))

        async with start() as daemon:
            value = await register(daemon)
            await daemon.stop()
        assert daemon.url == f"http://127.0.0.1:{kept.getsockname()[1]}"
        asking = crowd(
            daemon.url, PATH, key=daemon.admin_key, value=value, staying=staying, leaving=leaving
        )
        async with asking as people:
            for _ in range(restarts):
                async with start() as daemon:
                    await people.more(between)
                    assert await daemon.stop() == 0
            await afterwards.enter_async_context(start())
            await people.more(between)
        assert weixin.sandbox.calls() == 1
    return people


async def register(daemon: Program) -> str:
    """One account's access_token; returns it."""
    headers = {"X-API-Key": daemon.admin_key}
    body = {"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 0}]}
    async with aiohttp.ClientSession(daemon.url, headers=headers) as session:
        async with session.post("/register", json=body) as response:
            assert response.status == 200, await response.text()
        async with session.get(PATH) as response:
            value: str = (await response.json())["result"]
            return value
