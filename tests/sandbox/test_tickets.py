import pytest

from tests.sandbox.conftest import AUTHORIZER, COMPONENT, WeChat


async def ticket(wechat: WeChat, token: str, kind: str = "jsapi") -> dict[str, object]:
    return await wechat.get("/cgi-bin/ticket/getticket", access_token=token, type=kind)


async def test_a_ticket_stays_the_same_until_it_has_expired(wechat: WeChat) -> None:
    token = (await wechat.token())["access_token"]
    first = await ticket(wechat, token)
    wechat.advance(seconds=7199)
    second = await ticket(wechat, token)
    wechat.advance(seconds=1)
    third = await ticket(wechat, (await wechat.token())["access_token"])

    assert first["errcode"] == 0
    assert second == first | {"expires_in": 1}
    assert third["ticket"] != first["ticket"]
    assert third["expires_in"] == 7200


async def test_web_pages_and_cards_have_tickets_of_their_own(wechat: WeChat) -> None:
    token = (await wechat.token())["access_token"]

    jsapi, card = await ticket(wechat, token), await ticket(wechat, token, "wx_card")

    assert jsapi["ticket"] != card["ticket"]


async def test_a_ticket_outlives_the_token_it_was_fetched_with(wechat: WeChat) -> None:
    token = (await wechat.token())["access_token"]
    first = await ticket(wechat, token)
    wechat.sandbox.kill(token)

    refused = await ticket(wechat, token)
    again = await ticket(wechat, (await wechat.token())["access_token"])

    assert refused["errcode"] == 40001
    assert again["ticket"] == first["ticket"]


async def test_a_platform_gets_the_ticket_of_its_authorizer(wechat: WeChat) -> None:
    grant = wechat.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    component_token = (await wechat.component_token())["component_access_token"]
    tokens = await wechat.on_component(
        "api_authorizer_token",
        component_token,
        authorizer_appid=AUTHORIZER,
        authorizer_refresh_token=grant.authorizer_refresh_token,
    )

    through_platform = await ticket(wechat, tokens["authorizer_access_token"])
    directly = await ticket(wechat, (await wechat.token(AUTHORIZER))["access_token"])

    assert through_platform["ticket"] == directly["ticket"]


@pytest.mark.parametrize("kind", ["", "agent_config"])
async def test_an_unknown_type_is_refused(wechat: WeChat, kind: str) -> None:
    answer = await ticket(wechat, (await wechat.token())["access_token"], kind)

    assert answer["errcode"] == 40097
