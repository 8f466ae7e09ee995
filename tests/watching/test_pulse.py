"""A store that answers and takes nothing is not ready, and says why."""

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.house import APPID, Answer, Caller
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.database import Database, Statement, rows_of

FULL = "the disk is full"


@pytest.fixture
def database(keeper: Caller) -> Database:
    return keeper.daemon.ground.stores.pulse._database


async def pragma(database: Database, what: str) -> Any:
    (row,) = await database.write(lambda: rows_of(Statement(f"PRAGMA {what}")))
    return row[0]


@pytest.fixture
async def full(database: Database) -> AsyncIterator[None]:
    pages = await pragma(database, "page_count")
    await pragma(database, f"max_page_count = {pages}")
    sql = "INSERT INTO link_secrets (name, value) VALUES (hex(randomblob(8)), $1)"
    filler = Statement(sql, ("." * 4_000,))
    with suppress(StorageError):
        while True:
            await database.write(lambda: rows_of(filler))
    yield
    await pragma(database, "max_page_count = 1000000")


async def beat(keeper: Caller) -> tuple[Answer, Answer]:
    await keeper.daemon.cores.pulse.run_once()
    return await keeper.call("GET", "/readyz", key=""), await keeper.call("GET", "/readyz")


@pytest.mark.on_disk
async def test_a_full_disk_is_not_ready_and_said_as_an_error_once(
    keeper: Caller, database: Database, full: None
) -> None:
    with capture_logs() as log:
        stranger, operator = await beat(keeper)
        await beat(keeper)
        await pragma(database, "max_page_count = 1000000")
        after, _ = await beat(keeper)

    assert (stranger.status, operator.status, after.status) == (503, 503, 200)
    assert (operator.json["result"]["store"], operator.json["result"]["store_error"]) == (
        False,
        FULL,
    )
    said = [it for it in log if it["event"].startswith("store.")]
    assert [(it["event"], it["log_level"]) for it in said] == [
        ("store.not_writable", "error"),
        ("store.writable", "info"),
    ]
    assert said[0]["error"] == FULL


def delete(state: Path) -> None:
    for file in state.glob("wechat-scheduler.db*"):
        file.unlink()


@pytest.mark.on_disk
async def test_a_database_whose_file_is_gone_takes_no_registration_and_is_not_ready(
    keeper: Caller,
) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    value = await keeper.value(f"{APPID}/0")

    delete(keeper.daemon.ground.config.state.dir)
    refused = await keeper.register({"type": 1})
    stranger, operator = await beat(keeper)

    assert refused.status == 503
    assert stranger.status == 503
    why = operator.json["result"]["store_error"]
    assert "was deleted: stop the daemon and restore a backup" in why
    assert await keeper.value(f"{APPID}/0") == value
