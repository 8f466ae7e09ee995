"""A day of each kind of failure: the calls that it costs are counted at WeChat."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from tests.clock import START, FakeClock
from tests.faults.cast import AUTHORIZER, COMPONENT, REFRESH, STABLE, TICKET, TOKEN, Play, staged
from tests.house import daemon, in_memory, wechat
from wechat_scheduler.credentials.policy import next_quota_day

DAY = timedelta(days=1)
QUOTA = 2_000
SHARE = 0.5
# For days that a crowd spends: the smaller the quota, the fewer calls show that it holds.
LIMIT = 20
# So many that what is left of them is enough for a renewal every two hours.
PLENTY = 40
RESTARTS = 10


def a_day_of_each() -> Iterator[Play]:
    """One of each class of the table, and every way not to answer."""
    codes = (-1, 40125, 45009, 45011, 89503, 89506, 89507, 99999)
    yield from (Play(TOKEN, code) for code in codes)
    yield from (Play(TOKEN, fault=fault) for fault in ("status", "garbage", "drop", "lose"))
    yield from (Play(STABLE, code) for code in (-1, 89503))
    yield from (Play(TICKET, code) for code in (40001, 45009, 48001))
    yield from (Play(REFRESH, code) for code in (40013, 40030))
    yield from (Play(COMPONENT, code) for code in (61004, 61005))
    yield from (Play(AUTHORIZER, code) for code in (42001, 61003, 61007, 61023))


async def test_a_day_of_any_failure_stays_under_the_quota(tmp_path: Path) -> None:
    # Some wait for the midnight: the hours before and after it are the busiest.
    await stays_under_the_quota(tmp_path, before_midnight=timedelta(hours=2), lasts=DAY / 4)


async def stays_under_the_quota(
    state: Path, *, before_midnight: timedelta, lasts: timedelta
) -> None:
    clock = FakeClock(next_quota_day(START) - before_midnight)
    async with staged(state, clock, opener=in_memory) as stage:
        plays = list(a_day_of_each())
        for play in plays:
            await stage.play(play)

        await stage.live(clock.now() + lasts, step=timedelta(minutes=10))

        most = QUOTA * SHARE * (lasts / DAY)
        calls = {play: stage.calls(play) for play in plays}
        assert {play: n for play, n in calls.items() if not 1 <= n <= most} == {}
        jobs = await stage.jobs(plays)
        # What is not our call (the last minutes, and an attempt under way) is not there.
        assert all(jobs[play]["calls_today"] <= calls[play] for play in plays)


async def test_every_try_of_a_call_is_counted(tmp_path: Path, clock: FakeClock) -> None:
    async with staged(tmp_path / "state", clock, opener=in_memory) as stage:
        play = Play(STABLE, -1)
        await stage.play(play, times=7)

        await stage.live(clock.now() + timedelta(minutes=1))

        assert stage.calls(play) == 8
        assert (await stage.job(play))["calls_today"] == 8


async def test_a_crowd_that_wants_a_refresh_again_and_again_is_held_back(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with staged(tmp_path / "state", clock, opener=in_memory, **small_quota()) as stage:
        plenty, failing = Play(TOKEN), Play(TOKEN, 40125)
        for play in (plenty, failing):
            await stage.play(play)

        for _ in range(2 * LIMIT):
            for play in (plenty, failing):
                path = f"/task/{play.appid}/0/refresh"
                assert (await stage.keeper.call("POST", path)).status == 200
            await stage.turn()

        for play in (plenty, failing):
            assert LIMIT / 3 < stage.calls(play) < LIMIT
        held, wrong = await stage.job(plenty), await stage.job(failing)
        assert (held["state"], held["error"]["reaction"]) == ("fresh", "wait_until")
        assert f"of today's {LIMIT} calls are spent" in held["error"]["message"]
        assert wrong["error"]["errcode"] == 40125


async def test_a_crowd_leaves_a_call_for_the_next_renewal(tmp_path: Path, clock: FakeClock) -> None:
    async with staged(tmp_path / "state", clock, opener=in_memory, **small_quota(PLENTY)) as stage:
        play, midnight = Play(TOKEN), next_quota_day(clock.now())
        await stage.play(play)
        await stage.turn()

        while clock.now() < midnight - timedelta(hours=1):
            for _ in range(5):
                await stage.keeper.call("POST", f"/task/{play.appid}/0/refresh")
                await stage.turn()
            assert (await stage.job(play))["state"] in ("fresh", "stale")
            clock.advance(timedelta(minutes=40))

        assert stage.calls(play) < PLENTY


async def test_new_registrations_again_and_again_are_held_back(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with staged(tmp_path / "state", clock, opener=in_memory, **small_quota()) as stage:
        play = Play(TOKEN, 40125)
        await stage.play(play)

        for number in range(2 * LIMIT):
            await stage.keeper.register({"type": 0}, appid=play.appid, appsecret=f"secret-{number}")
            await stage.turn()

        assert stage.calls(play) < LIMIT


async def test_a_value_that_somebody_always_finds_dead_is_not_replaced_without_end(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with staged(tmp_path / "state", clock, opener=in_memory, **small_quota()) as stage:
        play = Play(TOKEN)
        await stage.play(play)
        await stage.turn()

        for _ in range(2 * LIMIT):
            value = await stage.keeper.value(f"{play.appid}/0")
            path = f"/task/{play.appid}/0/invalid"
            assert (await stage.keeper.call("POST", path, body={"value": value})).result
            await stage.turn()
            clock.advance(timedelta(seconds=31))

        assert LIMIT / 3 < stage.calls(play) < LIMIT


async def test_a_stable_token_is_forced_20_times_a_day_at_most(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with staged(tmp_path / "state", clock, opener=in_memory) as stage:
        play, path = Play(STABLE), f"{Play(STABLE).appid}/0"
        await stage.play(play)
        await stage.turn()

        seen = set()
        for _ in range(30):
            value = await stage.keeper.value(path)
            seen.add(value)
            await stage.keeper.call("POST", f"/task/{path}/invalid", body={"value": value})
            await stage.turn()
            clock.advance(timedelta(seconds=31))
            await stage.turn()

        assert len(seen) == 21
        assert stage.calls(play) < 100


async def test_restarts_do_not_start_the_count_anew(tmp_path: Path, clock: FakeClock) -> None:
    play, state = Play(TOKEN, 40125), tmp_path / "state"
    async with wechat(clock) as weixin:
        weixin.sandbox.script(TOKEN, errcode=40125, times=None)
        for number in range(RESTARTS):
            async with daemon(state, weixin.url, clock=clock, **small_quota(RESTARTS)) as keeper:
                fields = {"access_token_endpoint": "token", "appsecret": f"secret-{number}"}
                await keeper.register({"type": 0}, appid=play.appid, **fields)
                await keeper.settle()
            clock.advance(timedelta(seconds=1))

        assert RESTARTS / 2 <= weixin.sandbox.calls(TOKEN) < RESTARTS


def small_quota(calls: int = LIMIT) -> dict[str, object]:
    return {"refresh__daily_calls": calls}
