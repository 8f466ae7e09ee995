"""A daemon that stood still, as under SIGSTOP or in a machine that was suspended, and did not know.

`tests/endurance/freeze.py` does it to a process.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from tests.clock import FakeClock
from tests.house import APPID, Caller, daemon
from tests.postgres import PostgresServer
from tests.restart.gate import Gate, gate
from tests.reused import postgres_database
from wechat_scheduler.engine.supervisor import Supervisor

PATH = f"{APPID}/0"
LEASE = timedelta(seconds=60)
SECOND = timedelta(seconds=1)


async def test_what_expired_meanwhile_is_not_handed_out(tmp_path: Path) -> None:
    clock = FakeClock()
    async with gate(clock) as weixin, daemon(tmp_path, weixin.url, clock=clock) as caller:
        await caller.register({"type": 0})
        await caller.settle()
        old = await caller.value(PATH)

        clock.advance(timedelta(hours=2))
        async with Supervisor() as supervisor:
            supervisor.contained("refresh", caller.settle())
            new = await caller.value(PATH)

    assert new != old


async def test_one_that_held_a_job_too_long_has_lost_it_and_hands_out_what_its_successor_got(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    clock = FakeClock()
    async with (
        gate(clock) as weixin,
        postgres_database(postgres) as url,
        daemons(tmp_path, weixin, url, clock) as (frozen, other),
    ):
        await frozen.register({"type": 0}, access_token_endpoint="token")
        weixin.shut()
        async with Supervisor() as supervisor:
            with capture_logs() as log:
                attempt = supervisor.essential("attempt", frozen.settle())
                await weixin.knocked()
                weixin.admit_others()

                clock.advance(LEASE + SECOND)
                await other.settle()
                value = await other.value(PATH)
                weixin.open()
                await attempt

            assert "credential.claim_lost" in [entry["event"] for entry in log]
            assert await frozen.value(PATH) == value
        assert (await other.job())["version"] == 1


async def test_one_that_held_a_job_a_moment_less_keeps_it(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    clock = FakeClock()
    async with (
        gate(clock) as weixin,
        postgres_database(postgres) as url,
        daemons(tmp_path, weixin, url, clock) as (frozen, other),
    ):
        await frozen.register({"type": 0})
        weixin.shut()
        async with Supervisor() as supervisor:
            attempt = supervisor.essential("attempt", frozen.settle())
            await weixin.knocked()
            clock.advance(LEASE - SECOND)
            await other.settle()
            weixin.open()
            await attempt

        assert weixin.sandbox.calls() == 1
        assert await other.value(PATH) == await frozen.value(PATH)


@asynccontextmanager
async def daemons(
    folder: Path, weixin: Gate, url: str, clock: FakeClock
) -> AsyncIterator[tuple[Caller, Caller]]:
    """Two on one database, with the same keys."""
    settings: dict[str, Any] = {"state__database": url, "refresh__lease": "60s"}
    first, second = folder / "first", folder / "second"
    async with daemon(first, weixin.url, clock=clock, **settings) as one:
        second.mkdir()
        for key in ("admin.key", "sealing.key"):
            shutil.copy(first / key, second)
        async with daemon(second, weixin.url, clock=clock, **settings) as other:
            yield one, other
