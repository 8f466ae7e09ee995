"""What systemd hears from a daemon, and hands to the next one."""

import os
import shutil
import socket
from pathlib import Path
from typing import Any

import aiohttp
from structlog.testing import capture_logs

from tests.program import program, warm_program
from tests.restart.manager import handing, manager
from wechat_scheduler.daemon.systemd import Notifier


async def get(url: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(f"{url}/healthz") as response:
        return response.status


def activating(held: socket.socket) -> dict[str, Any]:
    """The options of `program` that start it on the first call of `held`; at once, where systemd's
    own tool for that is missing."""
    options = handing(held)
    tool = shutil.which("systemd-socket-activate")
    if tool is not None:
        options["launcher"] = (*options["launcher"], tool, "--fdname", "http")
    return options


async def test_the_manager_may_be_in_the_abstract_namespace(tmp_path: Path) -> None:
    with manager(tmp_path, f"@wechat-scheduler-test-{os.getpid()}") as systemd:
        Notifier(systemd.address).alive()

        assert await systemd.hears("WATCHDOG=1")


async def test_a_daemon_says_when_it_is_ready_and_stops_and_the_next_ones_listen_on_its_socket(
    tmp_path: Path,
) -> None:
    with manager(tmp_path) as systemd:
        async with warm_program(tmp_path / "state", environ=systemd.environ) as first:
            ready = await systemd.hears("READY=1")
            assert await first.stop() == 0

        assert ready["STATUS"] == f"serving {first.url}"
        await systemd.hears("STATUS=stopped")  # `systemctl status` goes on showing the last one
        # Signs of life are for a watchdog.
        assert systemd.states == ["FDSTORE=1", "READY=1", "STOPPING=1", "STATUS=stopped"]
        kept = systemd.kept["http"]
        waiting = socket.create_connection(kept.getsockname())

        with waiting:
            waiting.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            async with warm_program(
                tmp_path / "state", environ=systemd.environ, held=[kept]
            ) as second:
                assert second.url == first.url
                assert await get(second.url) == 200
                await second.kill()
            assert waiting.recv(100).startswith(b"HTTP/1.0 200 OK\r\n")

        # A kill changes nothing.
        async with warm_program(
            tmp_path / "state", environ=systemd.environ, held=[systemd.kept["http"]]
        ) as third:
            assert third.url == first.url
        # It is still there, so it is not handed over a second time.
        assert systemd.states.count("FDSTORE=1") == 1


async def test_socket_activation_takes_the_same_path(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as held,
        socket.create_connection(held.getsockname()) as first,
    ):
        first.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")

        async with program(tmp_path / "state", **activating(held)) as daemon:
            assert first.recv(100).startswith(b"HTTP/1.0 200 OK\r\n")
            assert daemon.url == f"http://127.0.0.1:{held.getsockname()[1]}"


async def test_nobody_at_the_notify_socket_is_no_reason_to_serve_nobody(tmp_path: Path) -> None:
    environ = {"NOTIFY_SOCKET": str(tmp_path / "gone")}

    async with warm_program(tmp_path / "state", environ=environ) as daemon:
        assert await get(daemon.url) == 200


def test_a_manager_that_cannot_be_told_is_a_warning(tmp_path: Path) -> None:
    with capture_logs() as log:
        Notifier(str(tmp_path / "gone")).ready("serving")

    assert [(entry["event"], entry["state"]) for entry in log] == [("systemd.not_told", "READY=1")]


async def test_a_status_is_one_line(tmp_path: Path) -> None:
    with manager(tmp_path) as systemd:
        Notifier(systemd.address).ready("one\nREADY=0")

        assert (await systemd.hears("READY=1"))["STATUS"] == "one READY=0"
