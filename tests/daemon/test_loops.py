"""A loop is named once: one more in the tuple is run, stopped, shown, released and settled."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.house import Caller, daemon
from wechat_scheduler.daemon import opening
from wechat_scheduler.daemon.loops import Loop

NOWHERE = "http://127.0.0.1:9"


class Baking:
    """A loop over three loaves."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.loaves = 3
        self.well = True
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        self.done.append("run")
        await self._stopped.wait()
        self.done.append("ended")

    def stop(self) -> None:
        self.done.append("stopped")
        self._stopped.set()

    async def turn(self) -> int:
        baked = min(2, self.loaves)
        self.loaves -= baked
        return baked

    def healthy(self) -> bool:
        return self.well

    async def release(self, *, now: datetime) -> None:
        self.done.append("released")


@pytest.fixture
def baking(monkeypatch: pytest.MonkeyPatch) -> Baking:
    """Also one of the daemon's loops."""
    baking = Baking()
    loop = Loop(
        name="baking",
        run=baking.run,
        stop=baking.stop,
        turn=baking.turn,
        healthy=baking.healthy,
        claims=baking,
    )
    monkeypatch.setattr(opening, "all_loops", with_one_more(opening.all_loops, loop))
    return baking


def with_one_more(
    all_loops: Callable[..., tuple[Loop, ...]], loop: Loop
) -> Callable[..., tuple[Loop, ...]]:
    return lambda *parts: (*all_loops(*parts), loop)


async def loops_of(caller: Caller) -> dict[str, Any]:
    readiness = (await caller.call("GET", "/readyz")).json["result"]
    loops: dict[str, Any] = readiness["loops"]
    return loops


async def test_a_loop_takes_over_claims_runs_and_ends_before_the_daemon_does(
    baking: Baking, tmp_path: Path
) -> None:
    async with daemon(tmp_path, NOWHERE, loops=True):
        pass

    assert baking.done == ["released", "run", "stopped", "ended"]


async def test_a_loop_that_stands_shows_in_readiness_and_in_the_metrics(
    baking: Baking, tmp_path: Path
) -> None:
    async with daemon(tmp_path, NOWHERE, clock=FakeClock()) as caller:
        well = await loops_of(caller)
        baking.well = False
        ill = await loops_of(caller)
        metrics = (await caller.call("GET", "/metrics")).json

    assert ill == well | {"baking": False}
    assert 'wechat_scheduler_loop_turning{loop="baking"} 0.0' in metrics


async def test_tests_settle_a_loop(baking: Baking, tmp_path: Path) -> None:
    async with daemon(tmp_path, NOWHERE, clock=FakeClock()) as caller:
        await caller.settle()

    assert baking.loaves == 0


async def test_the_names_of_the_loops_stay_the_same(tmp_path: Path) -> None:
    async with daemon(tmp_path, NOWHERE, clock=FakeClock()) as caller:
        names = list(await loops_of(caller))

    assert names == ["refreshing", "reminding", "dispatching", "hearing"]
