"""What an operator asks WeChat about a call that it refused, and a message that it did not show."""

from typing import Any

import pytest

from tests.house import APPID, Caller, WeChat
from tests.keeper.conftest import clock, keeper, weixin
from tests.web.tenants import deliveries, opened_shop, send
from wechat_scheduler.sandbox.templates import SandboxTemplate

__all__ = ["clock", "keeper", "weixin"]

ADVERT = {"text": "", "channel": "template", "template": "advert-of-a-sale"}


@pytest.fixture
async def shop(keeper: Caller, weixin: WeChat) -> dict[str, Any]:
    """An app with a follower and a token to send with."""
    return await opened_shop(keeper, weixin, "alice")


async def test_a_refused_message_is_found_by_its_rid_without_the_token(
    keeper: Caller, weixin: WeChat, shop: dict[str, Any]
) -> None:
    weixin.sandbox.script("/cgi-bin/message/template/send", errcode=47003, times=1)
    await send(keeper, shop, "alice", **ADVERT, data={"thing1": "hello"})
    await keeper.settle()
    (dead,) = await deliveries(keeper, "?state=dead")
    page = (await keeper.call("GET", f"/v1/deliveries/{dead['id']}")).result
    rid = page["history"][0]["rid"]

    found = (await keeper.call("GET", f"/v1/rids/{APPID}?rid={rid}")).result
    answers = [
        await keeper.call("GET", f"/v1/rids/{APPID}{query}")
        for query in ("", "?rid=..%2Fx", f"?rid={rid[:-1]}")
    ]

    assert "hello" in found["request"]
    assert "47003" in found["response"]
    assert found["url"] == "access_token=[redacted]"
    assert (found["rid"], found["address"]) == (rid, "127.0.0.1")
    assert [one.status for one in answers] == [400, 400, 503]
    assert "take it from the end of WeChat's error message" in answers[2].json["message"]


async def test_an_intercepted_message_is_told_from_one_that_was_shown(
    keeper: Caller, weixin: WeChat, shop: dict[str, Any]
) -> None:
    advert = SandboxTemplate(template_id=ADVERT["template"], title="Sale", intercepted=True)
    weixin.sandbox.put_template(advert)
    await send(keeper, shop, "alice", **ADVERT, data={"thing1": "50 % off"})
    await send(
        keeper, shop, "alice", **ADVERT | {"template": "parcel-is-here"}, data={"thing1": "x"}
    )
    await send(keeper, shop, "alice", text="a text", channel="text")
    await keeper.settle()

    asked = {
        one["title"]: await keeper.call("GET", f"/v1/deliveries/{one['id']}/interception")
        for one in await deliveries(keeper)
    }

    found = asked["advert-of-a-sale"].result
    assert (found["intercepted"], found["title"], found["content"]) == (True, "Sale", "50 % off")
    shown = asked["parcel-is-here"].result
    assert (shown["intercepted"], shown["complete"]) == (False, True)
    assert asked["a text"].status == 409


async def test_without_an_answer_of_wechats_the_question_is_refused(
    keeper: Caller, weixin: WeChat, shop: dict[str, Any]
) -> None:
    await send(keeper, shop, "alice", **ADVERT, data={"thing1": "x"})
    await keeper.settle()
    (sent,) = await deliveries(keeper)
    weixin.sandbox.script("/wxa/sec/queryblocktmplmsg", errcode=48001, times=None)

    answer = await keeper.call("GET", f"/v1/deliveries/{sent['id']}/interception")

    assert answer.status == 503
    assert "48001" in answer.json["message"]
