"""Values that WeChat refuses while it refuses to issue others: no caller gets them, and all read why."""

from pathlib import Path

import pytest

from tests.house import APPID
from tests.passage.conftest import BUTTONS, CREATE, MENU, Gate, gate
from tests.passage.test_healing import STABLE

# A wrong AppSecret, a missing address in the whitelist, a frozen account, and calls that are used up.
REFUSALS = [40125, 40164, 50007, 45009]
TOKENS = (40001, 40014, 42001)


async def consumer_secret(place: Gate, name: str, *, stand_in: bool) -> str:
    body = {"name": name, "appids": [APPID], "stand_in": stand_in}
    made = (await place.keeper.call("POST", "/v1/consumers", body=body)).result
    secret: str = made["secret"]
    return secret


async def fetched(place: Gate, secret: str) -> dict[str, object]:
    query = f"grant_type=client_credential&appid={APPID}&secret={secret}"
    answer: dict[str, object] = await place.said("GET", f"/cgi-bin/token?{query}", token="")
    return answer


async def stand_in_of(place: Gate) -> str:
    return str(
        (await fetched(place, await consumer_secret(place, "shop", stand_in=True)))["access_token"]
    )


@pytest.mark.parametrize("is_stand_in", [True, False])
async def test_a_caller_reads_why_there_is_no_token_and_its_calls_reach_wechat_no_more(
    place: Gate, is_stand_in: bool
) -> None:
    sandbox = place.weixin.sandbox
    token = await stand_in_of(place) if is_stand_in else place.token
    for number, errcode in enumerate(REFUSALS, 1):
        place.advance(minutes=1)
        sandbox.script(STABLE, errcode=errcode, times=None)
        sandbox.kill_share(1)

        answers = [await place.said("GET", MENU, token=token) for _ in range(5)]

        assert {answer["errcode"] for answer in answers} == {errcode}
        assert all("; " in answer["errmsg"] for answer in answers)
        assert sandbox.calls(MENU) == number
        sandbox.clear_scripts()
        await place.keeper.call("POST", f"/task/{APPID}/0/refresh")


async def test_no_door_hands_out_a_value_that_is_dead_and_cannot_be_replaced(place: Gate) -> None:
    secret = await consumer_secret(place, "plain", stand_in=False)
    place.advance(minutes=1)
    place.weixin.sandbox.script(STABLE, errcode=40125, times=None)
    place.weixin.sandbox.kill_share(1)
    path = f"/task/{APPID}/0/invalid"
    before = await fetched(place, secret)
    await place.keeper.call("POST", path, body={"value": place.token})
    await place.errcode("GET", MENU)

    token = await fetched(place, secret)
    task = await place.keeper.call("GET", f"/task/{APPID}/0")
    ready = await place.keeper.call("GET", "/readyz")
    (shown,) = (await place.keeper.call("GET", "/tasks")).result
    metrics = (await place.keeper.call("GET", "/metrics")).json

    assert before["access_token"] == place.token
    assert token["errcode"] == 40125
    assert task.status == 503
    assert "invalid appsecret" in task.json["message"]
    assert shown["state"] == "expired"
    assert [one["state"] for one in ready.result["not_fresh"]] == ["expired"]
    assert 'wechat_scheduler_jobs{kind="access_token",state="expired"} 1' in metrics


async def test_a_value_comes_back_once_wechat_issues_again(place: Gate) -> None:
    token = await stand_in_of(place)
    place.advance(minutes=1)
    place.weixin.sandbox.script(STABLE, errcode=40125, times=1)
    place.weixin.sandbox.kill_share(1)

    refused = await place.errcode("POST", CREATE, token=token, json=BUTTONS)
    await place.keeper.call("POST", f"/task/{APPID}/0/refresh")
    passed = await place.errcode("POST", CREATE, token=token, json=BUTTONS)

    assert (refused, passed) == (40125, 0)


async def test_a_reported_value_is_handed_out_while_wechat_is_merely_down(place: Gate) -> None:
    place.weixin.sandbox.script(STABLE, errcode=-1, times=None)
    place.advance(minutes=1)

    await place.keeper.call("POST", f"/task/{APPID}/0/invalid", body={"value": place.token})

    assert await place.keeper.value(f"{APPID}/0") == place.token
    assert await place.errcode("GET", "/cgi-bin/user/get") == 0
    # The daemon would wait ten seconds for the attempt that is asleep.
    place.weixin.sandbox.clear_scripts()
    place.advance(minutes=1)


async def test_a_stand_in_never_reads_that_a_token_is_wrong(tmp_path: Path) -> None:
    async with gate(tmp_path / "state", gateway__repeat_limit="1KiB") as place:
        token, sandbox = await stand_in_of(place), place.weixin.sandbox
        sandbox.script(MENU, errcode=40001, times=1)
        young = await place.said("GET", MENU, token=token)
        place.advance(minutes=1)
        sandbox.script(MENU, errcode=42001, times=2)
        twice = await place.said("GET", MENU, token=token)
        place.advance(minutes=1)
        sandbox.script(CREATE, errcode=40014, times=1)
        long = BUTTONS | {"matchrule": "x" * 2000}
        unkept = await place.said("POST", CREATE, token=token, json=long)

    assert [answer["errcode"] for answer in (young, twice, unkept)] == [-1] * 3
    assert [
        f"({code})" in answer["errmsg"]
        for code, answer in zip((40001, 42001, 40014), (young, twice, unkept), strict=True)
    ] == [True] * 3
