"""What a backup and a restore may replace."""

import os
import shutil
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from tests.clock import FakeClock
from tests.house import daemon, daemon_config
from wechat_scheduler.config.settings import Config
from wechat_scheduler.errors import StateError
from wechat_scheduler.upkeep.backup import backup, restore
from wechat_scheduler.upkeep.moving import move_store

OWN = (
    "sealing.key", "admin.key", "daemon.url", "daemon.lock", ".admin.key.new", "wechat-scheduler.db.lock",
    "wechat-scheduler.db-wal", "wechat-scheduler.db-shm", "wechat-scheduler.db-journal",
)  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that a daemon has left."""
    folder = tmp_path_factory.mktemp("left") / "state"
    async with daemon(folder, "http://127.0.0.1:9", loops=False) as running:
        await running.register({"type": 0})
    return folder


@pytest.fixture
def config(left: Path, tmp_path: Path) -> Config:
    """Of a copy of that folder."""
    shutil.copytree(left, tmp_path / "state")
    return daemon_config(tmp_path / "state", "http://127.0.0.1:9")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("force", [False, True])
def test_no_file_of_the_daemon_is_replaced_by_a_backup(config: Config, force: bool) -> None:
    before = contents(config.state.dir)

    for name in OWN:
        with pytest.raises(StateError, match="is the daemon's own file"):
            backup(config, config.state.dir / name, force=force)
        assert contents(config.state.dir) == before, name


def test_nor_by_another_name_of_it(config: Config, tmp_path: Path) -> None:
    names = tmp_path / "link", tmp_path / "hard", config.state.dir / ".." / "state" / "sealing.key"
    names[0].symlink_to(config.state.sealing_key_file)
    os.link(config.state.sealing_key_file, names[1])
    before = contents(config.state.dir)

    for name in names:
        with pytest.raises(StateError, match="is the daemon's own file"):
            backup(config, name, force=True)

    assert contents(config.state.dir) == before


def test_nor_one_that_the_settings_name(config: Config, tmp_path: Path) -> None:
    key, url = tmp_path / "elsewhere.key", tmp_path / "database.url"
    config.state.sealing_key_file.rename(key)
    url.write_text("sqlite:///x")
    state = msgspec.structs.replace(config.state, sealing_key_file=key, database_file=url)
    named = msgspec.structs.replace(config, state=state)

    for file in (key, url):
        with pytest.raises(StateError, match="is the daemon's own file"):
            backup(named, file, force=True)

    assert url.read_text() == "sqlite:///x"


def fifo(place: Path) -> None:
    os.mkfifo(place)


def listening(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place))


def device(place: Path) -> None:
    place.symlink_to("/dev/null")


@pytest.mark.parametrize("make", [fifo, listening, device])
def test_what_is_no_regular_file_is_not_replaced(
    config: Config, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    place = tmp_path / "there"
    make(place)
    before = place.lstat()

    with pytest.raises(StateError, match="is not a regular file"):
        backup(config, place, force=True)

    assert (place.lstat().st_mode, place.lstat().st_ino) == (before.st_mode, before.st_ino)


def text(place: Path, _: Config) -> None:
    place.write_text("my notes")


def empty(place: Path, _: Config) -> None:
    place.touch()


def other_database(place: Path, _: Config) -> None:
    with closing(sqlite3.connect(place)) as database:
        database.execute("CREATE TABLE meta (name, value)")


def used_by_another(place: Path, config: Config) -> None:
    shutil.copy(config.state.dir / "wechat-scheduler.db", place)
    place.with_name(f"{place.name}.lock").touch()


@pytest.mark.parametrize("make", [text, empty, other_database, used_by_another])
def test_what_is_no_backup_is_replaced_only_by_force(
    config: Config, tmp_path: Path, make: Callable[[Path, Config], None]
) -> None:
    place = tmp_path / "there"
    make(place, config)
    before = place.read_bytes()

    with pytest.raises(StateError, match="exists and is not a backup: give --force to replace it"):
        backup(config, place)

    assert place.read_bytes() == before
    backup(config, place, force=True)
    assert place.read_bytes() != before


def test_a_backup_goes_where_a_link_leads(config: Config, tmp_path: Path) -> None:
    link, place = tmp_path / "latest.db", tmp_path / "monday.db"
    link.symlink_to(place)

    backup(config, link)
    backup(config, link)

    assert link.is_symlink()
    assert place.stat().st_size > 0


async def test_a_restore_goes_where_a_link_leads(config: Config, tmp_path: Path) -> None:
    saved, place = tmp_path / "saved.db", tmp_path / "disk.db"
    backup(config, saved)
    database = config.state.dir / "wechat-scheduler.db"
    database.rename(place)
    database.symlink_to(place)
    before = place.stat().st_ino

    await restore(config, saved, force=True, clock=FakeClock())

    assert database.is_symlink()
    assert place.stat().st_ino != before


async def test_no_database_is_made_of_a_file_of_the_daemon(config: Config, tmp_path: Path) -> None:
    saved = tmp_path / "saved.db"
    backup(config, saved)
    before = contents(config.state.dir)

    for name in ("sealing.key", "admin.key", "daemon.lock"):
        url = f"sqlite://{config.state.dir / name}"
        state = msgspec.structs.replace(config.state, database=url)
        with pytest.raises(StateError, match="is the daemon's own file"):
            await restore(
                msgspec.structs.replace(config, state=state), saved, force=True, clock=FakeClock()
            )
        with pytest.raises(StateError, match="is the daemon's own file"):
            await anext(move_store(config.state, "postgresql://h/n", url, clock=FakeClock()))

    assert contents(config.state.dir) == before


async def test_a_pipe_is_no_backup_to_restore(config: Config, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(StateError, match="is not a regular file"):
        await restore(config, tmp_path / "pipe", force=True, clock=FakeClock())


async def test_a_pipe_is_no_place_for_a_database(config: Config, tmp_path: Path) -> None:
    saved, pipe = tmp_path / "saved.db", tmp_path / "pipe"
    backup(config, saved)
    os.mkfifo(pipe)
    state = msgspec.structs.replace(config.state, database=f"sqlite://{pipe}")

    with pytest.raises(StateError, match="is not a regular file"):
        await restore(
            msgspec.structs.replace(config, state=state), saved, force=True, clock=FakeClock()
        )

    assert pipe.is_fifo()
