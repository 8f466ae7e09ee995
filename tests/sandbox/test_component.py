from typing import Any

import pytest

from tests.sandbox.conftest import APPID, AUTHORIZER, COMPONENT, SECRET, Start, WeChat


@pytest.fixture
async def token(wechat: WeChat) -> str:
    return str((await wechat.component_token())["component_access_token"])


async def refresh(wechat: WeChat, token: str, refresh_token: str) -> dict[str, Any]:
    return await wechat.on_component(
        "api_authorizer_token",
        token,
        authorizer_appid=AUTHORIZER,
        authorizer_refresh_token=refresh_token,
    )


async def test_a_platform_needs_a_ticket_that_was_pushed_to_it(wechat: WeChat) -> None:
    issued = await wechat.component_token()
    invented = await wechat.component_token("ticket@@@invented")
    missing = await wechat.post(
        "/cgi-bin/component/api_component_token",
        {
            "component_appid": COMPONENT,
            "component_appsecret": SECRET,
            "component_verify_ticket": None,
        },
    )
    of_another = await wechat.component_token(wechat.sandbox.ticket("wx-other").value)

    assert issued.keys() == {"component_access_token", "expires_in"}
    assert invented["errcode"] == missing["errcode"] == of_another["errcode"] == 61006


async def test_a_ticket_is_valid_for_twelve_hours(wechat: WeChat) -> None:
    ticket = wechat.sandbox.ticket(COMPONENT).value
    wechat.advance(hours=11, minutes=59)
    in_time = await wechat.component_token(ticket)
    wechat.advance(minutes=1)
    too_late = await wechat.component_token(ticket)

    assert "component_access_token" in in_time
    assert too_late["errcode"] == 61005
    assert wechat.sandbox.ticket(COMPONENT).value != ticket


async def test_a_wrong_component_secret_is_refused(start: Start) -> None:
    wechat = await start(accounts={COMPONENT: "own"})

    answer = await wechat.component_token()

    assert answer["errcode"] == 40125


@pytest.mark.parametrize("name", ["access_token", "component_access_token"])
async def test_the_token_has_an_old_and_a_new_name_in_the_query(
    wechat: WeChat, token: str, name: str
) -> None:
    answer = await wechat.post(
        "/cgi-bin/component/api_create_preauthcode", {"component_appid": COMPONENT}, **{name: token}
    )

    assert answer["expires_in"] == 600
    assert answer["pre_auth_code"].startswith("preauthcode@@@")


async def test_an_account_that_consented_is_queried_by_its_code_once(
    wechat: WeChat, token: str
) -> None:
    grant = wechat.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)

    first = await wechat.on_component(
        "api_query_auth", token, authorization_code=grant.authorization_code
    )
    second = await wechat.on_component(
        "api_query_auth", token, authorization_code=grant.authorization_code
    )

    info = first["authorization_info"]
    assert info["authorizer_appid"] == AUTHORIZER
    assert info["authorizer_refresh_token"] == grant.authorizer_refresh_token
    assert await wechat.use(info["authorizer_access_token"]) == 0
    assert second["errcode"] == 61009


async def test_an_authorization_code_expires(wechat: WeChat, token: str) -> None:
    grant = wechat.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    wechat.advance(minutes=10)

    answer = await wechat.on_component(
        "api_query_auth", token, authorization_code=grant.authorization_code
    )

    assert answer["errcode"] == 61010


async def test_a_refresh_rotates_the_authorizers_refresh_token(wechat: WeChat, token: str) -> None:
    grant = wechat.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)

    first = await refresh(wechat, token, grant.authorizer_refresh_token)
    second = await refresh(wechat, token, first["authorizer_refresh_token"])

    assert first["expires_in"] == 7200
    assert first["authorizer_refresh_token"] != grant.authorizer_refresh_token
    assert await wechat.use(second["authorizer_access_token"]) == 0


async def test_the_previous_authorizer_refresh_token_works_for_five_more_minutes(
    wechat: WeChat, token: str
) -> None:
    grant = wechat.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    await refresh(wechat, token, grant.authorizer_refresh_token)
    wechat.advance(seconds=299)

    retried = await refresh(wechat, token, grant.authorizer_refresh_token)
    wechat.advance(seconds=1)
    too_late = await refresh(wechat, token, grant.authorizer_refresh_token)

    assert "authorizer_access_token" in retried
    assert too_late["errcode"] == 61023
    assert "errcode" not in await refresh(wechat, token, retried["authorizer_refresh_token"])


async def test_a_second_authorisation_ends_the_access_token(wechat: WeChat, token: str) -> None:
    grant = wechat.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    tokens = await refresh(wechat, token, grant.authorizer_refresh_token)

    anew = wechat.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)

    assert anew.authorizer_refresh_token != tokens["authorizer_refresh_token"]
    assert await wechat.use(tokens["authorizer_access_token"]) == 40001


async def test_an_account_that_withdrew_consent_is_refused(wechat: WeChat, token: str) -> None:
    grant = wechat.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    tokens = await refresh(wechat, token, grant.authorizer_refresh_token)

    wechat.sandbox.revoke_authorizer(COMPONENT, AUTHORIZER)

    refused = await refresh(wechat, token, tokens["authorizer_refresh_token"])
    info = await wechat.on_component("api_get_authorizer_info", token, authorizer_appid=AUTHORIZER)
    assert refused["errcode"] == info["errcode"] == 61003
    assert await wechat.use(tokens["authorizer_access_token"]) == 40001


@pytest.mark.parametrize("refresh_token", ["", "refreshtoken@@@invented"])
async def test_a_refresh_token_that_was_never_issued_is_refused(
    wechat: WeChat, token: str, refresh_token: str
) -> None:
    wechat.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)

    answer = await refresh(wechat, token, refresh_token)

    assert answer["errcode"] == 61023


async def test_a_lost_refresh_token_is_found_in_the_list_and_in_the_info(
    wechat: WeChat, token: str
) -> None:
    grant = wechat.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    wechat.sandbox.grant_authorizer(COMPONENT, "wx-later")

    page = await wechat.on_component("api_get_authorizer_list", token, offset=0, count=1)
    info = await wechat.on_component("api_get_authorizer_info", token, authorizer_appid=AUTHORIZER)

    assert page["total_count"] == 2
    assert [it["authorizer_appid"] for it in page["list"]] == [AUTHORIZER]
    assert page["list"][0]["refresh_token"] == grant.authorizer_refresh_token
    assert info["authorization_info"]["authorizer_refresh_token"] == grant.authorizer_refresh_token


async def test_a_page_of_more_than_500_authorizers_is_refused(wechat: WeChat, token: str) -> None:
    answer = await wechat.on_component("api_get_authorizer_list", token, count=501)

    assert answer["errcode"] == 40170


async def test_a_platforms_call_needs_the_platforms_own_token(wechat: WeChat, token: str) -> None:
    of_account = (await wechat.token(APPID))["access_token"]
    path, body = "/cgi-bin/component/api_create_preauthcode", {"component_appid": COMPONENT}

    errcodes = [
        (await wechat.post(path, body))["errcode"],
        (await wechat.post(path, body, access_token=of_account))["errcode"],
        (await wechat.post(path, {"component_appid": "wx-b"}, access_token=token))["errcode"],
        (await wechat.post(path, {"offset": 0}, access_token=token))["errcode"],
    ]
    assert errcodes == [41001, 61014, 40013, 41002]


async def test_a_platforms_token_is_no_accounts_token(wechat: WeChat, token: str) -> None:
    errcode = await wechat.use(token)

    assert errcode == 40001
