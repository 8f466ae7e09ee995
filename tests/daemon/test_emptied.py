"""A database that was lost is not taken for a new one; a restore and a new beginning are possible."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.clock import FakeClock
from tests.house import APPID, WeChat, daemon, daemon_config, wechat
from tests.postgres import PostgresServer
from tests.reused import postgres_database
from wechat_scheduler.errors import StateError
from wechat_scheduler.upkeep.backup import backup, restore
from wechat_scheduler.upkeep.keys import opened_keys

EMPTY = "is missing or empty, and .*/admin.key shows that it was in use"


def files(state: Path) -> list[Path]:
    return sorted(state.glob("wechat-scheduler.db*"))


def delete(state: Path) -> None:
    for file in files(state):
        file.unlink()


def truncate(state: Path) -> None:
    for file in files(state):
        os.truncate(file, 0)


async def use(state: Path, weixin: WeChat, clock: FakeClock) -> str:
    """Keep a token, and return it."""
    async with daemon(state, weixin.url, clock=clock) as keeper:
        await keeper.register({"type": 0})
        await keeper.settle()
        return await keeper.value(f"{APPID}/0")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.mark.parametrize("lose", [delete, truncate])
async def test_a_start_that_finds_the_key_and_no_database_refuses_and_says_what_to_do(
    tmp_path: Path, clock: FakeClock, lose: Callable[[Path], None]
) -> None:
    async with wechat(clock) as weixin:
        await use(tmp_path, weixin, clock)
        lose(tmp_path)
        left = files(tmp_path)

        for _ in range(2):
            with pytest.raises(
                StateError, match=f"{EMPTY}: restore a backup .* remove .*/admin.key"
            ):
                await use(tmp_path, weixin, clock)

    assert [file for file in files(tmp_path) if file.suffix != ".lock"] == [
        file for file in left if file.suffix != ".lock"
    ]


async def test_a_new_beginning_is_one_file_away(tmp_path: Path, clock: FakeClock) -> None:
    async with wechat(clock) as weixin:
        await use(tmp_path, weixin, clock)
        delete(tmp_path)
        (tmp_path / "admin.key").unlink()

        with capture_logs() as log:
            async with daemon(tmp_path, weixin.url, clock=clock) as keeper:
                assert keeper.daemon.admin_key_is_new
                assert await keeper.jobs() == []

    assert not [it for it in log if it["log_level"] == "error"]


@pytest.mark.parametrize("lose", [delete, truncate])
async def test_a_restore_goes_on_with_what_was_kept(
    tmp_path: Path, clock: FakeClock, lose: Callable[[Path], None]
) -> None:
    state, saved = tmp_path / "state", tmp_path / "saved.db"
    async with wechat(clock) as weixin:
        await use(state, weixin, clock)
        config = daemon_config(state, weixin.url)
        backup(config, saved)
        lose(state)

        await restore(config, saved, force=False, clock=clock)

        with capture_logs() as log:
            async with daemon(state, weixin.url, clock=clock) as keeper:
                assert [job["appid"] for job in await keeper.jobs()] == [APPID]

    assert not [it for it in log if it["log_level"] == "error"]


async def test_a_postgresql_that_was_emptied_is_refused_as_well(
    tmp_path: Path, clock: FakeClock, postgres: PostgresServer
) -> None:
    async with wechat(clock) as weixin, postgres_database(postgres) as url:
        async with daemon(tmp_path, weixin.url, clock=clock, state__database=url):
            pass
        async with postgres.fresh_database() as empty:
            with pytest.raises(StateError, match=f"the PostgreSQL database {EMPTY}"):
                async with daemon(tmp_path, weixin.url, clock=clock, state__database=empty):
                    pass


async def test_a_command_makes_no_database_in_the_place_of_a_lost_one(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with wechat(clock) as weixin:
        await use(tmp_path, weixin, clock)
        delete(tmp_path)

        with pytest.raises(StateError, match=EMPTY):
            async with opened_keys(daemon_config(tmp_path, weixin.url), clock=clock):
                pass

    assert not (tmp_path / "wechat-scheduler.db").exists()


def cut_the_log(state: Path, killed: Path) -> None:
    """Put the killed state in place, with half of its log."""
    for file in killed.iterdir():
        (state / file.name).write_bytes(file.read_bytes())
    log = state / "wechat-scheduler.db-wal"
    os.truncate(log, log.stat().st_size // 2)


def copied(state: Path, to: Path) -> None:
    to.mkdir()
    for file in state.glob("wechat-scheduler.db*"):
        (to / file.name).write_bytes(file.read_bytes())


async def test_commits_that_were_lost_while_no_daemon_ran_are_said_and_doubted(
    tmp_path: Path, clock: FakeClock
) -> None:
    state, killed = tmp_path / "state", tmp_path / "killed"
    async with wechat(clock) as weixin:
        async with daemon(state, weixin.url, clock=clock) as keeper:
            await keeper.register({"type": 0})
            await keeper.settle()
            clock.advance(timedelta(seconds=5))
            await keeper.daemon.cores.pulse.run_once()
            copied(state, killed)
        cut_the_log(state, killed)

        with capture_logs() as log:
            async with daemon(state, weixin.url, clock=clock) as keeper:
                await keeper.settle()
        with capture_logs() as later:
            async with daemon(state, weixin.url, clock=clock):
                pass

    assert "store.lost_commits" in [it["event"] for it in log if it["log_level"] == "error"]
    assert "store.lost_commits" not in [it["event"] for it in later]
