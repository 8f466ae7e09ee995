"""Moves the store from SQLite to PostgreSQL and back: everything, or as far as it came."""

import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest

from tests.clock import FakeClock
from tests.house import APPID, WeChat, daemon, daemon_config, wechat
from tests.postgres import PostgresServer
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


@pytest.fixture
async def weixin() -> AsyncIterator[WeChat]:
    async with wechat(SystemClock()) as weixin:
        yield weixin


@pytest.fixture
async def url(postgres: PostgresServer) -> AsyncIterator[str]:
    async with postgres.fresh_database() as url:
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


@pytest.fixture
async def state(tmp_path: Path, weixin: WeChat) -> Path:
    """A folder that a daemon left, with a row in every table."""
    folder = tmp_path / "state"
    async with daemon(folder, weixin.url, loops=False) as running:
        await running.register({"type": 0}, {"type": 1, "notify": "http://127.0.0.1:9/n"})
        await running.settle()
    fill(folder / DATABASE_NAME)
    return folder


async def moved(state: Path, source: str, target: str) -> list[MovedTable]:
    settings = daemon_config(state, "http://127.0.0.1:9").state
    return [table async for table in move_store(settings, source, target, clock=FakeClock())]


def sqlite_url(state: Path, name: str = DATABASE_NAME) -> str:
    return f"sqlite://{state / name}"


async def test_every_row_of_every_table_goes_there_and_back(state: Path, url: str) -> None:
    there = await moved(state, sqlite_url(state), url)
    await moved(state, url, sqlite_url(state, "back.db"))

    assert content(state / "back.db") == content(state / DATABASE_NAME)
    assert {table.name for table in there} == {*content(state / DATABASE_NAME)}
    assert all(table.rows for table in there)


async def test_a_daemon_goes_on_with_the_copy_and_asks_wechat_for_nothing(
    state: Path, url: str, weixin: WeChat
) -> None:
    calls = weixin.sandbox.calls()

    await moved(state, sqlite_url(state), url)

    async with daemon(state, weixin.url, loops=False, state__database=url) as running:
        value = await running.value(PATH)
        await running.call("POST", "/v1/keys", body={"name": "erp", "scopes": ["read"]})
        entries = (await running.call("GET", "/v1/audit")).result
    assert value.startswith("9")
    assert weixin.sandbox.calls() == calls
    assert entries[0]["id"] > 7  # its numbers go on behind those that came


@pytest.mark.parametrize("writes", [0, 1, 12])
async def test_a_move_that_was_killed_goes_on_and_no_daemon_starts_before(
    state: Path, url: str, weixin: WeChat, writes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = sqlite_url(state, "back.db")

    async def killed(source: str, target: str) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(upkeep, "open_database", dying_at(target, writes))
            with pytest.raises(KeyboardInterrupt):
                await moved(state, source, target)

    await killed(sqlite_url(state), url)
    refused = None
    if writes:  # else nothing was begun
        with pytest.raises(StateError, match="incomplete copy"):
            await moved(state, url, sqlite_url(state, "part.db"))
        with pytest.raises(StateError) as caught:
            async with daemon(state, weixin.url, loops=False, state__database=url):
                pass
        refused = str(caught.value)

    await moved(state, sqlite_url(state), url)
    await killed(url, back)
    await moved(state, url, back)

    assert refused in (None, moving.REFUSALS[moving.MOVING])
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


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")
async def test_a_sqlite_database_that_root_moves_to_belongs_to_the_owner_of_its_folder(
    state: Path, url: str, tmp_path: Path
) -> None:
    await moved(state, sqlite_url(state), url)
    (tmp_path / "daemons").mkdir()
    os.chown(tmp_path / "daemons", 65534, 65534)

    await moved(state, url, f"sqlite://{tmp_path}/daemons/back.db")

    owners = {file.name: file.stat().st_uid for file in (tmp_path / "daemons").iterdir()}
    assert owners["back.db"] == 65534


async def test_no_daemon_starts_on_what_was_moved_away(
    state: Path, url: str, weixin: WeChat
) -> None:
    await moved(state, sqlite_url(state), url)

    with pytest.raises(StateError, match="was moved to postgresql://"):
        async with daemon(state, weixin.url, loops=False):
            pass
    with pytest.raises(StateError, match="was moved to"):
        await moved(state, sqlite_url(state), url)


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
