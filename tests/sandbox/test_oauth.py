from base64 import b64decode
from typing import Any

import pytest

from tests.sandbox.conftest import APPID, COMPONENT, SECRET, WeChat


async def refresh(wechat: WeChat, refresh_token: str, /, **changes: str) -> dict[str, Any]:
    query = {"appid": APPID, "grant_type": "refresh_token", "refresh_token": refresh_token}
    return await wechat.get("/sns/oauth2/refresh_token", **(query | changes))


async def exchange(wechat: WeChat, code: str, /, **changes: str) -> dict[str, Any]:
    query = {"appid": APPID, "secret": SECRET, "code": code, "grant_type": "authorization_code"}
    return await wechat.get("/sns/oauth2/access_token", **(query | changes))


async def log_in(wechat: WeChat, code: str, /, **changes: str) -> dict[str, Any]:
    query = {"appid": APPID, "secret": SECRET, "js_code": code, "grant_type": "authorization_code"}
    return await wechat.get("/sns/jscode2session", **(query | changes))


async def check(wechat: WeChat, token: str, openid: str) -> int:
    answer = await wechat.get("/sns/auth", access_token=token, openid=openid)
    return int(answer["errcode"])


async def test_a_code_is_exchanged_for_tokens_once(wechat: WeChat) -> None:
    grant = wechat.sandbox.grant_user(APPID)

    tokens = await exchange(wechat, grant.code)
    again = await exchange(wechat, grant.code)

    assert tokens.keys() == {"access_token", "expires_in", "refresh_token", "openid", "scope"}
    assert tokens["openid"] == grant.openid
    assert tokens["expires_in"] == 7200
    assert again["errcode"] == 40163


async def test_a_user_of_a_mini_program_logs_in_with_a_code_once(wechat: WeChat) -> None:
    grant = wechat.sandbox.grant_user(APPID, "o-user")

    session = await log_in(wechat, grant.code)
    again = await log_in(wechat, grant.code)

    assert session.keys() == {"session_key", "openid"}
    assert session["openid"] == "o-user"
    assert len(b64decode(session["session_key"], validate=True)) == 16
    assert again["errcode"] == 40163


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"grant_type": "client_credential"}, 40002),
        ({"js_code": ""}, 41008),
        ({"js_code": "unknown"}, 40029),
        ({"secret": "wrong"}, 40125),
        ({"appid": "wx-another"}, 40029),
    ],
)
async def test_a_wrong_login_gets_the_documented_errcode(
    wechat: WeChat, changes: dict[str, str], errcode: int
) -> None:
    grant = wechat.sandbox.grant_user(APPID)

    answer = await log_in(wechat, grant.code, **changes)

    assert answer["errcode"] == errcode


async def test_a_refresh_rotates_both_tokens(wechat: WeChat) -> None:
    grant = wechat.sandbox.grant_user(APPID, "o-user")

    first = await refresh(wechat, grant.refresh_token)
    second = await refresh(wechat, first["refresh_token"])

    assert first["openid"] == second["openid"] == "o-user"
    assert len({grant.refresh_token, first["refresh_token"], second["refresh_token"]}) == 3
    assert first["access_token"] != second["access_token"]
    assert await check(wechat, first["access_token"], "o-user") == 0
    assert await check(wechat, second["access_token"], "o-user") == 0


async def test_the_previous_refresh_token_works_for_five_more_minutes(wechat: WeChat) -> None:
    grant = wechat.sandbox.grant_user(APPID)
    lost = await refresh(wechat, grant.refresh_token)
    wechat.advance(seconds=299)

    retried = await refresh(wechat, grant.refresh_token)
    wechat.advance(seconds=1)
    too_late = await refresh(wechat, grant.refresh_token)
    wechat.advance(minutes=5)

    assert retried["refresh_token"] != lost["refresh_token"]
    assert too_late["errcode"] == 40030
    assert (await refresh(wechat, lost["refresh_token"]))["errcode"] == 40030
    assert "access_token" in await refresh(wechat, retried["refresh_token"])


async def test_a_refresh_token_expires_after_thirty_days(wechat: WeChat) -> None:
    grant = wechat.sandbox.grant_user(APPID)
    wechat.advance(days=30)

    answer = await refresh(wechat, grant.refresh_token)

    assert answer["errcode"] == 42002


