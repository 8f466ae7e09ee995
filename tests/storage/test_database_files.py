"""A database whose files are deleted, replaced or cut short while it is open takes nothing more."""

import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from functools import partial
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest

from tests.clock import FakeClock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.database import Database, Statement, rows_of
from wechat_scheduler.storage.migrate import MIGRATIONS
from wechat_scheduler.storage.opening import open_database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def migrations() -> Traversable:
    return MIGRATIONS


@pytest.fixture
async def database(path: Path, migrations: Traversable) -> AsyncIterator[Database]:
    database = await open_database(
        f"sqlite://{path}", migrations=migrations, clock=FakeClock(), supervisor=Supervisor()
    )
    await put(database, "before")
    yield database
    await database.close()


async def put(database: Database, name: str) -> None:
    sql = "INSERT INTO meta (name, value) VALUES ($1, '')"
    await database.write(lambda: rows_of(Statement(sql, (name,))))


async def names(database: Database) -> set[str]:
    return {row["name"] for row in await database.read("SELECT name FROM meta")}


def log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def delete(path: Path) -> None:
    path.unlink()


def delete_the_log(path: Path) -> None:
    log_of(path).unlink()


def delete_all(path: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


def delete_the_folder(path: Path) -> None:
    delete_all(path)
    path.parent.rmdir()


def replace(path: Path) -> None:
    copy = path.with_name("copy")
    copy.write_bytes(path.read_bytes())
    copy.rename(path)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def halve_the_log(path: Path) -> None:
    log = log_of(path)
    os.truncate(log, log.stat().st_size // 2)


def empty_the_log(path: Path) -> None:
    os.truncate(log_of(path), 0)


HARM: dict[Callable[[Path], None], str] = {
    delete: "was deleted",
    delete_the_log: "was deleted",
    delete_all: "was deleted",
    delete_the_folder: "was deleted",
    replace: "was replaced",
    empty: "was cut short",
    halve_the_log: "was cut short",
    empty_the_log: "was cut short",
}


@pytest.mark.parametrize("harm", HARM, ids=lambda harm: harm.__name__)
async def test_what_would_be_lost_is_refused_with_the_file_and_what_to_do(
    database: Database, path: Path, harm: Callable[[Path], None]
) -> None:
    harm(path)

    with pytest.raises(StorageError, match=f"{HARM[harm]}: stop the daemon and restore a backup"):
        await put(database, "after")


def with_another_program(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.mark.parametrize(
    "does",
    [
        partial(with_another_program, sql="PRAGMA wal_checkpoint(TRUNCATE)"),
        partial(with_another_program, sql="VACUUM"),
    ],
    ids=["a checkpoint", "a vacuum"],
)
async def test_another_program_that_makes_the_files_shorter_and_loses_nothing_does_no_harm(
    database: Database, path: Path, does: Callable[[Path], None]
) -> None:
    for number in range(200):
        await put(database, f"{number}" * 100)
    await database.write(lambda: rows_of(Statement("DELETE FROM meta WHERE length(name) > 60")))
    with_another_program(path, "SELECT 1")
    await put(database, "between")

    does(path)
    await put(database, "after")

    assert {"before", "between", "after"} <= await names(database)


def move(path: Path, other: Path) -> None:
    path.rename(other)


async def test_files_that_come_back_are_used_again(database: Database, path: Path) -> None:
    away = path.with_name("away")
    move(path, away)
    with pytest.raises(StorageError):
        await put(database, "meanwhile")

    move(away, path)
    await put(database, "after")

    assert {"before", "after"} <= await names(database)
    assert "meanwhile" not in await names(database)
