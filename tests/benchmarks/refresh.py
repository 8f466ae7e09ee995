"""Refreshing: every job of a crowd falls due at once, beside a bare loop of the same calls."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from typing import Any

import aiohttp
import uvloop

from tests.benchmarks.cores import bare_cores
from tests.benchmarks.harness import Bench, Contender, Figures, Result, python_server
from wechat_scheduler.credentials.model import Account, JobKey, Registration, Task
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.wechat.session import client_session

JOBS = 5_000
SLOTS = 64
BARE = "bare client loop"


def run(bench: Bench) -> list[Result]:
    with python_server("tests.benchmarks.upstream") as upstream:
        url = f"http://127.0.0.1:{upstream.port}"
        contenders = [
            Contender(name=BARE, measure=partial(_run, _bare, url)),
            Contender(
                name="refresh and durable commit",
                measure=partial(_run, _refresh, url),
                target=0.7,
            ),
        ]
        return [bench.compare(f"Refreshing {JOBS:,} at once", contenders, baseline=BARE)]


def _run(measured: Callable[[str], Coroutine[Any, Any, Figures]], url: str) -> Figures:
    return uvloop.run(measured(url))


async def _bare(url: str) -> Figures:
    """The same session and path, as many in flight, and nothing done with the answer."""
    async with client_session() as session:
        numbers = iter(range(JOBS))
        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(SLOTS):
                group.create_task(_ask(session, f"{url}/cgi-bin/token", numbers))
        return _figures(started)


async def _ask(session: aiohttp.ClientSession, url: str, numbers: Iterator[int]) -> None:
    for number in numbers:
        query = {"grant_type": "client_credential", "appid": f"wx{number}", "secret": "s"}
        async with session.get(url, params=query) as response:
            await response.read()


async def _refresh(url: str) -> Figures:
    """What the daemon does with a due job, from claim to commit."""
    async with bare_cores(url, slots=SLOTS, counters=Counters()) as bare:
        clockwork, stores = bare.cores.credentials.clockwork, bare.ground.stores
        clock = bare.ground.clock
        for number in range(JOBS):
            key = JobKey(f"wx{number}", "access_token")
            await stores.credentials.register(
                Registration(
                    account=Account(appid=key.appid, secret="s"), owner="b", tasks=(Task(key=key),)
                ),
                now=clock.now(),
            )
        started = time.perf_counter()
        turning = bare.ground.supervisor.essential("refreshing", clockwork.run())
        while (due := await stores.credentials.next_due()) is not None and due <= clock.now():
            await clock.sleep_seconds(0.01)
        clockwork.stop()
        await turning
        return _figures(started)


def _figures(started: float) -> Figures:
    return {"refreshes/s": JOBS / (time.perf_counter() - started)}
