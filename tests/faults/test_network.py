"""WeChat that cannot be reached: no name, no route, no answer."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.clock import FakeClock, flowing
from tests.house import APPID, Caller, WeChat, daemon

# Too long for a host name: the resolver refuses it without a query.
NAME = ".".join(["weixin" * 10] * 5)
# How long a fetch waits for one more try.
DEADLINE = timedelta(seconds=10)


async def test_without_dns_the_old_value_is_served_to_its_end_and_then_the_reason_is(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    async with daemon(tmp_path / "state", weixin.url, clock=clock) as keeper:
        await keeper.register({"type": 0})
        await keeper.settle()
        value = await keeper.value(f"{APPID}/0")

    async with daemon(tmp_path / "state", f"http://{NAME}", clock=clock) as keeper:
        clock.advance(timedelta(minutes=117))
        async with flowing(clock):
            await keeper.settle()
        stale, job = await keeper.value(f"{APPID}/0"), await keeper.job()
        clock.advance(timedelta(minutes=4))
        async with flowing(clock):
            await keeper.settle()
        async with flowing(clock, DEADLINE):
            refused = await keeper.fetch(f"{APPID}/0")

    async with daemon(tmp_path / "state", weixin.url, clock=clock) as keeper:
        clock.advance(timedelta(minutes=15))
        await keeper.settle()
        assert (await keeper.job())["state"] == "fresh"

    assert stale == value
    assert (job["state"], job["error"]["reaction"]) == ("stale", "transient")
    assert f"host {NAME} not found" in job["error"]["message"]
    assert refused.status == 503
    assert f"host {NAME} not found" in refused.json["message"]
    assert int(refused.headers["Retry-After"]) > 0


@pytest.mark.parametrize("fault", ["drop", "garbage", "lose"])
async def test_a_wechat_that_answers_nothing_of_use_is_asked_again(
    keeper: Caller, weixin: WeChat, clock: FakeClock, fault: str
) -> None:
    weixin.sandbox.script("/cgi-bin/stable_token", **{fault: True})
    await keeper.register({"type": 0})
    await keeper.settle()
    assert (await keeper.job())["error"]["reaction"] == "transient"

    clock.advance(timedelta(seconds=1))
    await keeper.settle()

    assert (await keeper.job())["state"] == "fresh"
