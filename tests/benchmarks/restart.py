"""How long callers wait at most while the daemon restarts: 64 that ask all the time."""

import asyncio
import os
import signal
import socket
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from tests.benchmarks.harness import SERVER_CORE, Bench, Contender, Figures, Result, Target
from tests.benchmarks.results import ITSELF
from tests.house import wechat
from tests.program import Program, program
from tests.restart.crowd import Crowd, crowd
from tests.restart.manager import handing
from tests.restart.relay import PATH, register
from wechat_scheduler.engine.clock import SystemClock

STAYING, LEAVING = 32, 32
ANSWERS = 3_000
TARGETS = (
    Target(ratio=0.5, to=ITSELF, less_is_better=True),
    Target(ratio=0, unit="failed", to=ITSELF, less_is_better=True),
)
NONE, HANDED_OVER, STOPPED = "no restart", "handed over (SIGUSR2)", "stopped and started"


def run(bench: Bench) -> list[Result]:
    contenders = [
        Contender(name=NONE, measure=partial(_measure, NONE)),
        *(
            Contender(name=how, measure=partial(_measure, how), targets=TARGETS)
            for how in (HANDED_OVER, STOPPED)
        ),
    ]
    return [bench.compare("Restarting under 64 callers", contenders, baseline=NONE)]


def _measure(how: str) -> Figures:
    return asyncio.run(_restarted(how))


async def _restarted(how: str) -> Figures:
    async with wechat(SystemClock()) as weixin, AsyncExitStack() as afterwards:
        folder = Path(afterwards.enter_context(tempfile.TemporaryDirectory()))
        held = afterwards.enter_context(socket.create_server(("127.0.0.1", 0), backlog=1024))
        handed = handing(held)
        launcher = ("taskset", "-c", str(SERVER_CORE), *handed.pop("launcher"))
        start = partial(program, folder, "--wechat-api", weixin.url, launcher=launcher, **handed)
        daemon = await afterwards.enter_async_context(start())
        value = await register(daemon)
        asking = crowd(
            daemon.url, PATH, key=daemon.admin_key, value=value, staying=STAYING, leaving=LEAVING
        )
        async with asking as people:
            await people.more(ANSWERS)
            people.longest = 0.0
            if how == HANDED_OVER:
                await _hand_over(daemon, afterwards)
            elif how == STOPPED:
                await daemon.stop()
                await afterwards.enter_async_context(start())
            await people.more(ANSWERS)
        return _figures(people)


async def _hand_over(daemon: Program, afterwards: AsyncExitStack) -> None:
    """Until the old daemon is gone; the new one ends with `afterwards`."""
    daemon.process.send_signal(signal.SIGUSR2)
    successor = (await daemon.log.says("restart.loading"))["pid"]
    afterwards.callback(os.kill, successor, signal.SIGKILL)
    await daemon.log.says("daemon.stopped")


def _figures(people: Crowd) -> Mapping[str, float]:
    return {"longest wait s": people.longest, "failed": float(len(people.failures))}
