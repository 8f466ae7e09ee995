"""The issuers read WeChat's answers, and refuse those that make no sense."""

import json
from datetime import timedelta
from itertools import product

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


async def test_a_refresh_token_that_is_not_replaced_is_kept(
    client: WeChatClient, server: HostileServer
) -> None:
    cases = [
        ("oauth2_access_token", "refresh_token", "REFRESH"),
        ("authorizer_access_token", "authorizer_refresh_token", "AUTH-REFRESH"),
    ]

    for (kind, name, kept), absent in product(cases, (None, "")):
        server.script(answer(ANSWERS[kind] | {name: absent}))

        issued = await issue(client, kind, subject=AUTHORIZER)

        assert (kind, issued.refresh_token) == (kind, kept)


async def test_the_whole_answer_is_handed_on(client: WeChatClient, server: HostileServer) -> None:
    for kind in ANSWERS:
        body = json.dumps({"new": "微信"} | ANSWERS[kind], ensure_ascii=False, indent=1).encode()
        server.script(answer(body, content_type="text/plain"))

        issued = await issue(client, kind, subject=AUTHORIZER)

        assert issued.value == "VALUE"
        assert issued.answer == body.decode()
        assert issued.lifetime == timedelta(hours=2)
        assert "VALUE" not in repr(issued)


async def test_an_answer_without_a_value_or_a_lifetime_is_not_believed(
    client: WeChatClient, server: HostileServer
) -> None:
    wrong: list[dict[str, object]] = [
        {"expires_in": each} for each in (None, -1, -7200, "soon", True)
    ]
    for kind in ANSWERS:
        for changes in [*({VALUES[kind]: each} for each in (None, "", 7, {})), *wrong]:
            server.script(answer(ANSWERS[kind] | changes))

            with pytest.raises(WeChatError, match="unexpected answer") as caught:
                await issue(client, kind, subject=AUTHORIZER)

            assert caught.value.reaction is Reaction.TRANSIENT, (kind, changes)
