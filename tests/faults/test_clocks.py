"""A machine whose clock was wrong at one start and is right at the next, while WeChat's is right."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.clock import FakeClock
from tests.house import APPID, Caller, WeChat, daemon, wechat
from tests.stores.memory import MemoryDatabase, memory_database
from wechat_scheduler.engine.clock import AHEAD
from wechat_scheduler.sandbox.tokens import IssuedKind, TokenState

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
DOWN = timedelta(seconds=40)
WRONG = {
    "a day ahead": DAY,
    "ten minutes ahead": 10 * MINUTE,
    "a month ahead": 30 * DAY,
    "a day behind": -DAY,
    "ten minutes behind": -10 * MINUTE,
}
# An account for each endpoint.
ACCOUNTS = {"token": APPID, "stable_token": "wx6666666666666666"}


class LastingDatabase(MemoryDatabase):
    """What a start finds that the last one left."""

    def __init__(self) -> None:
        super().__init__()
        memory_database().pour_into(self)

    async def close(self) -> None:
        pass


class Machine:
    """Its clock is `error` from the true time, which WeChat has."""

    def __init__(self, state: Path, weixin: WeChat, true: FakeClock) -> None:
        self.state, self.weixin, self.true = state, weixin, true
        self._clocks = [true]
        self._database = LastingDatabase()

    @asynccontextmanager
    async def started(self, error: timedelta = timedelta(0)) -> AsyncIterator[Caller]:
        clock = FakeClock(self.true.now() + error)
        self._clocks = [self.true, clock]
        async with daemon(self.state, self.weixin.url, clock=clock, opener=self._opened) as keeper:
            yield keeper
        self._clocks = [self.true]

    async def _opened(self, url: str, **_: Any) -> MemoryDatabase:
        return self._database

    def passes(self, time: timedelta) -> None:
        for clock in self._clocks:
            clock.advance(time)

    def is_alive(self, token: str) -> bool:
        """Whether WeChat takes it."""
        now = self.true.now()
        found = self.weixin.sandbox._world.tokens.find(token, now, *IssuedKind)
        return found is not None and found.state(now) is TokenState.ALIVE


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    true = FakeClock()
    async with wechat(true) as weixin:
        yield Machine(tmp_path, weixin, true)


async def register_each(keeper: Caller) -> None:
    for endpoint, appid in ACCOUNTS.items():
        await keeper.register({"type": 0}, {"type": 1}, appid=appid, access_token_endpoint=endpoint)


async def use(
    machine: Machine, keeper: Caller, time: timedelta, *, appids: Collection[str] = (APPID,)
) -> list[bool]:
    """Whether what callers were handed out was alive, every five minutes."""
    alive = []
    for _ in range(time // (5 * MINUTE)):
        await keeper.settle()
        alive += [machine.is_alive(await keeper.value(f"{appid}/0")) for appid in appids]
        machine.passes(5 * MINUTE)
    return alive


@pytest.mark.parametrize("error", WRONG.values(), ids=WRONG)
async def test_no_dead_value_is_handed_out_once_a_clock_that_was_wrong_is_right(
    machine: Machine, error: timedelta
) -> None:
    async with machine.started(error) as keeper:
        await register_each(keeper)
        alive = await use(machine, keeper, 30 * MINUTE, appids=ACCOUNTS.values())
    machine.passes(DOWN)

    async with machine.started() as keeper:
        alive += await use(machine, keeper, 5 * 60 * MINUTE, appids=ACCOUNTS.values())
        states = [job["state"] for job in await keeper.jobs()]
        calls = [
            machine.weixin.sandbox.calls(f"/cgi-bin/{endpoint}", appid)
            for endpoint, appid in ACCOUNTS.items()
        ]

    assert all(alive)
    assert set(states) <= {"fresh", "stale"}
    assert max(calls) < 10


@pytest.mark.parametrize("error", WRONG.values(), ids=WRONG)
async def test_no_dead_value_is_handed_out_by_a_clock_that_is_wrong_from_a_start_on(
    machine: Machine, error: timedelta
) -> None:
    async with machine.started() as keeper:
        await register_each(keeper)
        alive = await use(machine, keeper, 30 * MINUTE, appids=ACCOUNTS.values())
    machine.passes(DOWN)

    async with machine.started(error) as keeper:
        alive += await use(machine, keeper, 5 * 60 * MINUTE, appids=ACCOUNTS.values())

    assert all(alive)


async def test_a_value_of_another_clock_is_not_called_fresh_and_not_handed_out(
    machine: Machine,
) -> None:
    async with machine.started(DAY) as keeper:
        await keeper.register({"type": 0})
        await keeper.settle()

    async with machine.started() as keeper:
        machine.weixin.sandbox.script("/cgi-bin/stable_token", errcode=40164)
        job, ready = await keeper.job(), await keeper.call("GET", "/readyz")
        await keeper.settle()
        answer = await keeper.fetch(f"{APPID}/0")

    assert job["state"] == "expired"
    assert [it["state"] for it in ready.json["result"]["not_fresh"]] == ["expired"]
    assert answer.status == 503


async def test_a_retry_that_a_clock_put_off_by_a_day_is_made_at_the_next_start(
    machine: Machine,
) -> None:
    async with machine.started(DAY) as keeper:
        machine.weixin.sandbox.script("/cgi-bin/stable_token", errcode=40164, times=1)
        await keeper.register({"type": 0})
        await keeper.settle()
    machine.passes(DOWN)

    async with machine.started() as keeper:
        await keeper.settle()

        assert (await keeper.job())["state"] == "fresh"


async def test_the_log_says_that_the_store_is_of_a_later_time_and_that_wechat_is(
    machine: Machine,
) -> None:
    async with machine.started() as keeper:
        await keeper.register({"type": 0})
        await keeper.settle()

    with capture_logs() as behind:
        async with machine.started(-DAY) as keeper:
            await keeper.settle()
            for _ in range(3):
                await keeper.daemon.cores.pulse.run_once()
    with capture_logs() as right:
        async with machine.started() as keeper:
            await keeper.settle()
            await keeper.daemon.cores.pulse.run_once()

    said = {it["event"]: it for it in behind if it["log_level"] == "error"}
    assert said["clock.behind_store"]["seconds"] == DAY.total_seconds()
    assert said["clock.wrong"]["it_is"] == "behind WeChat's"
    assert "timedatectl" in said["clock.wrong"]["advice"]
    assert [it["event"] for it in behind].count("clock.wrong") == 1
    assert not [it for it in right if it["event"].startswith("clock.")]


async def test_a_clock_that_is_set_back_while_the_daemon_runs_puts_nothing_off(
    machine: Machine,
) -> None:
    async with machine.started(DAY) as keeper:
        await keeper.register({"type": 0}, access_token_endpoint="token")
        await keeper.settle()
        before = await keeper.value(f"{APPID}/0")
        clock = machine._clocks[1]

        clock.jump(-DAY)
        with capture_logs() as log:
            await keeper.daemon.cores.pulse.run_once()
        at_once = await keeper.value(f"{APPID}/0")
        alive = await use(machine, keeper, 5 * 60 * MINUTE)

    assert "clock.set_back" in [it["event"] for it in log]
    assert (at_once, all(alive)) == (before, True)


@pytest.mark.parametrize("apart", [-AHEAD, AHEAD])
async def test_clocks_that_are_a_little_apart_change_nothing(
    machine: Machine, apart: timedelta
) -> None:
    async with machine.started(apart) as keeper:
        await keeper.register({"type": 0})
        await keeper.settle()

    async with machine.started() as keeper:
        await keeper.settle()
        alive = await use(machine, keeper, 5 * 60 * MINUTE)
        calls = machine.weixin.sandbox.calls("/cgi-bin/stable_token", APPID)

    assert all(alive)
    assert calls <= 7


async def test_a_daily_reminder_stays_daily_when_one_start_was_ahead(machine: Machine) -> None:
    async with machine.started() as keeper:
        await keeper.register({"type": 0})
        app = (await keeper.call("POST", "/v1/apps", body={"name": "s", "appid": APPID})).result[
            "id"
        ]
        await keeper.call("PUT", f"/v1/apps/{app}/subscribers/a", body={"openid": "o-alice"})
        body = {"app": app, "to": ["a"], "when": "每天早上9点提醒我吃药", "late": "skip"}
        made = (await keeper.call("POST", "/v1/reminders", body=body)).result
    path = f"/v1/reminders/{made['id']}"
    async with machine.started(10 * DAY) as keeper:
        await keeper.settle()
        moved = (await keeper.call("GET", path)).result

    async with machine.started() as keeper:
        back = (await keeper.call("GET", path)).result

    assert (moved["missed"], moved["due_at"] > made["due_at"]) == (10, True)
    assert (back["due_at"], back["missed"], back["state"]) == (made["due_at"], 0, "active")
