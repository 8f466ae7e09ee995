"""Opening a file as a SQLite database, and the refusals."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest

from tests.clock import FakeClock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import StateError
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.opening import open_database


async def open_file(url: str, migrations: Traversable) -> Database:
    return await open_database(
        url, migrations=migrations, clock=FakeClock(), supervisor=Supervisor()
    )


@contextmanager
def unprivileged() -> Iterator[Path]:
    """Run as a user to whom file permissions apply, in a folder of that user."""
    user = 65534 if os.geteuid() == 0 else os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, user, -1)
        os.seteuid(user)
        try:
            yield Path(folder)
        finally:
            os.seteuid(os.getuid())


async def test_a_file_that_is_no_database_is_refused(
    migrations: Traversable, tmp_path: Path
) -> None:
    path = tmp_path / "state.db"
    path.write_text("a letter to a friend, and certainly long enough" * 100)

    with pytest.raises(StateError, match=r"state\.db: the file is not a SQLite database"):
        await open_file(f"sqlite://{path}", migrations)


async def test_a_folder_that_does_not_exist_is_refused(migrations: Traversable) -> None:
    with pytest.raises(StateError, match=r"/nowhere/at/all\.db: No such file or directory"):
        await open_file("sqlite:///nowhere/at/all.db", migrations)


async def test_a_folder_in_which_we_may_not_write_is_refused(migrations: Traversable) -> None:
    with unprivileged() as folder:
        folder.chmod(0o500)

        with pytest.raises(StateError, match=r"state\.db: Permission denied"):
            await open_file(f"sqlite://{folder}/state.db", migrations)


async def test_a_file_that_we_may_not_write_is_refused(migrations: Traversable) -> None:
    with unprivileged() as folder:
        sqlite3.connect(folder / "state.db").close()
        (folder / "state.db").chmod(0o400)

        with pytest.raises(StateError, match="read-only"):
            await open_file(f"sqlite://{folder}/state.db", migrations)


@pytest.mark.parametrize(
    "url", ["sqlite://relative/path.db", "sqlite://", "sqlite:", "mysql://x/y"]
)
async def test_a_url_of_another_form_is_refused(url: str, migrations: Traversable) -> None:
    with pytest.raises(StateError, match=r"sqlite:"):
        await open_file(url, migrations)


async def test_a_path_may_hold_escaped_characters(migrations: Traversable, tmp_path: Path) -> None:
    database = await open_file(f"sqlite://{tmp_path}/a%20b%3F.db", migrations)
    await database.close()

    assert (tmp_path / "a b?.db").exists()
