"""A SyncClient in a program with threads that forks."""

import asyncio
import json
import sys
from pathlib import Path

from tests.client import forking
from tests.client.told import told
from wechat_scheduler.engine.clock import SystemClock


async def test_a_forked_child_uses_no_lock_socket_or_thread_of_its_parent() -> None:
    async with told(SystemClock()) as daemon:
        await daemon.rotate("wx1/access_token", "token-1")
        await daemon.rotate("slow/access_token", "slow-1")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-W", "ignore::DeprecationWarning", forking.__file__, daemon.business.url(),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=Path.cwd(),
        )  # fmt: skip
        await daemon.listened(2)
        await daemon.rotate("wx1/access_token", "token-2")
        daemon.slow.set()

        out, errors = await process.communicate()

    assert (process.returncode, errors.decode()) == (0, "")
    child, parent = map(json.loads, out.splitlines())
    assert child == {"who": "child", "slow": "slow-1", "threads": 2}
    values = ["slow-1", *["token-1"] * forking.READERS]
    assert parent == {"who": "parent", "values": values, "slow": "slow-1", "child": 0}
