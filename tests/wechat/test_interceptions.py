"""Messages that WeChat intercepted, in each form in which it may tell of them; and refused calls by their rid."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.wechat.hostile import HostileServer, answer
from tests.wechat.sending import APPID, Purse
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.interceptions import WeChatInterceptions
from wechat_scheduler.wechat.rids import WeChatRids

# The example of WeChat's documentation.
TOLD = {
    "id": 2,
    "tmpl_msg_id": "HFmHVgm58MAURBrS71k41100",
    "title": "测试标题",
    "content": "测试内容",
    "send_timestamp": 1788796187,
    "openid": "oxx6ZuPvZLe1VC",
}


@pytest.mark.parametrize(
    ("told", "ids"),
    [
        (TOLD, [2]),
        (TOLD | {"id": "2"}, [2]),
        ([TOLD, TOLD | {"id": 3}], [2, 3]),
        (TOLD | {"id": None, "title": 7, "send_timestamp": "x"}, [0]),
        ([], []),
        ({}, []),
        (None, []),
        (["x", 1], []),
    ],
)
async def test_intercepted_messages_are_read_in_each_form(
    server: HostileServer, client: WeChatClient, told: Any, ids: list[int]
) -> None:
    server.script(answer({"errcode": 0, "errmsg": "ok", "msginfo": told}))

    found = await WeChatInterceptions(client, Purse()).page(APPID, "t", after=0)

    assert [one.id for one in found] == ids


async def test_an_intercepted_message_says_whose_it_was_and_when(
    server: HostileServer, client: WeChatClient
) -> None:
    server.script(answer({"errcode": 0, "msginfo": TOLD}))

    (found,) = await WeChatInterceptions(client, Purse()).page(APPID, "t", after=0)

    assert (found.openid, found.title) == ("oxx6ZuPvZLe1VC", "测试标题")
    assert found.at == datetime.fromtimestamp(1788796187, UTC)


async def test_a_recorded_call_is_shown_without_its_secrets(
    server: HostileServer, client: WeChatClient
) -> None:
    record = {
        "invoke_time": 1635156704,
        "cost_in_ms": 30,
        "request_url": "access_token=SECRET-TOKEN&openid=x",
        "request_body": '{"appid":"wx1","secret":"SECRET-SECRET"}',
        "response_body": '{"errcode":40001,"errmsg":"invalid credential"}',
        "client_ip": "113.108.77.5",
    }
    server.script(answer({"errcode": 0, "errmsg": "ok", "request": record}))

    found = await WeChatRids(client, Purse()).call(APPID, "6176c5f1-1b2c3d4e-5a6b7c8d")

    assert "SECRET" not in f"{found.url} {found.request} {found.response}"
    assert (found.took, found.address) == (timedelta(milliseconds=30), "113.108.77.5")
    assert "openid=x" in found.url
    assert found.at == datetime.fromtimestamp(1635156704, UTC)


@pytest.mark.parametrize("record", [None, [], {"invoke_time": 10**30, "cost_in_ms": 10**30}])
async def test_a_record_of_another_form_is_empty(
    server: HostileServer, client: WeChatClient, record: Any
) -> None:
    server.script(answer({"errcode": 0, "errmsg": "ok", "request": record}))

    found = await WeChatRids(client, Purse()).call(APPID, "6176c5f1-1b2c3d4e-5a6b7c8d")

    assert (found.at, found.url, found.request) == (None, "", "")
