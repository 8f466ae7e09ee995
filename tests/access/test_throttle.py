"""Wrong keys are refused, and after a while not even that."""

from datetime import timedelta
from ipaddress import ip_address

import pytest
from structlog.testing import capture_logs

from tests.access.doors import end, make
from tests.clock import FakeClock
from tests.house import Caller
from wechat_scheduler.engine.windows import NAMES
from wechat_scheduler.errors import ThrottledError
from wechat_scheduler.web.kit.rates import WRONG_KEYS, Throttle

MINUTE = timedelta(minutes=1)


async def test_too_many_wrong_keys_are_told_when_to_come_back(
    keeper: Caller, clock: FakeClock
) -> None:
    first = [await status(keeper, "wsk_wrong") for _ in range(WRONG_KEYS)]
    clock.advance(timedelta(seconds=15.5))

    answer = await keeper.call("GET", "/tasks", key="wsk_wrong")
    clock.advance(timedelta(seconds=45))
    later = await status(keeper, "wsk_wrong")

    assert set(first) == {401}
    assert answer.status == answer.json["code"] == 429
    assert answer.headers["Retry-After"] == "45"
    assert later == 401


async def test_right_keys_from_the_same_address_are_served_all_the_while(keeper: Caller) -> None:
    for _ in range(WRONG_KEYS + 1):
        await status(keeper, "wsk_wrong")

    assert await status(keeper, keeper.daemon.admin_key) == 200


async def test_no_key_at_all_is_no_wrong_key(keeper: Caller) -> None:
    assert {await status(keeper, "") for _ in range(WRONG_KEYS + 1)} == {401}


async def test_a_key_that_ended_counts_as_a_wrong_one(keeper: Caller) -> None:
    key = await make(keeper, "read")
    await end(keeper, key)

    statuses = [await status(keeper, key.text) for _ in range(WRONG_KEYS + 1)]

    assert statuses == [401] * WRONG_KEYS + [429]


async def test_a_flood_of_wrong_keys_does_not_flood_the_log(keeper: Caller) -> None:
    with capture_logs() as logs:
        for _ in range(WRONG_KEYS + 5):
            await status(keeper, "wsk_wrong")

    assert [log["event"] for log in logs if log["log_level"] != "debug"] == [
        "key.refused"
    ] * WRONG_KEYS


def test_each_address_has_a_minute_of_its_own() -> None:
    clock = FakeClock()
    throttle = Throttle(clock)
    wear_out(throttle, "192.0.2.1")

    with pytest.raises(ThrottledError):
        throttle.count(ip_address("192.0.2.1"))
    throttle.count(ip_address("192.0.2.2"))
    clock.advance(MINUTE)
    throttle.count(ip_address("192.0.2.1"))


def test_of_ipv6_a_whole_network_is_one_address() -> None:
    throttle = Throttle(FakeClock())
    wear_out(throttle, "2001:db8::1")

    with pytest.raises(ThrottledError):
        throttle.count(ip_address("2001:db8::ffff:1"))
    throttle.count(ip_address("2001:db8:0:1::1"))


def test_the_addresses_that_are_remembered_are_bounded_and_the_quiet_ones_go_first() -> None:
    throttle = Throttle(FakeClock())
    wear_out(throttle, "192.0.2.1")
    wear_out(throttle, "192.0.2.2")

    for number in range(NAMES - 1):
        throttle.count(ip_address(0x0A000000 + number))
        if not number % 1000:
            with pytest.raises(ThrottledError):
                throttle.count(ip_address("192.0.2.2"))

    with pytest.raises(ThrottledError):
        throttle.count(ip_address("192.0.2.2"))
    throttle.count(ip_address("192.0.2.1"))


def wear_out(throttle: Throttle, address: str) -> None:
    for _ in range(WRONG_KEYS):
        throttle.count(ip_address(address))


async def status(keeper: Caller, key: str) -> int:
    return (await keeper.call("GET", "/tasks", key=key)).status
