"""A wall clock that is set back an hour and forward a day, while WeChat's goes on evenly."""

from datetime import timedelta

import pytest

from tests.clock import FakeClock
from tests.house import APPID, Caller, WeChat
from tests.keeper.test_types import turn

HOUR = timedelta(hours=1)
BACK, FORWARD = -HOUR, timedelta(days=1)


async def set_clock(keeper: Caller, clock: FakeClock, jump: timedelta) -> None:
    """Until the daemon's pulse has noticed it."""
    clock.jump(jump)
    await keeper.daemon.cores.pulse.run_once()
    await keeper.settle()


async def pass_hours(keeper: Caller, clock: FakeClock, hours: int) -> list[str]:
    """What callers were handed out every five minutes."""
    values = []
    for _ in range(hours * 12):
        values.append(await keeper.value(f"{APPID}/0"))
        clock.advance(timedelta(minutes=5))
        await keeper.settle()
    return values


@pytest.mark.parametrize("jump", [BACK, FORWARD], ids=["back an hour", "forward a day"])
async def test_nobody_is_handed_a_dead_token_by_a_clock_that_was_set(
    keeper: Caller, weixin: WeChat, clock: FakeClock, jump: timedelta
) -> None:
    await keeper.register({"type": 0}, access_token_endpoint="token")
    await turn(keeper, clock, 0.5)

    await set_clock(keeper, clock, jump)
    values = await pass_hours(keeper, clock, 4)

    found = [weixin.sandbox.kill(value) for value in dict.fromkeys(values[-2:])]
    assert found == [True]  # the last one lived until then
    assert (await keeper.job())["state"] == "fresh"
    assert weixin.sandbox.calls("/cgi-bin/token", APPID) < 10


async def test_a_clock_set_to_and_fro_does_not_spend_the_quota(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    await keeper.register({"type": 0}, access_token_endpoint="token")
    await keeper.settle()

    for _ in range(12):
        await set_clock(keeper, clock, FORWARD)
        await set_clock(keeper, clock, -FORWARD)
        await pass_hours(keeper, clock, 1)

    assert weixin.sandbox.calls("/cgi-bin/token", APPID) < 50
