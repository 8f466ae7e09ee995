"""SIGHUP: what can change while the daemon runs does, what cannot is named."""

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.clock import FakeClock
from tests.house import APPID, SECRET, daemon, daemon_config
from tests.program import Program, warm_program
from tests.restart.gate import Gate, gate
from tests.restart.manager import Manager, manager
from tests.restart.relay import PATH
from wechat_scheduler.daemon.opening import Daemon
from wechat_scheduler.engine.clock import SystemClock

BODY = {"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 0}]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A daemon with its file, and everybody around it."""

    file: Path
    daemon: Program
    systemd: Manager
    weixin: Gate

    async def reload(self, text: str | None) -> str:
        """Change the file, or remove it, tell the daemon, and return its status once it has read it."""
        if text is None:
            self.file.unlink()
        else:
            self.file.write_text(text)
        before = self.systemd.states.count("READY=1")
        self.daemon.process.send_signal(signal.SIGHUP)
        message = await self.systemd.hears("READY=1", times=before + 1)
        return message["STATUS"]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with playing(tmp_path, '[server]\nfetch_deadline = "1h"\n') as running:
        yield running


@asynccontextmanager
async def playing(folder: Path, text: str) -> AsyncIterator[Scene]:
    file = folder / "config.toml"
    file.write_text(text)
    async with gate(SystemClock()) as weixin:
        with manager(folder) as systemd:
            async with warm_program(
                folder / "state", "--config", str(file), "--wechat-api", weixin.url,
                environ=systemd.environ,
            ) as daemon:  # fmt: skip
                await systemd.hears("READY=1")
                yield Scene(file=file, daemon=daemon, systemd=systemd, weixin=weixin)


async def test_what_can_change_takes_effect_at_once_and_systemd_follows(scene: Scene) -> None:
    headers = {"X-API-Key": scene.daemon.admin_key}
    scene.weixin.shut()
    async with aiohttp.ClientSession(scene.daemon.url, headers=headers) as calls:
        await (await calls.post("/register", json=BODY)).read()

        status = await scene.reload('[server]\nfetch_deadline = "10ms"\n')
        async with calls.get(PATH) as answer:
            assert answer.status == 503

    reloaded = await scene.daemon.log.says("config.reloaded")
    assert reloaded["changed"] == ["server.fetch_deadline"]
    assert status == f"serving {scene.daemon.url}"
    reloading = await scene.systemd.hears("RELOADING=1")
    assert int(reloading["MONOTONIC_USEC"]) > 0
    assert scene.systemd.states == ["FDSTORE=1", "READY=1", "RELOADING=1", "READY=1"]


async def test_a_wrong_or_missing_configuration_changes_nothing_and_is_named(scene: Scene) -> None:
    status = await scene.reload('[server]\nfetch_deadline = "soon"\nhosst = "0.0.0.0"\n')

    refused = await scene.daemon.log.says("config.refused")
    assert refused["level"] == "error"
    assert [problem.partition(": ")[2] for problem in refused["problems"]] != []
    assert "the old one stays in force" in status
    assert "hosst" in status

    async with aiohttp.ClientSession(scene.daemon.url) as calls, calls.get("/healthz") as answer:
        assert answer.status == 200
    assert await scene.reload("") == f"serving {scene.daemon.url}"

    status = await scene.reload(None)
    assert "the old one stays in force" in status
    assert "config.toml" in status


async def test_what_cannot_change_is_named_until_the_restart_and_the_log_level_is_taken_over(
    scene: Scene,
) -> None:
    text = "[wechat]\nconnections = 3\n[refresh]\nslots = 7\n"

    first = await scene.reload(text)
    second = await scene.reload(text)

    assert first == second == f"serving {scene.daemon.url}; needs a restart: wechat.connections"
    needed = await scene.daemon.log.says("config.needs_restart")
    assert needed["settings"] == ["wechat.connections"]

    await scene.reload('[log]\nlevel = "error"\n')
    await scene.daemon.stop()

    assert scene.daemon.log.events[-1]["event"] == "config.needs_restart"


async def test_every_live_setting_arrives_where_it_is_used(tmp_path: Path) -> None:
    clock = FakeClock()
    changed: dict[str, Any] = {
        "server__fetch_deadline": "11s",
        "refresh__slots": 3,
        "refresh__lease": "61s",
        "refresh__retry_cap": "12s",
        "refresh__daily_calls": 13,
        "refresh__quota_share": 0.25,
        "callbacks__slots": 4,
        "callbacks__answer_limit": "2KiB",
        "callbacks__retry_cap": "14s",
    }
    async with (
        gate(clock) as weixin,
        daemon(tmp_path / "one", weixin.url, clock=clock) as caller,
        daemon(tmp_path / "two", weixin.url, clock=clock, **changed) as other,
    ):
        before = in_use(caller.daemon)

        caller.daemon.adjust(daemon_config(tmp_path / "one", weixin.url, **changed))

        after, wanted = in_use(caller.daemon), in_use(other.daemon)
    assert after == wanted
    assert all(old != new for old, new in zip(before, after, strict=True))


def in_use(running: Daemon) -> tuple[object, ...]:
    credentials, delivery = running.cores.credentials, running.cores.delivery
    pushes = running.cores.pushes
    return (
        credentials.manager.deadline,
        credentials.refresher.limits,
        credentials.clockwork.slots,
        delivery.clockwork.slots,
        delivery.failures.retry_cap,
        running.ground.guarded.notify.answer_limit,
        pushes.work.lease,
        pushes.clockwork.slots,
    )
