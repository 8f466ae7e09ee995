"""Signs of life, and when there are none."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.clock import FakeClock
from tests.program import warm_program
from tests.restart.manager import Manager, manager
from wechat_scheduler.daemon.systemd import Notifier
from wechat_scheduler.daemon.watchdog import SIGNS, Watchdog
from wechat_scheduler.engine.clockwork import LONGEST_SLEEP, STUCK, Clockwork
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StorageError

LIMIT = timedelta(seconds=120)


class Patient:
    """What the watchdog looks at."""

    def __init__(self) -> None:
        self.turning = True
        self.error: StorageError | None = None
        self.answers = asyncio.Event()
        self.asked = asyncio.Event()
        self.answers.set()

    def loops(self) -> dict[str, bool]:
        return {"refreshing": True, "dispatching": self.turning}

    async def ask(self) -> None:
        self.asked.set()
        await self.answers.wait()
        if self.error is not None:
            raise self.error


@pytest.fixture
async def systemd(tmp_path: Path) -> AsyncIterator[Manager]:
    with manager(tmp_path) as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def patient() -> Patient:
    return Patient()


@pytest.fixture
def watchdog(systemd: Manager, patient: Patient, clock: FakeClock) -> Watchdog:
    return Watchdog(
        Notifier(systemd.address),
        turning=patient.loops,
        ask_store=patient.ask,
        clock=clock,
        limit=LIMIT,
    )


async def test_a_daemon_that_is_well_says_so_several_times_in_the_limit(
    watchdog: Watchdog, systemd: Manager, clock: FakeClock
) -> None:
    async with Supervisor() as supervisor:
        supervisor.contained("watchdog", watchdog.run())

        for sign in range(1, SIGNS + 1):
            await systemd.hears("WATCHDOG=1", times=sign)
            await clock.asleep()
            clock.advance(LIMIT / SIGNS)
        await systemd.hears("WATCHDOG=1", times=SIGNS + 1)


async def test_loops_that_stand_give_no_sign(
    watchdog: Watchdog, patient: Patient, systemd: Manager
) -> None:
    patient.turning = False

    with capture_logs() as log:
        assert not await watchdog.run_once()

    (entry,) = log
    assert (entry["event"], entry["loops"]) == ("watchdog.loops_stand", ["dispatching"])
    assert systemd.heard == []


async def test_a_store_that_refuses_is_no_reason_to_die(
    watchdog: Watchdog, patient: Patient, systemd: Manager
) -> None:
    patient.error = StorageError("the database is away")

    with capture_logs() as log:
        assert await watchdog.run_once()

    assert [entry["event"] for entry in log] == ["watchdog.store_unavailable"]
    assert await systemd.hears("WATCHDOG=1")


async def test_a_store_that_hangs_withholds_the_sign(
    watchdog: Watchdog, patient: Patient, systemd: Manager
) -> None:
    patient.answers.clear()
    async with Supervisor() as supervisor:
        supervisor.contained("watchdog", watchdog.run())
        await patient.asked.wait()

        assert systemd.heard == []

        patient.answers.set()
        assert await systemd.hears("WATCHDOG=1")


class Idle:
    """Work that there is none of."""

    name = "idle"

    def __init__(self) -> None:
        self.rounds = asyncio.Queue[None]()

    async def claim(self, limit: int) -> Sequence[None]:
        return ()

    async def attempt(self, row: None) -> None:
        raise AssertionError("nothing was claimed")

    async def finish(self, outcome: None) -> None:
        raise AssertionError("nothing was attempted")

    async def crashed(self, row: None, error: Exception) -> None:
        raise AssertionError("nothing crashed")

    async def next_due(self) -> datetime | None:
        self.rounds.put_nowait(None)
        return None


async def test_a_loop_that_comes_round_is_healthy_and_one_that_does_not_is_not(
    clock: FakeClock,
) -> None:
    work = Idle()
    clockwork = Clockwork(work, clock=clock, slots=1)
    async with Supervisor() as supervisor:
        supervisor.essential("idle", clockwork.run())
        for _ in range(4):
            await work.rounds.get()
            await clock.asleep()
            assert clockwork.healthy()
            clock.advance(LONGEST_SLEEP)
        await work.rounds.get()
        await clock.asleep()

        clock.advance(STUCK)
        assert not clockwork.healthy()

        await work.rounds.get()
        assert clockwork.healthy()
        clockwork.stop()


async def test_a_daemon_under_a_watchdog_gives_signs_of_life(tmp_path: Path) -> None:
    with manager(tmp_path) as systemd:
        environ = {**systemd.environ, "WATCHDOG_USEC": "400000"}
        async with warm_program(tmp_path / "state", environ=environ):
            assert await systemd.hears("WATCHDOG=1", times=3)
