"""A store that takes nothing for hours: what can be served safely is refreshed in memory."""

from datetime import timedelta
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.faults.test_store import STORM, Keeper, clock, fill, make_room, opened, protect
from tests.faults.test_store import keeper as store_keeper
from tests.house import APPID, Caller, WeChat
from tests.storage.test_sqlite import pragma
from tests.watched_clock import WatchedClock
from wechat_scheduler.config.loading import DATABASE_NAME
from wechat_scheduler.credentials.stopgap import LAST, LEAP
from wechat_scheduler.engine.clockwork import STORE_PAUSE
from wechat_scheduler.errors import NotFoundError, StorageError
from wechat_scheduler.storage.database import Database

__all__ = ["clock", "store_keeper"]

LIFE = timedelta(hours=2)


def take_away(folder: Path) -> None:
    """From now on nothing is written, as on a full disk, and everything can be read."""
    (folder / DATABASE_NAME).rename(folder / "away")


def give_back(folder: Path) -> None:
    (folder / "away").rename(folder / DATABASE_NAME)


async def turn(keeper: Keeper) -> int:
    """One pass over a store that takes nothing; the number of jobs that were refreshed."""
    try:
        return await keeper.credentials.clockwork.run_once()
    except StorageError:
        return 0


async def test_hours_without_a_store_are_bridged_and_the_last_value_is_stored(
    store_keeper: Keeper, clock: WatchedClock, tmp_path: Path
) -> None:
    first, calls = await store_keeper.values(), store_keeper.weixin.calls
    take_away(tmp_path)

    clock.advance(LIFE - 2 * LAST)
    early = await turn(store_keeper)
    clock.advance(LAST)
    with capture_logs() as log:
        late, again = await turn(store_keeper), await turn(store_keeper)
    second = await store_keeper.values()
    clock.advance(LIFE - LAST)
    await turn(store_keeper)
    third = await store_keeper.values()
    asked = store_keeper.weixin.calls - calls
    give_back(tmp_path)
    stored_now = await store_keeper.credentials.clockwork.run_once()
    stored = [await store_keeper.stored(key) for key in STORM]

    assert (early, late, again) == (0, len(STORM), 0)
    assert len(set(first) | set(second) | set(third)) == 3 * len(STORM)
    assert [it["event"] for it in log].count("credential.not_stored") == len(STORM)
    assert asked == 2 * len(STORM) == store_keeper.weixin.calls - calls
    assert stored_now == len(STORM)
    assert [value for value, _ in stored] == third
    assert all(version > LEAP for _, version in stored)


async def test_after_a_crash_nothing_of_before_is_handed_out_and_no_version_comes_twice(
    store_keeper: Keeper, clock: WatchedClock, tmp_path: Path, migrations: Traversable
) -> None:
    await protect(store_keeper)
    clock.advance(LIFE - LAST)
    await turn(store_keeper)
    served = await store_keeper.credentials.manager.fetch(STORM[0])
    assert served.credential is not None
    clock.advance(LAST)

    async with opened(tmp_path, clock, migrations, store_keeper.weixin) as again:
        await again.credentials.clockwork.run_once()
        value, version = await again.stored(STORM[0])

    assert value != served.credential.value
    assert version != served.credential.version


async def test_an_answer_that_waits_for_the_disk_is_served_before_the_stored_value_ends(
    store_keeper: Keeper, clock: WatchedClock
) -> None:
    before = await store_keeper.values()
    clock.advance(LIFE - LAST)

    async with store_keeper.storm():
        await fill(store_keeper)
        store_keeper.weixin.idle.set()
        await clock.waited(len(STORM))
        meanwhile = await store_keeper.values()
        await make_room(store_keeper)
    stored = [await store_keeper.stored(key) for key in STORM]

    assert not set(meanwhile) & set(before)
    assert [value for value, _ in stored] == meanwhile


async def test_a_value_of_a_job_that_was_removed_during_its_refresh_is_handed_out_no_more(
    store_keeper: Keeper, clock: WatchedClock, tmp_path: Path
) -> None:
    manager, removed = store_keeper.credentials.manager, STORM[0]
    take_away(tmp_path)
    clock.advance(LIFE - LAST)

    async with store_keeper.storm():
        give_back(tmp_path)
        await manager.remove(removed, owner="shop")
        store_keeper.weixin.idle.set()
    await store_keeper.credentials.clockwork.run_once()

    with pytest.raises(NotFoundError):
        await manager.fetch(removed)
    assert (await manager.fetch(STORM[1])).credential is not None


async def test_failures_without_a_store_are_tried_ever_more_slowly(
    store_keeper: Keeper, clock: WatchedClock
) -> None:
    store_keeper.weixin.errcode = 40013
    await protect(store_keeper)
    clock.advance(LIFE)
    calls = store_keeper.weixin.calls

    for _ in range(60):
        await turn(store_keeper)
        clock.advance(STORE_PAUSE)
    once = store_keeper.weixin.calls - calls
    store_keeper.weixin.errcode = 0
    clock.advance(timedelta(minutes=6))
    await turn(store_keeper)

    assert once == len(STORM)
    assert len(await store_keeper.values()) == len(STORM)


@pytest.mark.on_disk
async def test_no_refresh_token_is_used_while_its_successor_could_not_be_stored(
    keeper: Caller, weixin: WeChat, clock: WatchedClock
) -> None:
    grant = weixin.sandbox.grant_user(APPID)
    business = "http://127.0.0.1:9/"
    await keeper.register({"type": 2, "openid": grant.openid, "params": business})
    database = keeper.daemon.ground.stores.pulse._database
    endpoint = "/sns/oauth2/refresh_token"
    calls = weixin.sandbox.calls(endpoint)
    await pragma(database, "query_only = ON")
    clock.advance(LIFE)

    with pytest.raises(StorageError):
        await keeper.settle()

    assert weixin.sandbox.calls(endpoint) == calls


async def test_only_a_store_of_one_process_is_refreshed_past(database: Database) -> None:
    assert bool(database.dialect.others) is (database.dialect.name == "postgresql")
