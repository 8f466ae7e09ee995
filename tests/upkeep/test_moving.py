"""Moves the store from SQLite to PostgreSQL and back: everything, or as far as it came."""

import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_asyncio

from tests.clock import FakeClock
from tests.house import APPID, WeChat, daemon, daemon_config, wechat
from tests.postgres import PostgresServer
from tests.reused import bare_database, postgres_database
from tests.upkeep.dying import Dying, dying_at
from wechat_scheduler.config.loading import DATABASE_NAME
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.errors import ConfigError, InUseError, SealingError, StateError
from wechat_scheduler.storage.database import Database, Script
from wechat_scheduler.storage.upkeep import moving
from wechat_scheduler.storage.upkeep.moving import MovedTable
from wechat_scheduler.upkeep import moving as upkeep
from wechat_scheduler.upkeep.moving import move_store

T = TypeVar("T")
PLAIN = {"TEXT": "'it''s 中文'", "BIGINT": str(2**62), "INTEGER": "7"}
PATH = f"{APPID}/0"
# If each transaction has one row, these are the first rows of two tables that have more.
MIDDLES = (2, 5)


@pytest.fixture
async def weixin() -> AsyncIterator[WeChat]:
    async with wechat(SystemClock()) as weixin:
        yield weixin


@pytest.fixture
async def url(postgres: PostgresServer) -> AsyncIterator[str]:
    async with postgres_database(postgres) as url:
        yield url


def tables(connection: sqlite3.Connection) -> Iterator[tuple[str, list[str]]]:
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    for (name,) in connection.execute(names).fetchall():
        yield name, [row[2] for row in connection.execute(f"PRAGMA table_info({name})")]


def fill(file: Path) -> None:
    """Put a row into every table, one that the others refer to."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for name, types in tables(connection):
            values = ", ".join(PLAIN[kind] for kind in types)
            connection.execute(f"INSERT OR IGNORE INTO {name} VALUES ({values})")


def content(file: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(file)) as connection:
        found = {
            name: sorted(connection.execute(f"SELECT * FROM {name}"), key=str)
            for name, _ in tables(connection)
            if name != "nodes"
        }
    found["meta"] = [row for row in found["meta"] if row[0] != moving.MOVED]
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that a daemon left, with a row in every table."""
    folder = tmp_path_factory.mktemp("left") / "state"
    async with wechat(SystemClock()) as weixin, daemon(folder, weixin.url, loops=False) as running:
        await running.register({"type": 0}, {"type": 1, "notify": "http://127.0.0.1:9/n"})
        await running.settle()
    fill(folder / DATABASE_NAME)
    return folder


@pytest.fixture
def state(left: Path, tmp_path: Path) -> Path:
    """A copy of that folder."""
    return shutil.copytree(left, tmp_path / "state")


async def moved(state: Path, source: str, target: str) -> list[MovedTable]:
    settings = daemon_config(state, "http://127.0.0.1:9").state
    return [table async for table in move_store(settings, source, target, clock=FakeClock())]


def sqlite_url(state: Path, name: str = DATABASE_NAME) -> str:
    return f"sqlite://{state / name}"


async def test_every_row_of_every_table_goes_to_a_new_database_and_back_to_a_file_of_its_folders_owner(
    state: Path, postgres: PostgresServer, tmp_path: Path
) -> None:
    folder = tmp_path / "daemons"
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, 65534, 65534)

    async with bare_database(postgres) as url:
        there = await moved(state, sqlite_url(state), url)
        await moved(state, url, sqlite_url(folder, "back.db"))

    assert content(folder / "back.db") == content(state / DATABASE_NAME)
    assert {table.name for table in there} == {*content(state / DATABASE_NAME)}
    assert all(table.rows for table in there)
    assert (folder / "back.db").stat().st_uid == folder.stat().st_uid


async def test_a_daemon_goes_on_with_the_copy_and_asks_wechat_for_nothing_and_none_starts_on_the_original(
    state: Path, url: str, weixin: WeChat
) -> None:
    await moved(state, sqlite_url(state), url)

    with pytest.raises(StateError, match="was moved to postgresql://"):
        async with daemon(state, weixin.url, loops=False):
            pass
    with pytest.raises(StateError, match="was moved to"):
        await moved(state, sqlite_url(state), url)
    async with daemon(state, weixin.url, loops=False, state__database=url) as running:
        value = await running.value(PATH)
        await running.call("POST", "/v1/keys", body={"name": "erp", "scopes": ["read"]})
        entries = (await running.call("GET", "/v1/audit")).result
    assert value.startswith("9")
    assert weixin.sandbox.calls() == 0
    assert entries[0]["id"] > 7  # its numbers go on behind those that came


