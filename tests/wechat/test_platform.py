"""A platform's own calls, as WeChat documents them."""

from typing import Any

import pytest

from tests.wechat.hostile import HostileServer, answer
from tests.wechat.issuing import APPID, AUTHORIZER, issuer_of, request
from wechat_scheduler.credentials.ports import Recoverer
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.platform import MOST_PAGES, PAGE, Platform

GRANTED: dict[str, dict[str, Any]] = {
    "authorization_info": {
        "authorizer_appid": AUTHORIZER,
        "authorizer_access_token": "VALUE",
        "expires_in": 7200,
        "authorizer_refresh_token": "REFRESH",
        "func_info": [{"funcscope_category": {"id": 1}}],
    }
}
INFO = {
    "authorizer_info": {"nick_name": "某公众号"},
    "authorization_info": {"authorizer_appid": AUTHORIZER, "authorizer_refresh_token": "KNOWN"},
}


@pytest.fixture
def platform(client: WeChatClient) -> Platform:
    return Platform(client)


def page(*accounts: dict[str, Any]) -> dict[str, Any]:
    return {"total_count": 1000, "list": list(accounts)}


def account(appid: str = AUTHORIZER, **fields: Any) -> dict[str, Any]:
    return {"authorizer_appid": appid, "auth_time": 1413192605} | fields


FULL = page(*(account(f"wx{number:016d}", refresh_token="OTHER") for number in range(PAGE)))


async def recovered(platform: Platform) -> str:
    return await platform.refresh_token(APPID, token="COMPONENT", authorizer=AUTHORIZER)


async def test_a_code_is_exchanged_for_an_answer_like_that_of_a_refresh(
    platform: Platform, server: HostileServer
) -> None:
    server.script(answer(GRANTED))

    issued = await platform.exchange(APPID, token="COMPONENT", code="CODE")

    (received,) = server.received
    assert received.path == "/cgi-bin/component/api_query_auth"
    assert received.query == {"component_access_token": "COMPONENT"}
    assert received.body == {"component_appid": APPID, "authorization_code": "CODE"}
    assert (issued.value, issued.refresh_token, issued.subject) == ("VALUE", "REFRESH", AUTHORIZER)
    assert issued.answer.startswith('{"authorizer_appid":"wx3333333333333333","authorizer_access_')


@pytest.mark.parametrize("refresh_token", ["", None])
async def test_a_code_may_bring_a_token_without_a_refresh_token(
    platform: Platform, server: HostileServer, refresh_token: str | None
) -> None:
    info = GRANTED["authorization_info"] | {"authorizer_refresh_token": refresh_token}
    server.script(answer({"authorization_info": info}))

    issued = await platform.exchange(APPID, token="COMPONENT", code="CODE")

    assert (issued.value, issued.refresh_token) == ("VALUE", "")


async def test_tickets_are_asked_for_in_wechats_words(
    platform: Platform, server: HostileServer
) -> None:
    server.script(answer({"errcode": 0, "errmsg": "in a normal state"}))

    words = await platform.restart_tickets(APPID, secret="SECRET")

    (received,) = server.received
    assert words == "in a normal state"
    assert received.path == "/cgi-bin/component/api_start_push_ticket"
    assert received.body == {"component_appid": APPID, "component_secret": "SECRET"}


async def test_a_refresh_token_is_looked_for_page_by_page(
    platform: Platform, server: HostileServer
) -> None:
    server.script(answer(FULL), answer(page(account(refresh_token="KNOWN"))))

    assert await recovered(platform) == "KNOWN"
    assert [received.body["offset"] for received in server.received] == [0, PAGE]


@pytest.mark.parametrize(
    "listed",
    [
        [page(account())],
        [page(account(refresh_token=""))],
        [page()],
        [FULL] * MOST_PAGES,
    ],
)
async def test_where_the_list_leaves_it_out_the_account_is_asked_for_by_name(
    platform: Platform, server: HostileServer, listed: list[dict[str, Any]]
) -> None:
    server.script(*map(answer, listed), answer(INFO))

    assert await recovered(platform) == "KNOWN"
    last = server.received[-1]
    assert last.path == "/cgi-bin/component/api_get_authorizer_info"
    assert last.body == {"component_appid": APPID, "authorizer_appid": AUTHORIZER}
    assert len(server.received) == len(listed) + 1


async def test_an_account_is_found_by_its_refresh_token(
    platform: Platform, server: HostileServer
) -> None:
    server.script(answer(FULL), answer(page(account(), account("wx4", refresh_token="FOUR"))))
    found = await platform.authorizer(APPID, token="COMPONENT", refresh_token="FOUR")
    server.script(answer(page(account(refresh_token="ELSE"))))
    unknown = await platform.authorizer(APPID, token="COMPONENT", refresh_token="FOUR")

    assert (found, unknown) == ("wx4", "")
    assert [received.body["offset"] for received in server.received] == [0, PAGE, 0]


async def test_a_token_that_wechat_does_not_say_is_empty(
    platform: Platform, server: HostileServer
) -> None:
    nameless = {"authorization_info": {"authorizer_appid": AUTHORIZER}}
    server.script(answer(page()), answer(nameless))

    assert await recovered(platform) == ""


async def test_an_account_without_consent_is_named_as_such(
    platform: Platform, server: HostileServer
) -> None:
    refusal = {"errcode": 61003, "errmsg": "component is not authorized by this account"}
    server.script(answer(page()), answer(refusal))

    with pytest.raises(WeChatError) as refused:
        await recovered(platform)

    assert (refused.value.reaction, refused.value.refused) == (
        Reaction.NEEDS_INPUT,
        "authorization",
    )


@pytest.mark.parametrize(
    "strange", [{}, {"list": 1}, {"list": [{}]}, {"list": [{"authorizer_appid": 1}]}]
)
async def test_a_list_that_is_none_is_not_wechats(
    platform: Platform, server: HostileServer, strange: dict[str, Any]
) -> None:
    server.script(answer(strange))

    with pytest.raises(WeChatError) as refused:
        await recovered(platform)

    assert refused.value.reaction is Reaction.TRANSIENT


@pytest.mark.parametrize("strange", [{}, {"authorization_info": []}, {"authorization_info": {}}])
async def test_an_exchange_that_gives_nothing_is_not_wechats(
    platform: Platform, server: HostileServer, strange: dict[str, Any]
) -> None:
    server.script(answer(strange))

    with pytest.raises(WeChatError) as refused:
        await platform.exchange(APPID, token="COMPONENT", code="CODE")

    assert refused.value.reaction is Reaction.TRANSIENT


async def test_the_issuer_recovers_through_the_platform(
    client: WeChatClient, server: HostileServer
) -> None:
    server.script(answer(page(account(refresh_token="KNOWN"))))
    issuer = issuer_of("authorizer_access_token", client)

    assert isinstance(issuer, Recoverer)
    assert await issuer.recover(request("authorizer_access_token", subject=AUTHORIZER)) == "KNOWN"
    assert not isinstance(issuer_of("oauth2_access_token", client), Recoverer)