async def test_a_user_who_withdraws_consent_must_authorise_again(wechat: WeChat) -> None:
    grant = wechat.sandbox.grant_user(APPID, "o-user")
    tokens = await refresh(wechat, grant.refresh_token)

    wechat.sandbox.revoke_user(APPID, "o-user")

    assert (await refresh(wechat, tokens["refresh_token"]))["errcode"] == 42007
    assert await check(wechat, tokens["access_token"], "o-user") == 42007
    anew = wechat.sandbox.grant_user(APPID, "o-user")
    assert "access_token" in await refresh(wechat, anew.refresh_token)


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"grant_type": "authorization_code"}, 40002),
        ({"appid": ""}, 41002),
        ({"appid": "?"}, 40013),
        ({"refresh_token": ""}, 41003),
        ({"refresh_token": "unknown"}, 40030),
        ({"appid": "wx-another"}, 40030),
    ],
)
async def test_a_wrong_refresh_gets_the_documented_errcode(
    wechat: WeChat, changes: dict[str, str], errcode: int
) -> None:
    grant = wechat.sandbox.grant_user(APPID)

    answer = await refresh(wechat, grant.refresh_token, **changes)

    assert answer["errcode"] == errcode


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"code": ""}, 41008),
        ({"code": "unknown"}, 40029),
        ({"secret": "wrong"}, 40125),
        ({"appid": "wx-another"}, 40029),
    ],
)
async def test_a_wrong_exchange_gets_the_documented_errcode(
    wechat: WeChat, changes: dict[str, str], errcode: int
) -> None:
    grant = wechat.sandbox.grant_user(APPID)

    answer = await exchange(wechat, grant.code, **changes)

    assert answer["errcode"] == errcode


async def test_a_code_expires_after_five_minutes(wechat: WeChat) -> None:
    grant = wechat.sandbox.grant_user(APPID)
    wechat.advance(minutes=5)

    answer = await exchange(wechat, grant.code)

    assert answer["errcode"] == 42003


async def test_a_token_is_checked_against_its_user(wechat: WeChat) -> None:
    grant = wechat.sandbox.grant_user(APPID, "o-user")
    tokens = await exchange(wechat, grant.code)

    errcode = await check(wechat, tokens["access_token"], "o-other")

    assert errcode == 40003


async def test_a_platform_exchanges_and_refreshes_with_its_own_token(wechat: WeChat) -> None:
    grant = wechat.sandbox.grant_user(APPID, component_appid=COMPONENT)
    token = (await wechat.component_token())["component_access_token"]
    platform = {"appid": APPID, "component_appid": COMPONENT, "component_access_token": token}

    exchanged = await wechat.get(
        "/sns/oauth2/component/access_token",
        **platform,
        code=grant.code,
        grant_type="authorization_code",
    )
    refreshed = await wechat.get(
        "/sns/oauth2/component/refresh_token",
        **platform,
        refresh_token=exchanged["refresh_token"],
        grant_type="refresh_token",
    )

    assert refreshed["openid"] == grant.openid
    assert refreshed["refresh_token"] != exchanged["refresh_token"]
    assert (await refresh(wechat, refreshed["refresh_token"]))["errcode"] == 40030


async def test_a_platform_without_its_token_is_refused(wechat: WeChat) -> None:
    answer = await wechat.get(
        "/sns/oauth2/component/refresh_token",
        appid=APPID,
        component_appid=COMPONENT,
        grant_type="refresh_token",
        refresh_token="any",
    )

    assert answer["errcode"] == 41021


async def test_a_users_token_shows_that_user_only(wechat: WeChat) -> None:
    user = wechat.sandbox.grant_user(APPID)
    query = {"appid": APPID, "grant_type": "refresh_token", "refresh_token": user.refresh_token}
    token = (await wechat.get("/sns/oauth2/refresh_token", **query))["access_token"]

    own = await wechat.get("/sns/userinfo", access_token=token, openid=user.openid)
    other = await wechat.get("/sns/userinfo", access_token=token, openid="o-other")

    assert own["openid"] == user.openid
    assert other["errcode"] == 40003
