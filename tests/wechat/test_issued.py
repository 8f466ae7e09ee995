"""The issuers read WeChat's answers, and refuse those that make no sense."""

import json
from datetime import timedelta

import pytest

from tests.wechat.hostile import HostileServer, answer
from tests.wechat.issuing import ANSWERS, AUTHORIZER, issue
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.wechat.client import WeChatClient

VALUES = {
    "access_token": "access_token",
    "jsapi_ticket": "ticket",
    "wx_card_ticket": "ticket",
    "oauth2_access_token": "access_token",
    "component_access_token": "component_access_token",
    "authorizer_access_token": "authorizer_access_token",
}


@pytest.mark.parametrize(
    ("kind", "name", "kept"),
    [
        ("oauth2_access_token", "refresh_token", "REFRESH"),
        ("authorizer_access_token", "authorizer_refresh_token", "AUTH-REFRESH"),
    ],
)
@pytest.mark.parametrize("absent", [None, ""])
async def test_a_refresh_token_that_is_not_replaced_is_kept(
    client: WeChatClient,
    server: HostileServer,
    kind: str,
    name: str,
    kept: str,
    absent: str | None,
) -> None:
    server.script(answer(ANSWERS[kind] | {name: absent}))

    issued = await issue(client, kind, subject=AUTHORIZER)

    assert issued.refresh_token == kept


@pytest.mark.parametrize("kind", ANSWERS)
async def test_the_whole_answer_is_handed_on(
    client: WeChatClient, server: HostileServer, kind: str
) -> None:
    body = json.dumps({"new": "微信"} | ANSWERS[kind], ensure_ascii=False, indent=1).encode()
    server.script(answer(body, content_type="text/plain"))

    issued = await issue(client, kind, subject=AUTHORIZER)

    assert issued.value == "VALUE"
    assert issued.answer == body.decode()
    assert issued.lifetime == timedelta(hours=2)
    assert "VALUE" not in repr(issued)


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("value", [None, "", 7, {}])
async def test_an_answer_without_a_value_is_not_believed(
    client: WeChatClient, server: HostileServer, kind: str, value: object
) -> None:
    server.script(answer(ANSWERS[kind] | {VALUES[kind]: value}))

    with pytest.raises(WeChatError, match="unexpected answer") as caught:
        await issue(client, kind, subject=AUTHORIZER)

    assert caught.value.reaction is Reaction.TRANSIENT


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("expires_in", [None, -1, -7200, "soon", True])
async def test_an_answer_without_a_lifetime_is_not_believed(
    client: WeChatClient, server: HostileServer, kind: str, expires_in: object
) -> None:
    server.script(answer(ANSWERS[kind] | {"expires_in": expires_in}))

    with pytest.raises(WeChatError, match="unexpected answer") as caught:
        await issue(client, kind, subject=AUTHORIZER)

    assert caught.value.reaction is Reaction.TRANSIENT
