import re
from typing import Any

import pytest

from tests.sandbox.conftest import APPID, AUTHORIZER, COMPONENT, SECRET, WeChat


@pytest.fixture
async def token(wechat: WeChat) -> str:
    return str((await wechat.token())["access_token"])


@pytest.mark.parametrize("path", ["/cgi-bin/getcallbackip", "/cgi-bin/get_api_domain_ip"])
async def test_accounts_and_platforms_get_wechats_addresses(
    wechat: WeChat, token: str, path: str
) -> None:
    of_platform = (await wechat.component_token())["component_access_token"]

    answers = [await wechat.get(path, access_token=it) for it in (token, of_platform)]

    assert answers[0] == answers[1]
    assert "127.0.0.1" in answers[0]["ip_list"]


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({"action": "all", "check_operator": "DEFAULT"}, {"dns", "ping"}),
        ({"action": "dns", "check_operator": "CAP"}, {"dns"}),
        ({"action": "fly", "check_operator": "CAP"}, 40202),
        ({"action": "dns", "check_operator": "PIGEON"}, 40203),
    ],
)
async def test_the_network_check_knows_its_actions_and_operators(
    wechat: WeChat, token: str, body: dict[str, str], outcome: Any
) -> None:
    answer = await wechat.post("/cgi-bin/callback/check", body, access_token=token)

    assert answer.get("errcode", answer.keys()) == outcome


async def test_the_details_of_a_refused_call_are_found_by_its_rid(
    wechat: WeChat, token: str
) -> None:
    refused = await wechat.get("/cgi-bin/user/info", access_token=token, openid="x")
    rid = refused["errmsg"].split("rid: ")[1]
    stranger = (await wechat.token("wx-stranger"))["access_token"]

    async def ask(rid: str, token: str) -> dict[str, Any]:
        return await wechat.post("/cgi-bin/openapi/rid/get", {"rid": rid}, access_token=token)

    found = await ask(rid, token)
    assert "openid=x" in found["request"]["request_url"]
    assert refused["errmsg"] in found["request"]["response_body"]
    assert (await ask(rid, stranger))["errcode"] == 76003
    assert (await ask(re.sub("[0-9a-f]", "0", rid), token))["errcode"] == 76001
    assert (await ask("?", token))["errcode"] == 76002


async def test_a_quota_has_the_number_of_calls_that_remain(wechat: WeChat, token: str) -> None:
    async def ask(path: str) -> dict[str, Any]:
        body = {"cgi_path": path}
        return await wechat.post("/cgi-bin/openapi/quota/get", body, access_token=token)

    await wechat.token()

    of_token, of_stable = await ask("/cgi-bin/token"), await ask("/cgi-bin/stable_token")
    of_path, unknown = await ask("/cgi-bin/openapi/quota/get"), await ask("/cgi-bin/none")
    assert of_token["quota"] == {"daily_limit": 2000, "used": 2, "remain": 1998}
    assert of_stable["rate_limit"] == {"call_count": 10_000, "refresh_second": 60}
    assert of_path["quota"]["remain"] + of_path["quota"]["used"] == of_path["quota"]["daily_limit"]
    assert of_path["quota"]["used"] > 0
    assert unknown["errcode"] == 76021


async def test_a_platform_clears_its_own_quota_and_its_authorizers(wechat: WeChat) -> None:
    wechat.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)

    async def clear(appid: str) -> int:
        body = {"appid": appid, "component_appid": COMPONENT, "appsecret": SECRET}
        return int((await wechat.post("/cgi-bin/component/clear_quota/v2", body))["errcode"])

    assert await clear(COMPONENT) == 0
    assert await clear(AUTHORIZER) == 0
    assert await clear(APPID) == 61003


async def test_a_quota_of_another_account_cannot_be_cleared(wechat: WeChat, token: str) -> None:
    answer = await wechat.post("/cgi-bin/clear_quota", {"appid": "wx-b"}, access_token=token)

    assert answer["errcode"] == 40013
