"""Tokens that die while they are used."""

import asyncio
from pathlib import Path

from tests.business import Business
from tests.house import APPID, AUTHORIZER, COMPONENT
from tests.passage.conftest import BUTTONS, CREATE, MENU, Gate, gate
from wechat_scheduler.gateway.healing import REFUSALS
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.wechat.errcodes import ERRCODES

STABLE = "/cgi-bin/stable_token"


async def test_a_hundred_calls_with_a_token_that_died_share_one_refresh(tmp_path: Path) -> None:
    async with gate(
        tmp_path / "state", gateway__account_connections="300", gateway__connections="600"
    ) as place:
        await place.said("POST", CREATE, json=BUTTONS)
        place.advance(minutes=1)
        place.weixin.sandbox.kill(place.token)
        before = place.weixin.sandbox.calls(STABLE)

        async with asyncio.TaskGroup() as group:
            calls = [group.create_task(place.errcode("GET", MENU)) for _ in range(100)]

        assert {call.result() for call in calls} == {0}
        assert place.weixin.sandbox.calls(STABLE) == before + 1


async def test_a_replaced_token_passes_as_the_current_one(place: Gate) -> None:
    place.advance(minutes=1)
    place.weixin.sandbox.kill(place.token)
    await place.said("POST", CREATE, json=BUTTONS)
    refused = place.weixin.sandbox.call_counts()

    answer = await place.said("GET", MENU)

    assert "menu" in answer
    errors = {it.endpoint: it.errors for it in refused}
    assert errors[MENU if MENU in errors else CREATE] == 1


async def test_a_body_over_the_limit_passes_and_is_not_sent_again(tmp_path: Path) -> None:
    async with gate(tmp_path / "state", gateway__repeat_limit="1KiB") as place:
        body = BUTTONS | {"matchrule": "x" * 2000}
        passed = await place.errcode("POST", CREATE, json=body)
        place.advance(minutes=1)
        place.weixin.sandbox.kill(place.token)

        refused = await place.errcode("POST", CREATE, json=body)
        again = await place.errcode("POST", CREATE, json=body)

    assert (passed, refused, again) == (0, 40001, 0)


async def test_a_token_that_dies_at_once_is_refused_as_wechat_says_it(place: Gate) -> None:
    place.weixin.sandbox.kill(place.token)

    answer = await place.said("GET", MENU)

    assert answer["errcode"] == 40001
    assert "rid: " in answer["errmsg"]
    assert place.weixin.sandbox.calls(STABLE) == 1


async def test_each_refusal_of_a_token_is_healed(place: Gate) -> None:
    for number, errcode in enumerate((40001, 40014, 42001, 42006), 1):
        place.advance(minutes=1)
        place.weixin.sandbox.script(MENU, errcode=errcode)

        assert await place.errcode("GET", MENU) == 46003, errcode
        assert place.weixin.sandbox.calls(MENU) == 2 * number


def test_what_is_healed_is_what_the_table_of_errcodes_calls_a_dead_token() -> None:
    paths = (MENU, "/cgi-bin/component/api_get_authorizer_info")

    blamed = [
        {
            path
            for path in paths
            if ERRCODES.read(path, code, "").reaction is Reaction.PARENT_INVALID
        }
        for code in REFUSALS
    ]

    assert all(blamed)


async def test_other_refusals_are_passed_on_at_once(place: Gate) -> None:
    place.advance(minutes=1)
    for errcode in (-1, 45009, 45011, 48001, 40013):
        place.weixin.sandbox.script(MENU, errcode=errcode)

        assert await place.errcode("GET", MENU) == errcode
    assert place.weixin.sandbox.calls(STABLE) == 1


async def test_a_second_refusal_is_passed_on(place: Gate) -> None:
    place.advance(minutes=1)
    place.weixin.sandbox.script(MENU, errcode=42001, times=2)

    answer = await place.said("GET", MENU)

    assert answer["errcode"] == 42001
    assert answer["errmsg"].startswith("access_token expired")
    assert place.weixin.sandbox.calls(MENU) == 2


