"""A value that died before its time: reported by who used it, replaced once, and blamed on the one
who fetched another."""

from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from tests.access.doors import make
from tests.business import Business
from tests.clock import FakeClock
from tests.faults.cast import STABLE, TOKEN
from tests.house import APPID, SECRET, Answer, Caller, WeChat
from wechat_scheduler.credentials.fault_sentences import CONTESTED

HOUR = timedelta(hours=1)
# By then a value is old enough to be believed dead.
LATER = timedelta(minutes=1)


async def report(keeper: Caller, value: str, path: str = f"{APPID}/0", **more: Any) -> Answer:
    return await keeper.call("POST", f"/task/{path}/invalid", body={"value": value}, **more)


async def kept(keeper: Caller, clock: FakeClock, endpoint: str = "stable_token") -> str:
    """The value of an account that has been kept for an hour."""
    await keeper.register({"type": 0}, access_token_endpoint=endpoint)
    await keeper.settle()
    clock.advance(HOUR)
    return await keeper.value(f"{APPID}/0")


async def fetch_elsewhere(weixin: WeChat, *, force: bool = False) -> None:
    """What another program with the account's secret does."""
    fields = {"grant_type": "client_credential", "appid": APPID, "secret": SECRET}
    async with aiohttp.ClientSession() as session:
        if force:
            body = {**fields, "force_refresh": True}
            await session.post(f"{weixin.url}{STABLE}", json=body)
        else:
            await session.get(f"{weixin.url}{TOKEN}", params=fields)


@pytest.mark.parametrize("path", [f"{APPID}/0", f"{APPID}/access_token"])
async def test_the_current_value_is_replaced_once_however_many_report_it(
    keeper: Caller, weixin: WeChat, clock: FakeClock, path: str
) -> None:
    dead = await kept(keeper, clock, "token")

    answers = [(await report(keeper, dead, path)).result for _ in range(5)]
    await keeper.settle()

    assert answers == ["refreshing"] * 5
    assert await keeper.value(path) != dead
    assert weixin.sandbox.calls(TOKEN, APPID) == 2


async def test_an_old_value_is_ignored(keeper: Caller, weixin: WeChat, clock: FakeClock) -> None:
    old = await kept(keeper, clock, "token")
    await report(keeper, old)
    await keeper.settle()
    clock.advance(LATER)

    answers = [(await report(keeper, value)).result for value in (old, "never heard of")]
    await keeper.settle()

    assert answers == ["ignored"] * 2
    assert weixin.sandbox.calls(TOKEN, APPID) == 2


async def test_a_value_just_issued_is_not_believed_dead_at_once(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    await keeper.register({"type": 0}, access_token_endpoint="token")
    await keeper.settle()
    young = await keeper.value(f"{APPID}/0")

    assert (await report(keeper, young)).result == "refreshing"
    await keeper.settle()
    assert await keeper.value(f"{APPID}/0") == young

    clock.advance(timedelta(seconds=30))
    await keeper.settle()
    assert await keeper.value(f"{APPID}/0") != young


async def test_a_stable_value_that_comes_back_the_same_is_forced(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    dead = await kept(keeper, clock)

    await report(keeper, dead)
    await keeper.settle()

    assert await keeper.value(f"{APPID}/0") != dead
    assert weixin.sandbox.calls(STABLE, APPID) == 3
    assert (await keeper.job())["contested"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "value: "),
        ({"value": ""}, "value: "),
        ({"value": 7}, "value: "),
        ({"value": "x", "other": 1}, ""),
        ([], ""),
    ],
)
async def test_a_report_says_which_value_it_is_about(
    keeper: Caller, clock: FakeClock, body: Any, field: str
) -> None:
    await kept(keeper, clock)

    answer = await keeper.call("POST", f"/task/{APPID}/0/invalid", body=body)

    assert answer.status == 400
    assert answer.json["message"].startswith(field)


