"""Business systems learn of rotations, now or later."""

from datetime import timedelta

from tests.business import Business, drop, status
from tests.clock import FakeClock
from tests.house import APPID, Caller, WeChat


async def test_a_rotation_is_posted_with_wechats_whole_answer(
    keeper: Caller, business: Business
) -> None:
    await keeper.register({"type": 0, "notify": business.url("/n?tenant=7&x=%20y")})

    await keeper.settle()

    (call,) = business.calls
    assert call.method == "POST"
    assert call.target == f"/n?tenant=7&x=%20y&appid={APPID}&type=0"
    assert call.headers["Content-Type"] == "application/json"
    assert call.json == {"access_token": await keeper.value(f"{APPID}/0"), "expires_in": 7200}


async def test_a_business_system_that_is_down_is_told_later(
    keeper: Caller, business: Business, clock: FakeClock
) -> None:
    notify = business.url("/n")
    await business.stop()
    await keeper.register({"type": 0, "notify": notify})
    await keeper.settle()
    (receiver,) = (await keeper.job())["receivers"]
    assert (receiver["state"], receiver["attempts"]) == ("pending", 1)

    await business.start()
    clock.advance(timedelta(seconds=90))
    await keeper.settle()

    (call,) = business.calls
    assert call.json["expires_in"] == 7110
    assert (await keeper.job())["receivers"][0]["state"] == "delivered"


async def test_a_retry_carries_the_same_id(
    keeper: Caller, business: Business, clock: FakeClock
) -> None:
    business.script(status(500))
    business.script(drop)
    await keeper.register({"type": 0, "notify": business.url("/n")})

    for _ in range(3):
        await keeper.settle()
        clock.advance(timedelta(seconds=30))

    first, second, third = (call.headers["webhook-id"] for call in business.calls)
    assert first == second == third


async def test_a_newer_rotation_supersedes_one_that_was_not_delivered(
    keeper: Caller, weixin: WeChat, business: Business, clock: FakeClock
) -> None:
    business.script(status(500), times=2)
    await keeper.register({"type": 0, "notify": business.url("/n")})
    await keeper.settle()

    clock.advance(timedelta(hours=1, minutes=59))
    await keeper.settle()
    clock.advance(timedelta(minutes=1))
    await keeper.settle()

    delivered = business.calls[-1]
    assert delivered.json["access_token"] == await keeper.value(f"{APPID}/0")
    assert delivered.headers["webhook-id"] != business.calls[0].headers["webhook-id"]


async def test_what_fell_due_while_the_daemon_was_down_is_sent_after_the_restart(
    tmp_path: object, weixin: WeChat, business: Business, clock: FakeClock
) -> None:
    from pathlib import Path

    from tests.house import daemon

    folder = Path(str(tmp_path))
    notify = business.url("/n")
    await business.stop()
    async with daemon(folder, weixin.url, clock=clock) as before:
        await before.register({"type": 0, "notify": notify})
        await before.settle()

    await business.start()
    clock.advance(timedelta(minutes=1))
    async with daemon(folder, weixin.url, clock=clock) as after:
        await after.settle()

    assert len(business.calls) == 1
