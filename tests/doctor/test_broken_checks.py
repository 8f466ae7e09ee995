"""A check of `doctor` that breaks off is a finding, and the others follow."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.house import daemon, daemon_config
from wechat_scheduler.config.settings import Config
from wechat_scheduler.doctor.examine import examine
from wechat_scheduler.doctor.finding import Level
from wechat_scheduler.engine.clock import SystemClock


@pytest.fixture
async def config(tmp_path: Path) -> Config:
    """Of a folder that a daemon has left, with two credentials."""
    async with daemon(tmp_path / "state", "http://127.0.0.1:9", loops=False) as running:
        await running.register({"type": 0}, {"type": 1})
    return daemon_config(tmp_path / "state", "http://127.0.0.1:9")


def spoil(config: Config, *statements: str) -> None:
    path = config.state.dir / "wechat-scheduler.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for statement in statements:
            database.execute(statement)


async def said(config: Config) -> list[tuple[str, Level, str]]:
    clock, rng = SystemClock(), random.Random(3)
    found = [one async for one in examine(config, probe=False, clock=clock, rng=rng)]
    return [(one.check, one.level, one.says) for one in found]


@pytest.mark.parametrize("column", ["subject", "kind"])
async def test_a_job_whose_name_is_no_text_is_named_and_the_others_are_examined(
    config: Config, column: str
) -> None:
    spoil(config, f"UPDATE jobs SET {column} = x'ff' WHERE kind = 'jsapi_ticket'")

    found = await said(config)

    assert any("table jobs cannot be read" in says for _, _, says in found)
    assert any("access_token is pending" in says for _, _, says in found)
    assert not any("this check failed" in says for _, _, says in found)


async def test_a_table_that_is_missing_breaks_off_its_checks_alone(config: Config) -> None:
    spoil(config, "DROP TABLE accounts", "DROP TABLE callbacks")

    found = await said(config)

    broken = {check: says for check, level, says in found if "this check failed" in says}
    assert "the database lacks the table callbacks" in broken["callback"]
    assert "restore a backup" in broken["callback"]
    assert any("access_token is pending" in says for _, _, says in found)
