"""A platform's token and those of its authorizers, for its consumers."""

import pytest

from tests.gateway.samples import made_consumer
from tests.gateway.test_token_endpoints import (
    AUTHORIZER_PATH,
    COMPONENT_PATH,
    GRANT,
    OTHER,
    STABLE,
    TICKET,
    TOKEN,
    asked,
    errcode,
    kept,
)
from tests.house import AUTHORIZER, COMPONENT, Caller, WeChat
from tests.platform.listening import Platform


async def authorised(gate: Caller, weixin: WeChat) -> Platform:
    """A platform with an account that authorised it."""
    platform = Platform(gate, weixin)
    await platform.authorise()
    return platform


@pytest.mark.parametrize("stand_in", [False, True])
async def test_a_platform_gets_its_token_and_those_of_its_accounts(
    gate: Caller, weixin: WeChat, stand_in: bool
) -> None:
    platform = await authorised(gate, weixin)
    await platform.register({"type": 1, "subject": AUTHORIZER})
    await gate.settle()
    made = await made_consumer(gate, appids=[COMPONENT], stand_in=stand_in)
    sent = {"component_appid": COMPONENT, "component_verify_ticket": "ticket@@@of-the-sdk"}

    own = await asked(gate, "POST", COMPONENT_PATH, sent | {"component_appsecret": made["secret"]})
    path = f"{AUTHORIZER_PATH}?component_access_token={own.json['component_access_token']}"
    named = {"authorizer_appid": AUTHORIZER, "authorizer_refresh_token": "refreshtoken@@@old"}
    given = await asked(gate, "POST", path, sent | named)
    shown = {"access_token": given.json["authorizer_access_token"], "type": "jsapi"}
    ticket = await asked(gate, "GET", TICKET, shown)
    wrong = [
        await errcode(gate, "POST", path, sent | named | {"authorizer_appid": OTHER}),
        await errcode(gate, "POST", path, named | {"component_appid": OTHER}),
        await errcode(gate, "POST", f"{AUTHORIZER_PATH}?access_token={await kept(gate)}", sent),
    ]

    assert given.json["authorizer_refresh_token"] == "refreshtoken@@@old"
    assert given.json["expires_in"] == own.json["expires_in"] == 7200
    if stand_in:
        assert given.json["authorizer_access_token"].startswith("ws1_")
    else:
        assert given.json["authorizer_access_token"] == await platform.value()
        assert own.json["component_access_token"] == await gate.value(f"{COMPONENT}/3")
    assert ticket.json["ticket"] == await gate.value(f"{COMPONENT}/1/{AUTHORIZER}")
    assert wrong == [61003, 40013, 61014]
    plain = GRANT | {"appid": COMPONENT, "secret": made["secret"]}
    astray = await asked(gate, "GET", TOKEN, plain)
    assert astray.json["errcode"] == 40013
    assert "/cgi-bin/component/api_component_token" in astray.json["errmsg"]


async def test_a_consumer_with_stand_ins_sees_no_token_of_an_authorizer(
    gate: Caller, weixin: WeChat
) -> None:
    await gate.register({"type": 0}, appid=COMPONENT)
    await gate.settle()
    made = await made_consumer(gate, appids=[COMPONENT], stand_in=True)
    fields = {"grant_type": "client_credential", "appid": COMPONENT, "secret": made["secret"]}
    token = (await asked(gate, "POST", STABLE, fields)).json["access_token"]
    before = weixin.sandbox.calls()

    for name in (
        "api_query_auth",
        "api_get_authorizer_info",
        "api_get_authorizer_list",
        "Api_Get_Authorizer_Info",
    ):
        path = f"//cgi-bin/component/{name}?component_access_token={token}"
        answer = (await asked(gate, "POST", path, {"component_appid": COMPONENT})).json

        assert answer["errcode"] == 48001, name
        assert "stand_in" in answer["errmsg"]
    assert weixin.sandbox.calls() == before


async def test_a_consumer_with_real_tokens_reads_what_its_platform_may(
    gate: Caller, weixin: WeChat
) -> None:
    await authorised(gate, weixin)
    token = await gate.value(f"{COMPONENT}/3")

    path = f"/cgi-bin/component/api_get_authorizer_info?component_access_token={token}"
    sent = {"component_appid": COMPONENT, "authorizer_appid": AUTHORIZER}
    answer = (await asked(gate, "POST", path, sent)).json

    assert answer["authorization_info"]["authorizer_appid"] == AUTHORIZER
