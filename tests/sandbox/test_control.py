from typing import Any

import pytest

from tests.sandbox.conftest import APPID, AUTHORIZER, COMPONENT, WeChat
from wechat_scheduler.sandbox.control import ROUTES


async def test_a_script_is_added_and_cleared_over_http(wechat: WeChat) -> None:
    body = {"endpoint": "/cgi-bin/token", "errcode": 45009, "times": None}

    armed = await wechat.control("POST", "script", body)
    failed = await wechat.token()
    cleared = await wechat.control("DELETE", "script")

    assert armed == (200, {"scripted": "/cgi-bin/token"})
    assert failed["errcode"] == 45009
    assert cleared == (200, {"cleared": 1})
    assert "access_token" in await wechat.token()


async def test_a_user_grants_and_revokes_over_http(wechat: WeChat) -> None:
    body = {"kind": "oauth2", "appid": APPID, "openid": "o-user"}

    _, granted = await wechat.control("POST", "grants", body)
    revoked = await wechat.control("POST", "revoke", body)

    refresh = await wechat.get(
        "/sns/oauth2/refresh_token",
        appid=APPID,
        grant_type="refresh_token",
        refresh_token=granted["refresh_token"],
    )
    assert granted.keys() == {"openid", "refresh_token", "code"}
    assert revoked == (200, {"revoked": "o-user"})
    assert refresh["errcode"] == 42007


async def test_an_account_grants_and_revokes_over_http(wechat: WeChat) -> None:
    body = {"kind": "authorizer", "component_appid": COMPONENT, "authorizer_appid": AUTHORIZER}
    token = (await wechat.component_token())["component_access_token"]

    _, granted = await wechat.control("POST", "grants", body)
    served = await wechat.on_component(
        "api_query_auth", token, authorization_code=granted["authorization_code"]
    )
    revoked = await wechat.control("POST", "revoke", body)
    refused = await wechat.on_component(
        "api_get_authorizer_info", token, authorizer_appid=AUTHORIZER
    )

    assert served["authorization_info"]["authorizer_appid"] == granted["authorizer_appid"]
    assert revoked == (200, {"revoked": AUTHORIZER})
    assert refused["errcode"] == 61003


async def test_the_current_ticket_is_shown(wechat: WeChat) -> None:
    status, shown = await wechat.control("GET", f"tickets/{COMPONENT}")

    issued = await wechat.component_token(shown["component_verify_ticket"])
    assert status == 200
    assert shown["expires_in"] == 12 * 3600
    assert "component_access_token" in issued


async def test_a_token_is_killed_over_http(wechat: WeChat) -> None:
    token = (await wechat.token())["access_token"]

    killed = await wechat.control("POST", "kill", {"value": token})

    assert killed == (200, {"killed": True})
    assert await wechat.use(token) == 40001


async def test_calls_are_counted_by_endpoint_and_account(wechat: WeChat) -> None:
    await wechat.token()
    await wechat.token(secret="wrong")

    answer = await wechat.control("GET", "calls")

    count = {"endpoint": "/cgi-bin/token", "appid": APPID, "count": 2, "errors": 1}
    assert answer == (200, {"calls": [count]})


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        ("script", {"errcode": 1}, "endpoint: "),
        ("script", {"endpoint": "/cgi-bin/token", "errcode": "x"}, "errcode: "),
        ("script", {"endpoint": "/cgi-bin/token", "hang": True, "time": 1}, "time: "),
        ("script", {"endpoint": "/cgi-bin/token"}, "errcode: give exactly one of "),
        ("script", ["/cgi-bin/token"], "body: "),
        ("grants", {"kind": "oauth"}, "kind: "),
        ("grants", {"kind": "oauth2", "appid": "gh"}, "appid: must be wx"),
        ("revoke", {"kind": "oauth2", "appid": APPID}, "openid: "),
        (
            "pushes",
            {"component_appid": "wx1", "url": "x", "token": "t", "encoding_aes_key": "k"},
            "url: ",
        ),
        (
            "pushes",
            {"component_appid": "wx1", "url": "http://h", "token": "t", "encoding_aes_key": "k"},
            "encoding_aes_key: must be 43",
        ),
    ],
)
async def test_the_error_of_a_wrong_body_names_the_field(
    wechat: WeChat, path: str, body: Any, error: str
) -> None:
    status, answer = await wechat.control("POST", path, body)

    assert status == 400
    assert answer["error"].startswith(error)


async def test_a_body_that_is_no_json_is_refused(wechat: WeChat) -> None:
    response = await wechat.http.post("/_sandbox/kill", data=b"value=x")

    assert response.status == 400
    assert await response.json() == {"error": "body: must be a JSON object"}


async def test_the_front_page_explains_each_control(wechat: WeChat) -> None:
    response = await wechat.http.get("/")

    page = await response.text()
    assert [path for method, path, _ in ROUTES if f"{method} {path}" not in page] == []
