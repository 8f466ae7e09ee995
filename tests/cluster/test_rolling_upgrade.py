"""Daemons of two versions share a database while it is upgraded one machine after the other."""

import shutil
from pathlib import Path

from tests.clock import FakeClock
from tests.cluster.conftest import Cluster
from tests.house import APPID
from tests.stores.test_rolling_upgrade import EXPANDS
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.storage.migrate import MIGRATIONS
from wechat_scheduler.storage.opening import open_database

PATH = f"{APPID}/0"


async def expand(url: str, folder: Path) -> None:
    """What the start of the newer program does."""
    shutil.copytree(str(MIGRATIONS), folder)
    (folder / "9001_expand.sql").write_text(EXPANDS)
    async with Supervisor() as supervisor:
        database = await open_database(
            url, migrations=folder, clock=FakeClock(), supervisor=supervisor
        )
        await database.close()


async def test_daemons_of_the_version_before_go_on_and_restart_while_the_newer_one_expands(
    node: Cluster, database_url: str, tmp_path: Path
) -> None:
    async with node("first", wechat__access_token_endpoint="token") as first:
        await first.register({"type": 0})
        await first.settle()
        before = await first.value(PATH)

        await expand(database_url, tmp_path / "later")
        await first.call("POST", f"/task/{PATH}/refresh")
        await first.settle()
        after = await first.value(PATH)
        async with node("restarted") as restarted:
            there = await restarted.value(PATH)
            listed = (await restarted.call("GET", "/v1/nodes")).result

    assert before != after == there
    assert len(listed) == 2
