"""A daemon that starts where nothing can be written any more."""

import errno
import os
from pathlib import Path

from structlog.testing import capture_logs

from tests.clock import FakeClock
from tests.house import daemon
from wechat_scheduler.config.os_errors import reason
from wechat_scheduler.config.state_folder import ADDRESS
from wechat_scheduler.engine.durable_files import draft_of


async def test_a_daemon_that_cannot_write_its_address_serves(tmp_path: Path) -> None:
    draft_of(tmp_path / ADDRESS).mkdir()

    with capture_logs() as logs:
        async with daemon(tmp_path, "http://127.0.0.1:9", clock=FakeClock()) as keeper:
            answer = await keeper.call("GET", "/tasks")

    (said,) = [it for it in logs if it["event"] == "daemon.not_announced"]
    assert answer.status == 200
    assert str(tmp_path / ADDRESS) in said["error"]


def test_a_full_disk_is_named_with_its_remedy() -> None:
    error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert reason(error) == "the disk is full: free some space"
