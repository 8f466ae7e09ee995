"""SQLite alone: group commit, and errors of the file."""

import asyncio
import os
import sqlite3
import stat
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.databases import Open
from tests.storage.scripts import ChangedMindError, Make, names, one_batch, put, put_then_fail
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.database import Database, Script, Statement, each

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

KEPT_BEFORE_KILL = 300


async def pragma(database: Database, text: str) -> list[int]:
    def script() -> Script[list[int]]:
        rows = yield Statement(f"PRAGMA {text}")
        return [value for row in rows for value in row]

    return await database.write(script)


async def test_a_batch_commits_together_and_its_failing_member_alone_fails(
    database: Database,
) -> None:
    scripts: list[Make] = [
        lambda: put("a"),
        lambda: put_then_fail("b"),
        lambda: put("a"),
        lambda: put("c"),
    ]

    found = await one_batch(database, scripts)

    assert [type(outcome) for outcome in found] == [
        int,
        ChangedMindError,
        sqlite3.IntegrityError,
        int,
    ]
    assert await names(database) == ["a", "c"]


async def test_a_batch_that_cannot_be_committed_is_done_for_nobody(database: Database) -> None:
    def dangle() -> Script[None]:
        yield Statement("INSERT INTO lines (item) VALUES ($1)", (12345,))

    found = await one_batch(database, [partial(put, "a"), dangle, partial(put, "b")])

    assert [str(outcome) for outcome in found] == ["the transaction was not committed"] * 3
    assert {type(outcome) for outcome in found} == {StorageError}
    assert await names(database) == []
    assert await database.write(lambda: put("next"))


async def test_more_writes_than_one_batch_holds_all_commit(database: Database) -> None:
    scripts = [partial(put, f"{number:04}") for number in range(1100)]

    found = await one_batch(database, scripts)

    assert all(isinstance(outcome, int) for outcome in found)
    assert len(await names(database)) == 1100


async def test_a_caller_who_left_before_its_turn_takes_its_script_along(
    database: Database,
) -> None:
    loop, begun = asyncio.get_running_loop(), []

    def unwanted() -> Script[int]:
        begun.append(True)
        return put("unwanted")

    async def leave() -> None:
        async with asyncio.timeout(0):
            await database.write(unwanted)

    def hold_the_writer_meanwhile() -> Script[None]:
        left = asyncio.run_coroutine_threadsafe(leave(), loop)
        assert isinstance(left.exception(10), TimeoutError)
        yield from each(())

    await database.write(hold_the_writer_meanwhile)
    await database.write(lambda: put("next"))

    assert begun == []
    assert await names(database) == ["next"]


async def test_a_full_disk_is_said_and_fails_only_what_does_not_fit(database: Database) -> None:
    [used] = await pragma(database, "page_count")
    await pragma(database, f"max_page_count = {used + 2}")
    scripts = [partial(put, "a"), partial(put, "big", "x" * 50_000), partial(put, "b")]

    found = await one_batch(database, scripts)

    assert str(found[1]) == "the disk is full"
    assert isinstance(found[1], StorageError)
    assert await names(database) == ["a", "b"]
    await pragma(database, "max_page_count = 1000000")
    assert await database.write(lambda: put("big", "x" * 50_000))


async def test_a_file_that_became_read_only_is_said(database: Database) -> None:
    await pragma(database, "query_only = ON")

    with pytest.raises(StorageError, match="the database is read-only"):
        await database.write(lambda: put("a"))


async def test_another_program_that_holds_the_file_is_said(
    database: Database, tmp_path: Path
) -> None:
    await pragma(database, "busy_timeout = 0")
    other = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StorageError, match="another program holds a lock"):
        await database.write(lambda: put("a"))

    assert await names(database) == []
    other.close()
    assert await database.write(lambda: put("a"))


async def test_reading_cannot_write(database: Database) -> None:
    with pytest.raises(StorageError, match="read-only"):
        await database.read("INSERT INTO items (name) VALUES ($1) RETURNING id", "a")


async def test_reads_do_not_wait_for_a_writer(database: Database) -> None:
    loop = asyncio.get_running_loop()
    await database.write(lambda: put("before"))

    def read_in_the_middle() -> Script[list[str]]:
        yield from put("after")
        return asyncio.run_coroutine_threadsafe(names(database), loop).result(10)

    assert await database.write(read_in_the_middle) == ["before"]


async def test_the_file_and_its_log_are_for_us_alone(database: Database, tmp_path: Path) -> None:
    await database.write(lambda: put("a"))

    modes = {name: stat.S_IMODE(os.stat(tmp_path / name).st_mode) for name in os.listdir(tmp_path)}
    assert modes == dict.fromkeys(["state.db", "state.db-wal", "state.db-shm"], 0o600)


async def test_every_commit_reaches_the_disk(database: Database) -> None:
    assert await pragma(database, "synchronous") == [2]
    assert await pragma(database, "foreign_keys") == [1]


async def test_closing_folds_the_log_into_the_file(open_again: Open, tmp_path: Path) -> None:
    database = await open_again()
    await database.write(lambda: put("a"))
    await names(database)

    await database.close()

    assert os.listdir(tmp_path) == ["state.db"]


async def test_a_signal_has_no_receiver(database: Database) -> None:
    heard: list[str] = []
    database.on_signal(heard.append)

    await database.write(lambda: database.dialect.signal("x"))

    assert heard == []


async def test_a_kill_in_the_middle_of_a_storm_loses_no_acknowledged_write(
    open_again: Open, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "tests.storage.storm", str(tmp_path / "state.db")]
    storm = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert storm.stdout is not None
    acknowledged = []
    async for line in storm.stdout:
        if line.endswith(b"\n"):
            acknowledged.append(line.decode().strip())
        if len(acknowledged) == KEPT_BEFORE_KILL:
            storm.kill()
    await storm.wait()

    kept = await names(await open_again())

    assert len(acknowledged) >= KEPT_BEFORE_KILL
    assert set(acknowledged) <= set(kept)