async def test_a_report_about_no_job_is_404(keeper: Caller) -> None:
    assert (await report(keeper, "dead")).status == 404
    assert (await report(keeper, "dead", f"{APPID}/what")).status == 404


async def test_who_made_the_report_that_counted_is_in_the_audit(
    keeper: Caller, clock: FakeClock
) -> None:
    dead = await kept(keeper, clock, "token")
    reader = await make(keeper, "read")

    for value in ("another", dead, dead):
        await report(keeper, value, key=reader.text)

    found = (await keeper.call("GET", "/v1/audit?action=credential.reported")).result
    assert [(entry["key"], entry["object"]) for entry in found] == [
        (reader.id, f"{APPID}/access_token")
    ]


async def test_a_value_is_known_by_the_bound_name_of_its_job_too(
    keeper: Caller, weixin: WeChat, clock: FakeClock, business: Business
) -> None:
    user = weixin.sandbox.grant_user(APPID)
    business.params = {"refresh_token": user.refresh_token}
    await keeper.register({"type": 2, "params": business.url("/p")})
    await keeper.settle()
    clock.advance(HOUR)
    path = f"{APPID}/2/{user.openid}"
    dead = await keeper.value(path)

    assert (await report(keeper, dead, path)).result == "refreshing"
    await keeper.settle()

    assert (await keeper.job())["version"] == 2


async def test_another_program_that_fetches_tokens_is_noticed(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    dead = await kept(keeper, clock, "token")
    await fetch_elsewhere(weixin)
    clock.advance(timedelta(minutes=6))

    await report(keeper, dead)
    await keeper.settle()

    contested = (await keeper.job())["contested"]
    assert contested["message"] == CONTESTED.en
    assert contested["advice"].startswith("switch the account to stable_token")
    clock.advance(timedelta(days=1))
    assert (await keeper.job())["contested"] is None


async def test_another_program_that_forces_stable_tokens_is_noticed(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    dead = await kept(keeper, clock)
    await fetch_elsewhere(weixin, force=True)

    await report(keeper, dead)
    await keeper.settle()

    contested = (await keeper.job())["contested"]
    assert contested["message"] == CONTESTED.en
    assert "force_refresh" in contested["advice"]
    assert weixin.sandbox.calls(STABLE, APPID) == 3  # the other program's, and two of ours


async def test_a_child_that_meets_the_dead_token_notices_the_other_program(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    await kept(keeper, clock, "token")
    await fetch_elsewhere(weixin)
    clock.advance(timedelta(minutes=6))

    await keeper.register({"type": 1}, access_token_endpoint="token")
    await keeper.settle()

    assert (await keeper.job("type=0"))["contested"]["message"] == CONTESTED.en
    assert (await keeper.job("type=1"))["state"] == "fresh"


async def test_the_log_says_it_once_a_day(keeper: Caller, clock: FakeClock) -> None:
    with capture_logs() as log:
        await kept(keeper, clock, "token")
        for _ in range(3):
            await report(keeper, await keeper.value(f"{APPID}/0"))
            await keeper.settle()
            clock.advance(LATER)
        clock.advance(timedelta(days=1) - HOUR)
        await keeper.settle()
        clock.advance(LATER)
        await report(keeper, await keeper.value(f"{APPID}/0"))
        await keeper.settle()

    found = [entry for entry in log if entry["event"] == "credential.contested"]
    assert [entry["log_level"] for entry in found] == ["warning"] * 2
    assert found[0]["message"] == CONTESTED.en


async def test_an_ordinary_renewal_is_nobodys_doing(keeper: Caller, clock: FakeClock) -> None:
    await kept(keeper, clock, "token")

    await keeper.call("POST", f"/task/{APPID}/0/refresh")
    await keeper.settle()
    clock.advance(timedelta(minutes=118))
    await report(keeper, await keeper.value(f"{APPID}/0"))
    await keeper.settle()

    assert (await keeper.job())["version"] == 3
    assert (await keeper.job())["contested"] is None
