"""`keys rotate-sealing`, from the outside: a key file, a database, and daemons that come after."""

import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.databases import Open
from tests.house import APPID, WeChat, daemon, daemon_config, wechat
from tests.upkeep.planting import run
from wechat_scheduler.config.settings import Config
from wechat_scheduler.errors import SealingError, StateError
from wechat_scheduler.storage.migrate import MIGRATIONS
from wechat_scheduler.storage.sealing_keys import put_new_key_in_front
from wechat_scheduler.storage.sqlite.database import open_sqlite
from wechat_scheduler.upkeep.sealing import forget_older, rotate


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def weixin(clock: FakeClock) -> AsyncIterator[WeChat]:
    async with wechat(clock) as running:
        yield running


@pytest.fixture
async def config(tmp_path: Path, weixin: WeChat, clock: FakeClock) -> Config:
    """A state in which a daemon has kept one credential."""
    async with daemon(tmp_path / "state", weixin.url, clock=clock) as running:
        await running.register({"type": 0, "notify": "http://127.0.0.1:9/n?key=1"})
        await running.settle()
    return daemon_config(tmp_path / "state", weixin.url)


def key_lines(config: Config) -> list[str]:
    return config.state.sealing_key_file.read_text().split()


async def served(config: Config, weixin: WeChat, clock: FakeClock) -> str:
    """What a daemon that is started now hands out, without asking WeChat."""
    before = weixin.sandbox.calls()
    async with daemon(config.state.dir, weixin.url, clock=clock) as running:
        value = await running.value(f"{APPID}/0")
    assert weixin.sandbox.calls() == before
    return value


async def test_a_new_key_stands_in_front_and_the_daemon_goes_on_where_it_was(
    config: Config, weixin: WeChat, clock: FakeClock
) -> None:
    value = await served(config, weixin, clock)
    (old,) = key_lines(config)

    done = await rotate(config, clock=clock)

    new, behind = key_lines(config)
    assert (behind, done.made, len(done.older)) == (old, True, 1)
    assert new != old
    assert await served(config, weixin, clock) == value


async def test_once_forgotten_the_old_key_is_neither_there_nor_needed(
    config: Config, weixin: WeChat, clock: FakeClock
) -> None:
    value = await served(config, weixin, clock)
    await rotate(config, clock=clock)

    done = await forget_older(config, clock=clock)

    assert (len(key_lines(config)), done.older) == (1, ())
    assert await served(config, weixin, clock) == value
    assert stat.S_IMODE(config.state.sealing_key_file.stat().st_mode) == 0o600
    assert [name for name in os.listdir(config.state.dir) if name.startswith(".")] == []


async def test_a_rotation_that_was_killed_behind_the_key_file_is_ended_with_that_key(
    config: Config, weixin: WeChat, clock: FakeClock
) -> None:
    value = await served(config, weixin, clock)
    begun = put_new_key_in_front(config.state.sealing_key_file)

    done = await rotate(config, clock=clock)

    assert (done.newest, done.made) == (begun.key_id, False)
    assert len(key_lines(config)) == 2
    assert await served(config, weixin, clock) == value


async def test_forgetting_first_ends_what_was_begun(
    config: Config, weixin: WeChat, clock: FakeClock
) -> None:
    value = await served(config, weixin, clock)
    put_new_key_in_front(config.state.sealing_key_file)

    await forget_older(config, clock=clock)

    assert len(key_lines(config)) == 1
    assert await served(config, weixin, clock) == value


async def test_it_is_refused_while_a_daemon_runs(
    config: Config, weixin: WeChat, clock: FakeClock
) -> None:
    async with daemon(config.state.dir, weixin.url, clock=clock):
        with pytest.raises(
            StateError, match=r"^a daemon is using the state folder .*: stop it first$"
        ):
            await rotate(config, clock=clock)

    assert len(key_lines(config)) == 1


async def test_an_old_key_that_something_still_needs_stays(
    config: Config, clock: FakeClock
) -> None:
    await rotate(config, clock=clock)
    database = await open_sqlite(config.state.database, migrations=MIGRATIONS)
    await run(database, "UPDATE accounts SET secret = 's1.00000000.AAAA'")
    await database.close()

    with pytest.raises(SealingError, match=f"the first is accounts.secret of {APPID}"):
        await forget_older(config, clock=clock)

    assert len(key_lines(config)) == 2


async def test_where_there_is_no_state_none_is_made(tmp_path: Path, clock: FakeClock) -> None:
    config = daemon_config(tmp_path / "state", "http://127.0.0.1:9")

    with pytest.raises(StateError, match="there is no database at"):
        await rotate(config, clock=clock)

    assert not config.state.sealing_key_file.exists()
    assert not (config.state.dir / "wechat-scheduler.db").exists()


async def test_the_key_file_keeps_its_owner_and_mode(config: Config, clock: FakeClock) -> None:
    file = config.state.sealing_key_file
    if os.geteuid() == 0:
        os.chown(file, 65534, 65534)
    file.chmod(0o400)

    await rotate(config, clock=clock)

    info = file.stat()
    assert stat.S_IMODE(info.st_mode) == 0o400
    assert info.st_uid == (65534 if os.geteuid() == 0 else os.geteuid())


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_on_postgresql_every_daemon_must_be_stopped(
    tmp_path: Path, database_url: str, open_again: Open, clock: FakeClock
) -> None:
    state = tmp_path / "state"
    async with daemon(state, "http://127.0.0.1:9", clock=clock, state__database=database_url):
        pass
    config = daemon_config(state, "http://127.0.0.1:9", state__database=database_url)
    other = await open_again()

    with pytest.raises(StateError, match="stop every daemon on it first"):
        await rotate(config, clock=clock)

    await other.close()
    assert (await rotate(config, clock=clock)).texts == 2
