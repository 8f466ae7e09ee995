"""The unit under a real systemd: `pytest -s tests/endurance/systemd.py`, as root.

What `tests/restart` shows with stand-ins: restarts that a crowd does not notice, and everything else
that the unit promises, with all of its hardening in force.
"""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp

from tests.endurance.machine import POLL, Machine, machine
from tests.house import APPID, SECRET, WeChat, wechat
from tests.restart.crowd import crowd
from tests.restart.relay import PATH
from wechat_scheduler.engine.clock import SystemClock

UNIT = "wechat-scheduler.service"
CONFIG = "/etc/wechat-scheduler/config.toml"
STATE = "/var/lib/private/wechat-scheduler"
HASTE = f"/etc/systemd/system/{UNIT}.d/haste.conf"
SECOND = timedelta(seconds=1)
BODY = {"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 0}]}


class Service:
    """The unit, installed and started."""

    def __init__(self, host: Machine, weixin: WeChat) -> None:
        self.host = host
        self.weixin = weixin
        self.url = ""
        self.key = ""

    def configure(self, text: str = "", *, port: int = 0) -> None:
        self.host.write(
            CONFIG, f'[server]\nport = {port}\n[wechat]\napi = "{self.weixin.url}"\n{text}'
        )

    async def start(self) -> None:
        await self.host.must("systemctl", "start", UNIT)
        self.url = (await self.status()).removeprefix("serving ")
        self.key = self.host.read(f"{STATE}/admin.key").strip()

    async def status(self) -> str:
        return await self.host.show(UNIT, "StatusText")

    async def pid(self) -> int:
        return int(await self.host.show(UNIT, "MainPID"))

    async def register(self) -> str:
        """One account's token; returns it."""
        headers = {"X-API-Key": self.key}
        async with aiohttp.ClientSession(self.url, headers=headers) as calls:
            async with calls.post("/register", json=BODY) as answer:
                assert answer.status == 200, await answer.text()
            async with calls.get(PATH) as answer:
                return str((await answer.json())["result"])


@asynccontextmanager
async def service(folder: Path) -> AsyncIterator[Service]:
    async with wechat(SystemClock()) as weixin, machine(folder) as host:
        running = Service(host, weixin)
        running.configure()
        await running.start()
        yield running


async def test_a_busy_crowd_notices_none_of_twenty_restarts(tmp_path: Path) -> None:
    async with service(tmp_path) as running:
        value = await running.register()
        pids = {await running.pid()}
        asking = crowd(running.url, PATH, key=running.key, value=value, staying=32, leaving=32)
        async with asking as people:
            for _ in range(20):
                await people.more(2000)
                await running.host.must("systemctl", "restart", UNIT)
                pids.add(await running.pid())
            await people.more(2000)

        print(
            f"systemd: 20 restarts, {people.answers} answers, {len(people.failures)} failures, "
            f"{people.goodbyes} goodbyes, longest wait {people.longest:.2f} s"
        )
        assert people.failures == []
        assert len(pids) == 21
        assert running.weixin.sandbox.calls() == 1
        assert await running.host.show(UNIT, "NFileDescriptorStore") == "1"
        # The port is systemd's for as long as the service is to run, and no longer.
        await running.host.must("systemctl", "stop", UNIT)
        assert refuses(running.url)


async def test_a_killed_daemon_is_back_and_nobody_was_refused(tmp_path: Path) -> None:
    async with service(tmp_path) as running:
        value = await running.register()
        asking = crowd(running.url, PATH, key=running.key, value=value, staying=8, leaving=8)
        async with asking as people:
            for _ in range(3):
                await people.more(500)
                await running.host.must("systemctl", "kill", "--signal=KILL", UNIT)
            await people.more(500)

        print(f"systemd: 3 kills, {people.answers} answers, {len(people.failures)} broken off")
        assert not [failure for failure in people.failures if "not connected" in failure]
        assert running.weixin.sandbox.calls() == 1


async def test_a_reload_is_checked_first_and_seen_through(tmp_path: Path) -> None:
    async with service(tmp_path) as running:
        pid = await running.pid()

        running.configure("[refresh]\nslots = 3\n")
        await running.host.must("systemctl", "reload", UNIT)
        assert await running.status() == f"serving {running.url}"

        running.configure("[refresh]\nslotz = 3\n")
        refused = await running.host.run("systemctl", "reload", UNIT)
        assert refused.code != 0
        assert "slotz" in await running.host.journal()
        assert await running.host.show(UNIT, "ActiveState") == "active"

        # Whoever goes past the check is told by the daemon.
        await running.host.must("systemctl", "kill", "--signal=HUP", UNIT)
        while "slotz" not in await running.status():
            await running.host.clock.sleep(POLL)
        assert "the old one stays in force" in await running.status()
        assert await running.pid() == pid
        print("systemd: a good reload, a bad one refused, a bad one ignored; one process")


async def test_journalctl_finds_what_needs_a_person(tmp_path: Path) -> None:
    async with service(tmp_path) as running:
        errors = ("--priority=err", f"--unit={UNIT}")
        assert await running.host.journal(*errors) == ""

        body = {**BODY, "tasks": [{"type": 0, "notify": f"{running.weixin.url}/nothing"}]}
        headers = {"X-API-Key": running.key}
        async with (
            aiohttp.ClientSession(running.url, headers=headers) as calls,
            calls.post("/register", json=body) as answer,
        ):
            assert answer.status == 200
        while "answered 404" not in await running.host.journal(*errors):
            await running.host.clock.sleep(POLL)

        running.configure("[refresh]\nslotz = 3\n")
        refused = await running.host.run("systemctl", "restart", UNIT)
        assert refused.code != 0
        refusal, mistake, *_ = (
            await running.host.journal(*errors)
        ).splitlines()  # and systemd's own
        assert '"delivery.deferred"' in refusal
        assert mistake.startswith("wechat-scheduler: ")
        assert "slotz" in mistake
        print("systemd: journalctl -p err prints a refused notification and a wrong configuration")


async def test_a_daemon_that_hangs_is_replaced(tmp_path: Path) -> None:
    async with service(tmp_path) as running:
        running.host.write(HASTE, "[Service]\nWatchdogSec=2s\nTimeoutAbortSec=1s\n")
        await running.host.must("systemctl", "daemon-reload")
        await running.host.must("systemctl", "restart", UNIT)
        await running.host.clock.sleep(4 * SECOND)
        assert await running.host.show(UNIT, "NRestarts") == "0"

        await running.host.must("systemctl", "kill", "--signal=STOP", UNIT)
        await running.host.until(UNIT, "NRestarts", "1")
        await running.host.until(UNIT, "ActiveState", "active")

        async with aiohttp.ClientSession(running.url) as calls, calls.get("/healthz") as answer:
            assert answer.status == 200
        print("systemd: two limits survived in good health; a daemon that hung was replaced")


async def test_the_socket_unit_starts_it_with_the_first_caller(tmp_path: Path) -> None:
    async with wechat(SystemClock()) as weixin, machine(tmp_path) as host:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        running = Service(host, weixin)
        running.configure(port=port)
        host.write(
            f"{HASTE.replace('service', 'socket')}",
            f"[Socket]\nListenStream=\nListenStream=127.0.0.1:{port}\n",
        )
        await host.must("systemctl", "daemon-reload")
        await host.must("systemctl", "start", "wechat-scheduler.socket")
        assert await host.show(UNIT, "ActiveState") == "inactive"

        url = f"http://127.0.0.1:{port}"
        async with aiohttp.ClientSession(url) as calls:
            for _ in range(2):
                async with calls.get("/healthz") as answer:
                    assert answer.status == 200
                await host.must("systemctl", "restart", UNIT)

        assert await running.status() == f"serving {url}"
        # The socket unit has it; it need not be kept twice.
        assert await host.show(UNIT, "NFileDescriptorStore") == "0"
        await host.must("systemctl", "stop", UNIT, "wechat-scheduler.socket")
        assert refuses(url)
        print("systemd: started by the first caller, restarted, stopped")


def refuses(url: str) -> bool:
    host, _, port = url.removeprefix("http://").rpartition(":")
    try:
        socket.create_connection((host, int(port))).close()
    except ConnectionRefusedError:
        return True
    return False