async def test_a_path_that_refuses_fresh_tokens_refreshes_none_for_a_while(place: Gate) -> None:
    place.weixin.sandbox.script(MENU, errcode=40001, times=None)
    refreshes = []
    for _ in range(5):
        place.advance(minutes=1)
        await place.errcode("GET", MENU)
        refreshes.append(place.weixin.sandbox.calls(STABLE))
    place.weixin.sandbox.script("/cgi-bin/user/get", errcode=40001)

    assert refreshes[0] < refreshes[1]
    assert refreshes[1:] == [refreshes[1]] * 4
    assert await place.errcode("GET", "/cgi-bin/user/get") == 0
    assert place.weixin.sandbox.calls(STABLE) > refreshes[-1]


async def test_a_path_that_refused_fresh_tokens_is_healed_again_once_it_took_one(
    place: Gate,
) -> None:
    place.weixin.sandbox.script(MENU, errcode=40001, times=4)
    refused = []
    for _ in range(4):
        place.advance(minutes=1)
        refused.append(await place.errcode("GET", MENU))
    place.advance(minutes=1)
    place.weixin.sandbox.script(MENU, errcode=40001)

    assert refused == [40001, 40001, 46003, 46003]
    assert await place.errcode("GET", MENU) == 46003


async def test_a_token_that_expired_is_refused_here(place: Gate) -> None:
    place.weixin.sandbox.script(STABLE, errcode=40164, times=None)
    place.advance(hours=2)

    answer = await place.said("GET", MENU)

    assert answer["errcode"] == 40001


async def test_a_platform_and_its_authorizers_are_healed_alike(tmp_path: Path) -> None:
    async with Business() as business, gate(tmp_path / "state") as place:
        sandbox = place.weixin.sandbox
        grant = sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
        business.answers["/p"] = lambda: {
            "component_verify_ticket": sandbox.ticket(COMPONENT).value,
            "authorizer_refresh_token": grant.authorizer_refresh_token,
        }
        params = {"params": business.url("/p")}
        await place.keeper.register(
            {"type": 3} | params,
            {"type": 4, "authorizer_appid": AUTHORIZER} | params,
            appid=COMPONENT,
        )
        platform = await place.keeper.value(f"{COMPONENT}/3")
        authorizer = await place.keeper.value(f"{COMPONENT}/4/{AUTHORIZER}")
        place.advance(minutes=1)
        sandbox.kill(platform)
        sandbox.kill(authorizer)

        info = await place.said(
            "POST",
            f"/cgi-bin/component/api_get_authorizer_info?component_access_token={platform}",
            token="",
            json={"component_appid": COMPONENT, "authorizer_appid": AUTHORIZER},
        )
        menu = await place.errcode("GET", MENU, token=authorizer)

    assert info["authorization_info"]["authorizer_appid"] == AUTHORIZER
    assert menu == 46003


async def test_a_stand_in_passes_though_the_token_dies_again_and_again(place: Gate) -> None:
    body = {"name": "shop", "appids": [APPID], "stand_in": True}
    made = (await place.keeper.call("POST", "/v1/consumers", body=body)).result
    secret = made["secret"]
    query = f"grant_type=client_credential&appid={APPID}&secret={secret}"
    stand_in = (await place.said("GET", f"/cgi-bin/token?{query}", token=""))["access_token"]

    errcodes = []
    for _ in range(6):
        place.advance(minutes=1)
        place.weixin.sandbox.kill_share(1)
        errcodes.append(await place.errcode("GET", "/cgi-bin/user/get", token=stand_in))
    await place.keeper.call("DELETE", "/v1/consumers/shop")

    assert errcodes == [0] * 6
    assert await place.errcode("GET", "/cgi-bin/user/get", token=stand_in) == 40001