async def test_a_move_that_was_killed_goes_on_and_no_daemon_starts_before(
    state: Path, url: str, weixin: WeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "BATCH", 1)
    back = sqlite_url(state, "back.db")

    async def killed(source: str, target: str, writes: int) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(upkeep, "open_database", dying_at(target, writes))
            with pytest.raises(KeyboardInterrupt):
                await moved(state, source, target)

    refusals = []
    await killed(sqlite_url(state), url, 0)  # nothing was begun
    for writes in (1, *MIDDLES):
        await killed(sqlite_url(state), url, writes)
        with pytest.raises(StateError, match="incomplete copy"):
            await moved(state, url, sqlite_url(state, "part.db"))
        with pytest.raises(StateError) as caught:
            async with daemon(state, weixin.url, loops=False, state__database=url):
                pass
        refusals.append(str(caught.value))
    await moved(state, sqlite_url(state), url)
    for writes in (0, 1, *MIDDLES):
        await killed(url, back, writes)
    await moved(state, url, back)

    assert refusals == [moving.REFUSALS[moving.MOVING]] * 3
    assert content(state / "back.db") == content(state / DATABASE_NAME)


async def test_a_move_that_was_killed_at_its_very_end_is_ended_by_the_next(
    state: Path, url: str, weixin: WeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    class DyingAtTheEnd(Dying):
        async def write(self, script: Callable[[], Script[T]]) -> T:
            with closing(sqlite3.connect(state / DATABASE_NAME)) as source:
                marks = source.execute("SELECT 1 FROM meta WHERE name = 'moved'").fetchall()
            self._left = 0 if marks else 1
            return await super().write(script)

    with monkeypatch.context() as patched:
        patched.setattr(upkeep, "open_database", dying_at(url, 1, DyingAtTheEnd))
        with pytest.raises(KeyboardInterrupt):
            await moved(state, sqlite_url(state), url)

    with pytest.raises(StateError, match="was moved to"):
        await moved(state, sqlite_url(state), url + "&application_name=other")
    await moved(state, sqlite_url(state), url)

    with pytest.raises(StateError, match="was moved to"):
        await moved(state, sqlite_url(state), url)
    async with daemon(state, weixin.url, loops=False, state__database=url) as running:
        assert await running.value(PATH)


async def test_a_row_that_changes_after_its_copy_is_noticed(
    state: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = moving._compare

    async def change_before(table: moving.Table, source: Database, target: Database) -> int:
        if table.name == "jobs":
            with closing(sqlite3.connect(state / DATABASE_NAME, isolation_level=None)) as other:
                other.execute("UPDATE jobs SET version = version + 1")
        return await compare(table, source, target)

    monkeypatch.setattr(moving, "_compare", change_before)

    with pytest.raises(StateError, match="of the table jobs differs from its copy"):
        await moved(state, sqlite_url(state), url)


async def test_what_cannot_be_moved_is_refused_before_anything_changes(
    state: Path, tmp_path: Path, url: str, weixin: WeChat
) -> None:
    source, other = sqlite_url(state), tmp_path / "other"
    async with daemon(other, weixin.url, loops=False, state__database=url):
        pass

    refusals: dict[str, tuple[type[Exception], Path, str, str]] = {
        "one of the two must be a sqlite: URL": (ConfigError, state, source, source),
        "there is no database at": (StateError, state, sqlite_url(state, "none.db"), url),
        "the target is not empty": (StateError, state, source, url),
        "there is no sealing key at": (SealingError, tmp_path / "nobody", source, url),
    }
    for sentence, (kind, folder, start, end) in refusals.items():
        with pytest.raises(kind, match=sentence):
            await moved(folder, start, end)

    async with daemon(state, weixin.url, loops=False) as running:
        with pytest.raises(InUseError):
            await moved(state, source, url)
        assert await running.value(PATH)
