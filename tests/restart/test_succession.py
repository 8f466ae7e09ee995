"""SIGUSR2: the next daemon is loaded before this one ends, and takes its place."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from tests.house import wechat
from tests.program import Program, warm_program
from tests.restart.crowd import crowd
from tests.restart.manager import manager
from tests.restart.relay import PATH, register
from wechat_scheduler.daemon.succession import Succession
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.engine.supervisor import Supervisor


@asynccontextmanager
async def handing_over(daemon: Program) -> AsyncIterator[int]:
    """The successor's process; it is killed at the end."""
    daemon.process.send_signal(signal.SIGUSR2)
    successor: int = (await daemon.log.says("restart.loading"))["pid"]
    try:
        yield successor
    finally:
        with suppress(ProcessLookupError):
            os.kill(successor, signal.SIGKILL)


async def health(url: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"{url}/healthz") as response:
        return await response.text()


# The successor imports everything, and waits at the FIFO `gate`: no crowd need ask all the while.
GATED = """
import sys
sys.orig_argv[1:3] = ["-c", '''
from wechat_scheduler.cli.main import SERVE, main
SERVE.load()
from wechat_scheduler.cli.late_loading import load_all
load_all()
open({gate!r}).read()
main()
''']
"""


async def test_a_crowd_notices_nothing_and_systemd_learns_who_goes_on_again_and_again(
    tmp_path: Path,
) -> None:
    gate = str(tmp_path / "gate")
    os.mkfifo(gate)
    async with AsyncExitStack() as stack:
        weixin = await stack.enter_async_context(wechat(SystemClock()))
        held = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        systemd = stack.enter_context(manager(tmp_path))
        start = warm_program(
            *(tmp_path / "s", "--wechat-api", weixin.url),
            environ=systemd.environ,
            held=[held],
            first=GATED.format(gate=gate),
        )
        daemon = await stack.enter_async_context(start)
        value = await register(daemon)
        second = await stack.enter_async_context(handing_over(daemon))
        opened = await asyncio.to_thread(os.open, gate, os.O_WRONLY)
        # A signal for all daemons ends no successor that loads.
        os.kill(second, signal.SIGUSR2)
        asking = crowd(daemon.url, PATH, key=daemon.admin_key, value=value, staying=16, leaving=16)
        async with asking as people, asyncio.timeout(60):
            await people.more(300)
            os.close(opened)
            await daemon.log.says("daemon.stopped")
            await people.more(300)
        assert await daemon.process.wait() == 0
        await systemd.hears(f"MAINPID={second}")
        await systemd.hears("READY=1", times=2)

        os.kill(second, signal.SIGUSR2)
        os.close(await asyncio.to_thread(os.open, gate, os.O_WRONLY))
        await systemd.hears("READY=1", times=3)
        third = [int(it["MAINPID"]) for it in systemd.heard if "MAINPID" in it][-1]

        assert third not in (second, daemon.process.pid)
        assert await health(daemon.url) == "ok\n"
        assert not {"STOPPING=1", "FDSTORE=1"} & set(systemd.states)
        os.kill(third, signal.SIGTERM)
        await systemd.hears("STOPPING=1")
        assert weixin.sandbox.calls() == 1
    assert people.failures == []


async def test_a_wrong_configuration_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("")
    async with warm_program(tmp_path / "s", "--config", str(file)) as daemon:
        file.write_text('[log]\nlevel = "loud"\n')

        daemon.process.send_signal(signal.SIGUSR2)
        failed = await daemon.log.says("restart.failed")

        assert failed["exit_code"] == 2
        assert await health(daemon.url) == "ok\n"
        assert await daemon.stop() == 0


async def test_a_successor_that_hangs_is_ended_and_the_next_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    succession = Succession(patience=timedelta(milliseconds=100))
    monkeypatch.setattr(sys, "orig_argv", [sys.executable, "-c", "import signal; signal.pause()"])

    with socket.create_server(("127.0.0.1", 0)) as listener, capture_logs() as events:
        assert not await succession.prepare(listener)
        assert not await succession.prepare(listener)

    ended = [event["exit_code"] for event in events if event["event"] == "restart.failed"]
    assert ended == [-signal.SIGKILL, -signal.SIGKILL]


@pytest.mark.parametrize(
    ("then", "patience", "code"),
    [
        ("signal.pause()", timedelta(milliseconds=100), -signal.SIGKILL),
        ("sys.exit(7)", timedelta(minutes=1), 7),
    ],
)
async def test_a_successor_that_gives_up_its_turn_is_ended_if_it_does_not_end(
    monkeypatch: pytest.MonkeyPatch, then: str, patience: timedelta, code: int
) -> None:
    given_up = f"import os, signal, sys; os.close(int(os.environ['SUCCESSION_TURN'])); {then}"
    monkeypatch.setattr(sys, "orig_argv", [sys.executable, "-c", given_up])

    with socket.create_server(("127.0.0.1", 0)) as listener, capture_logs() as events:
        assert not await Succession(patience=patience).prepare(listener)

    assert [it["exit_code"] for it in events if it["event"] == "restart.failed"] == [code]


async def test_a_successor_that_hangs_ends_with_its_predecessor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "orig_argv", [sys.executable, "-c", "import signal; signal.pause()"])
    succession = Succession()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with Supervisor() as supervisor:
            supervisor.contained("handing over", succession.prepare(listener))
            while succession.process is None:
                await SystemClock().sleep(timedelta(milliseconds=5))

    assert succession.process.wait() == -signal.SIGKILL


async def test_a_signal_to_end_ends_the_successor_too(tmp_path: Path) -> None:
    async with warm_program(tmp_path / "s") as daemon:
        host, port = daemon.url.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        key = f"X-API-Key: {daemon.admin_key}"
        writer.write(
            f"POST /v1/apps HTTP/1.1\r\nHost: here\r\n{key}\r\nContent-Length: 2\r\n\r\n".encode()
        )
        await health(
            daemon.url
        )  # by then the request is under way, and the daemon waits for its end
        async with handing_over(daemon):
            await daemon.log.says("daemon.stopping")

            daemon.process.terminate()
            writer.write(b"{}")
            async with asyncio.timeout(60):
                await daemon.log.ends()  # the successor holds its standard error, too

        with pytest.raises(aiohttp.ClientConnectorError):
            await health(daemon.url)
        writer.close()
