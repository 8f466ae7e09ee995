"""Consumers call WeChat's API through the gateway with their stand-ins."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
from structlog.testing import capture_logs

from tests.clock import FakeClock
from tests.gateway.samples import made_consumer
from tests.gateway.test_token_endpoints import GRANT, STABLE, TICKET
from tests.house import APPID, Caller, WeChat

IPS = "/cgi-bin/getcallbackip"


async def stand_in(gate: Caller, name: str = "shop", **wish: Any) -> str:
    made = await made_consumer(gate, name, stand_in=True, **wish)
    fields = GRANT | {"secret": made["secret"]}
    token: str = (await gate.call("POST", STABLE, body=fields, key="")).json["access_token"]
    return token


async def called(gate: Caller, token: str, path: str = IPS, **fields: str) -> Any:
    query = urlencode({"access_token": token} | fields)
    return (await gate.call("GET", f"{path}?{query}", key="")).json


async def uses(gate: Caller) -> list[tuple[str, str, int, int]]:
    found = (await gate.call("GET", "/v1/usage")).result
    return [(use["caller"], use["path"], use["calls"], use["errors"]) for use in found]


async def test_a_stand_in_calls_what_the_kept_token_may(gate: Caller) -> None:
    token = await stand_in(gate)

    answer = await called(gate, token)

    assert answer == await called(gate, await gate.value(f"{APPID}/0"))
    assert "ip_list" in answer


async def test_a_stand_in_is_worth_nothing_at_wechat(gate: Caller, weixin: WeChat) -> None:
    url = f"{weixin.url}{IPS}?access_token={await stand_in(gate)}"

    async with aiohttp.ClientSession() as session, session.get(url) as response:
        answer = await response.json(content_type=None)

    assert answer["errcode"] in (40001, 40014)


async def test_a_stand_in_ends_with_its_consumer(gate: Caller) -> None:
    token = await stand_in(gate)
    await gate.call("DELETE", "/v1/consumers/shop")

    answer = await called(gate, token)

    assert answer["errcode"] == 40001
    assert "revoked" in answer["errmsg"]


async def test_the_calls_of_a_consumer_are_held_to_its_limits(gate: Caller) -> None:
    token = await stand_in(gate, per_minute=3)  # fetching the stand-in was one
    other = await stand_in(gate, "crm", per_minute=3)

    errcodes = [(await called(gate, token)).get("errcode", 0) for _ in range(3)]
    others = (await called(gate, other)).get("errcode", 0)

    assert (errcodes, others) == ([0, 0, 45011], 0)
    (shop, _) = (await gate.call("GET", "/v1/usage")).result
    assert (shop["path"], shop["calls"], shop["errors"], shop["refused"]) == (IPS, 2, 0, 1)


async def test_the_day_counts_the_calls_that_pass_and_no_tokens(gate: Caller) -> None:
    token = await stand_in(gate, per_day=2)
    await called(gate, token, TICKET, type="jsapi")

    answers = [await called(gate, token) for _ in range(3)]
    ticket = await called(gate, token, TICKET, type="jsapi")

    assert [answer.get("errcode", 0) for answer in answers] == [0, 0, 45009]
    assert answers[2]["errmsg"].startswith("reach max api daily quota limit: the consumer shop has")
    assert ticket["errcode"] == 0
    assert await uses(gate) == [("consumer/shop", IPS, 2, 0)]


async def test_a_change_holds_from_the_next_call_on_with_the_same_stand_in(gate: Caller) -> None:
    token = await stand_in(gate, per_minute=2)  # fetching the stand-in was one
    changes: list[dict[str, Any]] = [
        {"per_minute": 1},
        {"per_minute": 0},
        {"allow_paths": ["/wxa/*"]},
        {"allow_paths": []},
        {"networks": ["10.0.0.0/8"]},
        {"networks": []},
        {"appids": ["wx8888888888888888"]},
        {"appids": [APPID]},
    ]

    errcodes = []
    for change in changes:
        await gate.call("PATCH", "/v1/consumers/shop", body=change)
        errcodes.append((await called(gate, token)).get("errcode", 0))

    assert errcodes == [45011, 0, 48001, 0, 40164, 0, 40001, 0]


async def test_a_consumer_makes_the_calls_that_are_allowed_to_it(gate: Caller) -> None:
    wishes: dict[str, dict[str, Any]] = {
        "all": {"allow_paths": ["/cgi-bin/*"]},
        "posts": {"allow_paths": ["POST /cgi-bin/*"]},
        "menus": {"allow_paths": ["/cgi-bin/menu/*"]},
        "denied": {"deny_paths": [IPS]},
        "begun": {"allow_paths": ["/cgi-bin/*"], "deny_paths": ["GET /cgi-bin/get*"]},
    }
    tokens = {name: await stand_in(gate, name, **wish) for name, wish in wishes.items()}

    found = {name: (await called(gate, token)).get("errcode", 0) for name, token in tokens.items()}

    assert found == dict.fromkeys(wishes, 48001) | {"all": 0}


async def test_a_call_that_is_not_allowed_is_refused_also_while_there_is_no_token(
    gate: Caller, clock: FakeClock
) -> None:
    clock.advance(timedelta(hours=3))
    token = await stand_in(gate, deny_paths=[IPS])

    answer = await called(gate, token)

    assert answer["errcode"] == 48001


async def test_a_consumer_gets_tickets_only_if_they_are_allowed_to_it(gate: Caller) -> None:
    wishes: dict[str, dict[str, Any]] = {
        "free": {},
        "tickets": {"allow_paths": ["/cgi-bin/ticket/*"]},
        "menus": {"allow_paths": ["/cgi-bin/menu/*"]},
        "denied": {"deny_paths": [TICKET]},
    }
    tokens = {name: await stand_in(gate, name, **wish) for name, wish in wishes.items()}

    found = {
        name: [
            (await called(gate, token, path, type="jsapi"))["errcode"]
            for path in (TICKET, f"/{TICKET}")
        ]
        for name, token in tokens.items()
    }

    assert found == {
        "free": [0, 0],
        "tickets": [0, 0],
        "menus": [48001, 48001],
        "denied": [48001, 48001],
    }


async def test_a_call_from_a_foreign_network_is_refused_with_its_address(gate: Caller) -> None:
    token = await stand_in(gate, networks=["127.0.0.1/32"])
    url = f"{gate.daemon.url}{IPS}?access_token={token}"

    home = await called(gate, token)
    elsewhere = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))
    async with aiohttp.ClientSession(connector=elsewhere) as session, session.get(url) as response:
        away = await response.json()

    assert "ip_list" in home
    assert away["errcode"] == 40164
    assert away["errmsg"].startswith("invalid ip 127.0.0.2 ")


async def test_each_call_counts_for_its_consumer(gate: Caller, weixin: WeChat) -> None:
    token = await stand_in(gate)
    weixin.sandbox.script(IPS, errcode=48001)
    for _ in range(3):
        await called(gate, token)
    await called(gate, await gate.value(f"{APPID}/0"))

    text = (await gate.call("GET", "/metrics")).json
    counted = 'gateway_consumer_calls_total{consumer="shop",outcome="%s"} %d'
    assert counted % ("answered", 2) in text
    assert counted % ("failed", 1) in text
    assert await uses(gate) == [("consumer/shop", IPS, 3, 1), (f"token/{APPID}", IPS, 1, 0)]


async def test_those_who_used_the_calls_up_are_named(gate: Caller, weixin: WeChat) -> None:
    shop, crm = await stand_in(gate), await stand_in(gate, "crm")
    for _ in range(2):
        await called(gate, crm)
    await called(gate, shop)
    weixin.sandbox.script(IPS, errcode=45009, times=2)

    with capture_logs() as logs:
        answers = [await called(gate, shop) for _ in range(2)]

    (told,) = [entry for entry in logs if entry["event"] == "gateway.used_up"]
    assert [answer["errcode"] for answer in answers] == [45009, 45009]
    assert told["largest"] == ["consumer/crm: 2", "consumer/shop: 2"]
    assert (told["appid"], told["path"]) == (APPID, IPS)
    assert f"quota clear {IPS} --appid {APPID}" in told["advice"]
