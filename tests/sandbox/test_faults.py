from typing import Any

import aiohttp
import msgspec
import pytest

from tests.sandbox.conftest import APPID, AUTHORIZER, COMPONENT, WeChat
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import InvalidRequestError

TOKEN = "/cgi-bin/token"
QUERY = {"grant_type": "client_credential", "appid": APPID, "secret": "sandbox-secret"}


async def test_an_errcode_is_played_the_scripted_number_of_times_with_its_documented_words(
    wechat: WeChat,
) -> None:
    wechat.sandbox.script(TOKEN, errcode=40164, times=2)

    answers = [await wechat.token() for _ in range(3)]

    assert [it.get("errcode", 0) for it in answers] == [40164, 40164, 0]
    words = "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist rid: "
    assert answers[0]["errmsg"].startswith(words)


async def test_a_script_without_an_end_lasts_until_it_is_cleared(wechat: WeChat) -> None:
    wechat.sandbox.script(TOKEN, errcode=-1, times=None, errmsg="busy")
    failed = [(await wechat.token())["errmsg"].split(" rid")[0] for _ in range(3)]

    cleared = wechat.sandbox.clear_scripts()

    assert failed == ["busy"] * 3
    assert cleared == 1
    assert "access_token" in await wechat.token()


async def test_scripts_are_played_in_the_order_in_which_they_came(wechat: WeChat) -> None:
    wechat.sandbox.script(TOKEN, errcode=-1)
    wechat.sandbox.script(TOKEN, errcode=45011)

    errcodes = [(await wechat.token()).get("errcode", 0) for _ in range(3)]

    assert errcodes == [-1, 45011, 0]


async def test_a_script_for_one_account_leaves_the_others_alone(wechat: WeChat) -> None:
    wechat.sandbox.script(TOKEN, errcode=50007, appid="wx-frozen")

    spared, hit = await wechat.token(), await wechat.token("wx-frozen")

    assert "access_token" in spared
    assert hit["errcode"] == 50007


async def test_a_script_for_an_authorizer_fits_the_platforms_call_for_it(wechat: WeChat) -> None:
    token = (await wechat.component_token())["component_access_token"]
    path = "/cgi-bin/component/api_authorizer_token"
    wechat.sandbox.script(path, errcode=61007, appid=AUTHORIZER)

    answer = await wechat.on_component("api_authorizer_token", token, authorizer_appid=AUTHORIZER)

    assert answer["errcode"] == 61007


async def test_a_script_for_an_account_fits_calls_that_have_only_its_token(
    wechat: WeChat,
) -> None:
    token = (await wechat.token())["access_token"]
    wechat.sandbox.script("/cgi-bin/user/info", errcode=48001, appid=APPID)

    errcodes = [await wechat.use(token), await wechat.use(token)]

    assert errcodes == [48001, 0]


async def test_garbage_is_no_json_and_a_status_is_no_200(wechat: WeChat) -> None:
    wechat.sandbox.script(TOKEN, garbage=True)
    wechat.sandbox.script(TOKEN, status=502)

    garbage = await wechat.http.get(TOKEN, params=QUERY)
    bad_gateway = await wechat.http.get(TOKEN, params=QUERY)

    assert garbage.status == 200
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(await garbage.read())
    assert bad_gateway.status == 502


async def test_a_dropped_call_has_no_effect_and_a_lost_one_has(wechat: WeChat) -> None:
    token = (await wechat.token())["access_token"]
    wechat.sandbox.script(TOKEN, drop=True)
    with pytest.raises(aiohttp.ClientError):
        await wechat.token()
    wechat.advance(minutes=5)
    after_drop = await wechat.use(token)
    wechat.sandbox.script(TOKEN, lose=True)
    with pytest.raises(aiohttp.ClientError):
        await wechat.token()
    wechat.advance(minutes=5)
    after_loss = await wechat.use(token)

    assert [after_drop, after_loss] == [0, 40001]


async def test_a_call_that_hangs_ends_when_the_sandbox_stops(wechat: WeChat) -> None:
    wechat.sandbox.script(TOKEN, hang=True)
    outcomes: list[str] = []

    async with Supervisor() as supervisor:
        supervisor.essential("a call that hangs", _note_outcome(wechat, outcomes))
        await _until_called(wechat)
        wechat.advance(hours=1)
        await wechat.use("")
        before_the_stop = list(outcomes)
        wechat.sandbox.stop()

    assert before_the_stop == []
    assert outcomes == ["cut"]


async def test_a_client_that_gave_up_a_call_that_hangs_is_served_again(
    wechat: WeChat,
) -> None:
    wechat.sandbox.script(TOKEN, hang=True)

    async with Supervisor() as supervisor:
        supervisor.contained("a call that hangs", _note_outcome(wechat, []))
        await _until_called(wechat)

    assert "access_token" in await wechat.token()


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"endpoint": "/cgi-bin/tokne", "errcode": -1}, "endpoint"),
        ({"endpoint": TOKEN}, "errcode"),
        ({"endpoint": TOKEN, "errcode": -1, "hang": True}, "errcode"),
        ({"endpoint": TOKEN, "errcode": -1, "times": 0}, "times"),
        ({"endpoint": TOKEN, "status": 42}, "status"),
    ],
)
async def test_an_invalid_script_is_refused(
    wechat: WeChat, arguments: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        wechat.sandbox.script(**arguments)

    assert refused.value.field == field


async def test_faults_are_counted_as_errors(wechat: WeChat) -> None:
    wechat.sandbox.script(TOKEN, errcode=-1)
    wechat.sandbox.script(TOKEN, garbage=True)
    await wechat.token()
    await wechat.http.get(TOKEN, params=QUERY)
    await wechat.token()
    wechat.sandbox.ticket(COMPONENT)

    [count] = wechat.sandbox.call_counts()

    assert (count.endpoint, count.appid, count.count, count.errors) == (TOKEN, APPID, 3, 2)
    assert wechat.sandbox.calls(TOKEN, APPID) == wechat.sandbox.calls() == 3
    assert wechat.sandbox.calls(TOKEN, "wx-other") == 0


async def _note_outcome(wechat: WeChat, outcomes: list[str]) -> None:
    try:
        await wechat.token()
        outcomes.append("answered")
    except aiohttp.ClientError:
        outcomes.append("cut")


async def _until_called(wechat: WeChat) -> None:
    while not wechat.sandbox.calls(TOKEN):
        await wechat.use("")
