"""`backup` and `restore`."""

import json
import os
import shutil
import sqlite3
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from tests.clock import FakeClock
from tests.documents import ROOT
from tests.house import APPID, Caller, WeChat, daemon, daemon_config, wechat
from tests.sending.town import town
from wechat_scheduler.config.settings import Config
from wechat_scheduler.delivery.model import Content, Way
from wechat_scheduler.errors import ConfigError, SealingError, StateError
from wechat_scheduler.storage.lost_commits import after_lost_commits
from wechat_scheduler.storage.sealing_keys import new_key
from wechat_scheduler.storage.upkeep.moving import MOVED, MOVING
from wechat_scheduler.upkeep.backup import backup, restore


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def weixin(clock: FakeClock) -> AsyncIterator[WeChat]:
    async with wechat(clock) as running:
        yield running


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return daemon_config(tmp_path / "state", "http://127.0.0.1:9")


@pytest.fixture
async def keeper(config: Config, weixin: WeChat, clock: FakeClock) -> AsyncIterator[Caller]:
    """A daemon that keeps one credential."""
    async with daemon(config.state.dir, weixin.url, clock=clock) as running:
        await running.register({"type": 0})
        await running.settle()
        yield running


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return tmp_path / "saved.db"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a daemon left that kept one credential, and beside it a backup of that."""
    folder, clock = tmp_path_factory.mktemp("left"), FakeClock()
    async with (
        wechat(clock) as weixin,
        daemon(folder / "state", weixin.url, clock=clock) as running,
    ):
        await running.register({"type": 0})
        await running.settle()
        backup(daemon_config(folder / "state", weixin.url), folder / "saved.db")
    return folder


@pytest.fixture
def state(left: Path, config: Config, saved: Path) -> Path:
    """A copy of the folder, and one of the backup."""
    shutil.copy(left / "saved.db", saved)
    return shutil.copytree(left / "state", config.state.dir)


async def test_a_daemon_that_runs_is_backed_up_and_notices_nothing(
    keeper: Caller, config: Config, saved: Path, tmp_path: Path
) -> None:
    value = await keeper.value(f"{APPID}/0")

    backup(config, saved)

    assert mode(saved) == 0o600
    assert [name for name in os.listdir(tmp_path) if "saved" in name] == ["saved.db"]
    assert jobs_in(saved) == [(APPID, "access_token", 1)]
    assert value.encode() not in whole(saved)
    await keeper.register({"type": 1})
    assert len(await keeper.jobs()) == 2


async def test_a_backup_takes_the_place_of_an_older_one_whole(
    keeper: Caller, config: Config, saved: Path
) -> None:
    backup(config, saved)
    await keeper.register({"type": 1})

    backup(config, saved)

    assert len(jobs_in(saved)) == 2


async def test_no_key_is_in_a_backup(keeper: Caller, config: Config, saved: Path) -> None:
    backup(config, saved)

    content = whole(saved)
    assert keeper.daemon.admin_key.encode() not in content
    assert config.state.sealing_key_file.read_bytes().strip() not in content


def test_without_a_daemon_it_is_the_same(state: Path, config: Config, tmp_path: Path) -> None:
    backup(config, tmp_path / "later.db")

    assert jobs_in(tmp_path / "later.db") == [(APPID, "access_token", 1)]
    assert sorted(path.name for path in state.iterdir()) == [
        "admin.key", "daemon.lock", "sealing.key", "wechat-scheduler.db",
        "wechat-scheduler.db.lock",
    ]  # fmt: skip


def test_a_backup_into_a_folder_that_is_not_there_is_a_sentence(
    state: Path, config: Config, tmp_path: Path
) -> None:
    with pytest.raises(StateError, match=r"cannot back up to .*: no such file or directory"):
        backup(config, tmp_path / "nowhere" / "saved.db")


def test_the_database_is_no_place_for_its_backup(state: Path, config: Config) -> None:
    with pytest.raises(StateError, match="is the database itself"):
        backup(config, state / "wechat-scheduler.db")


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [(MOVED, "was moved to elsewhere: name that"), (MOVING, "is an incomplete copy")],
)
def test_a_database_whose_content_is_elsewhere_is_no_source_of_backups(
    state: Path, config: Config, tmp_path: Path, mark: str, sentence: str
) -> None:
    with closing(sqlite3.connect(state / "wechat-scheduler.db")) as database, database:
        database.execute("INSERT INTO meta VALUES (?, 'elsewhere')", (mark,))

    with pytest.raises(StateError, match=sentence):
        backup(config, tmp_path / "copy.db")

    assert not (tmp_path / "copy.db").exists()


def test_the_documents_restore_postgresql_with_the_statements_of_restore() -> None:
    document = " ".join((ROOT / "docs/operations.md").read_text().split())

    for sql, params in after_lost_commits(0):
        for number, value in enumerate(params, 1):
            sql = sql.replace(f"${number}", ":ahead" if value else ":now")
        assert " ".join(sql.split()) + ";" in document


def test_postgresql_has_tools_of_its_own(tmp_path: Path) -> None:
    config = daemon_config(tmp_path, "http://x", state__database="postgresql://u:pw@h/n")

    with pytest.raises(ConfigError, match="pg_dump") as refusal:
        backup(config, tmp_path / "saved.db")

    assert refusal.value.exit_code == 2


async def test_what_is_restored_goes_on_with_a_value_that_was_asked_for_anew(
    state: Path, config: Config, weixin: WeChat, clock: FakeClock, saved: Path
) -> None:
    async with daemon(state, weixin.url, clock=clock) as running:
        clock.advance(timedelta(hours=3))
        await running.settle()
        after = await running.fetch(f"{APPID}/0")
    calls = weixin.sandbox.calls()

    await restore(config, saved, force=True, clock=clock)

    async with daemon(state, weixin.url, clock=clock) as running:
        await running.settle()
        now = await running.fetch(f"{APPID}/0")
    assert weixin.sandbox.calls() == calls + 1
    assert now.result == after.result
    assert version(now.headers["ETag"]) > version(after.headers["ETag"])


async def test_a_message_that_waited_in_the_backup_may_have_been_sent_since(
    tmp_path: Path, saved: Path
) -> None:
    async with town(tmp_path / "state") as place:
        uid, now = await place.follow(), place.clock.now()
        for hours in (1, 25):
            order = await place.sending.prepare(
                place.app,
                Content(way=Way.TEXT, text="hello"),
                names=[uid],
                not_before=now + timedelta(hours=hours),
            )
            await place.sending.put(order)
        config = daemon_config(tmp_path / "state", place.wechat.url)
        backup(config, saved)
    place.clock.advance(timedelta(hours=2))

    await restore(config, saved, force=True, clock=place.clock)

    with closing(sqlite3.connect(config.state.dir / "wechat-scheduler.db")) as database:
        found = database.execute("SELECT doubts FROM deliveries ORDER BY due_at").fetchall()
    assert found == [(1,), (0,)]


async def test_a_backup_moves_to_another_machine_with_its_sealing_key(
    state: Path, config: Config, weixin: WeChat, clock: FakeClock, saved: Path, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    there.mkdir(mode=0o700)
    shutil.copy(config.state.sealing_key_file, there / "sealing.key")

    await restore(daemon_config(there, weixin.url), saved, force=False, clock=clock)

    assert mode(there / "wechat-scheduler.db") == 0o600
    async with daemon(there, weixin.url, clock=clock) as running:
        assert [job["state"] for job in await running.jobs()] == ["fresh"]


async def test_an_old_log_is_not_applied_to_the_database_that_was_restored(
    config: Config, weixin: WeChat, clock: FakeClock, saved: Path, tmp_path: Path
) -> None:
    async with daemon(config.state.dir, weixin.url, clock=clock) as running:
        await running.register({"type": 0})
        backup(config, saved)
        await running.register({"type": 1})
        crashed = tmp_path / "crashed"
        shutil.copytree(config.state.dir, crashed)
    assert (crashed / "wechat-scheduler.db-wal").stat().st_size > 0

    await restore(daemon_config(crashed, weixin.url), saved, force=True, clock=clock)

    assert not (crashed / "wechat-scheduler.db-wal").exists()
    assert len(jobs_in(crashed / "wechat-scheduler.db")) == 1


def files(state: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in state.iterdir()}


def cut(saved: Path, config: Config) -> None:
    saved.write_bytes(saved.read_bytes()[:6000])


def scribbled(saved: Path, config: Config) -> None:
    content = saved.read_bytes()
    saved.write_bytes(content[:8192] + b"\xab" * (len(content) - 8192))


def something_else(saved: Path, config: Config) -> None:
    saved.write_bytes(b"not a database" * 1000)


def another_database(saved: Path, config: Config) -> None:
    saved.unlink()
    with closing(sqlite3.connect(saved)) as database:
        database.execute("CREATE TABLE notes (text)")


def newer(saved: Path, config: Config) -> None:
    with closing(sqlite3.connect(saved)) as database, database:
        database.execute("UPDATE meta SET value = '999' WHERE name = 'schema_version'")


def missing(saved: Path, config: Config) -> None:
    saved.unlink()


def empty_without_key(saved: Path, config: Config) -> None:
    saved.write_bytes(b"")
    lost_key(saved, config)


def another_without_key(saved: Path, config: Config) -> None:
    another_database(saved, config)
    lost_key(saved, config)


def newer_without_key(saved: Path, config: Config) -> None:
    newer(saved, config)
    lost_key(saved, config)


def lost_key(saved: Path, config: Config) -> None:
    config.state.sealing_key_file.unlink()


def another_key(saved: Path, config: Config) -> None:
    config.state.sealing_key_file.write_text(new_key())


def nothing(saved: Path, config: Config) -> None:
    pass


@pytest.mark.parametrize(
    ("spoil", "force", "error", "sentence"),
    [
        (cut, True, StateError, "damaged"),
        (scribbled, True, StateError, "damaged"),
        (something_else, True, StateError, "the file is not a SQLite database"),
        (another_database, True, StateError, "this is not a database of wechat-scheduler"),
        (newer, True, StateError, "has schema version 999 and this program knows"),
        (missing, True, StateError, "cannot read"),
        (lost_key, True, StateError, "without the sealing key of the daemon"),
        (
            empty_without_key,
            True,
            StateError,
            "saved.db: this is not a database of wechat-scheduler",
        ),
        (another_without_key, True, StateError, "this is not a database of wechat-scheduler"),
        (newer_without_key, True, StateError, "has schema version 999 and this program knows"),
        (another_key, True, SealingError, "the sealing key is lost"),
        (nothing, False, StateError, "give --force to replace it"),
    ],
)
async def test_what_cannot_be_restored_is_a_sentence_and_nothing_is_touched(
    state: Path,
    config: Config,
    clock: FakeClock,
    saved: Path,
    spoil: Callable[[Path, Config], None],
    force: bool,
    error: type[Exception],
    sentence: str,
) -> None:
    spoil(saved, config)
    before = files(state)

    with pytest.raises(error, match=sentence):
        await restore(config, saved, force=force, clock=clock)

    assert files(state) == before


async def test_nothing_is_restored_under_a_daemon_that_runs(
    keeper: Caller, config: Config, saved: Path, clock: FakeClock
) -> None:
    backup(config, saved)

    with pytest.raises(StateError, match=r"^a daemon is using the state folder .*: stop it first$"):
        await restore(config, saved, force=True, clock=clock)

    assert await keeper.value(f"{APPID}/0")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")
async def test_what_root_restores_belongs_to_whom_the_database_belonged(
    state: Path, config: Config, clock: FakeClock, saved: Path
) -> None:
    os.chown(state / "wechat-scheduler.db", 65534, 65534)

    await restore(config, saved, force=True, clock=clock)

    assert (state / "wechat-scheduler.db").stat().st_uid == 65534


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def whole(file: Path) -> bytes:
    return file.read_bytes()


def jobs_in(file: Path) -> list[tuple[str, str, int]]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return database.execute("SELECT appid, kind, version FROM jobs ORDER BY kind").fetchall()


def version(etag: str) -> int:
    return int(json.loads(etag))
