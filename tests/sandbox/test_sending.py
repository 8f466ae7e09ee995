"""Messages to users: shown, repeated and refused."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ServerDisconnectedError

from tests.sandbox.conftest import APPID, Start, WeChat

READER = "o-reader"
TEMPLATE = {
    "touser": READER,
    "template_id": "order-shipped",
    "url": "http://business/orders/1",
    "client_msg_id": "delivery-1",
    "data": {
        "first": {"value": "您好"},
        "keyword1": {"value": "咖啡豆" * 10, "color": "#173177"},
        "keyword2": {"value": 3},
        "remark": {"value": "thank you"},
    },
}
TEXT = {"touser": READER, "msgtype": "text", "text": {"content": "你好"}}
NOTICE = {"touser": READER, "template_id": "order-shipped", "data": {"thing1": {"value": "coffee"}}}
SEND = {
    "template": ("message/template/send", TEMPLATE),
    "text": ("message/custom/send", TEXT),
    "notice": ("message/subscribe/bizsend", NOTICE),
}


@pytest.fixture
async def wechat(start: Start) -> WeChat:
    """A sandbox with a follower."""
    return await start(users=((APPID, READER),), templates={"order-shipped": "订单发货通知"})


async def send(wechat: WeChat, what: str, **changes: Any) -> int:
    path, body = SEND[what]
    answer = await wechat.call(path, body | changes)
    return int(answer["errcode"])


async def test_a_template_message_is_shown_as_wechat_displays_it(wechat: WeChat) -> None:
    answer = await wechat.call("message/template/send", TEMPLATE)

    [shown] = wechat.sandbox.people.arrived(APPID, READER)
    assert (shown.kind, shown.title, shown.url) == ("template", "订单发货通知", TEMPLATE["url"])
    assert shown.fields == {"keyword1": ("咖啡豆" * 10)[:20], "keyword2": "3"}
    assert answer == {"errcode": 0, "errmsg": "ok", "msgid": shown.msgid}


async def test_the_same_template_message_is_shown_once_in_ten_minutes(wechat: WeChat) -> None:
    first = await wechat.call("message/template/send", TEMPLATE)
    wechat.advance(minutes=9, seconds=59)
    again = await wechat.call("message/template/send", TEMPLATE)
    wechat.advance(seconds=1)
    later = await wechat.call("message/template/send", TEMPLATE)

    shown = [it.client_msg_id for it in wechat.sandbox.people.received(APPID)]
    assert again == first
    assert later["msgid"] != first["msgid"]
    assert shown == ["delivery-1"] * 2


async def test_a_mini_program_wins_over_a_url(wechat: WeChat) -> None:
    await send(wechat, "template", miniprogram={"appid": "wx9", "pagepath": "pages/a"})

    [shown] = wechat.sandbox.people.arrived(APPID, READER)
    assert (shown.url, shown.miniprogram) == ("", "wx9/pages/a")


@pytest.mark.parametrize(
    ("what", "changes", "errcode"),
    [
        ("template", {"touser": "o-stranger"}, 40003),
        ("template", {"touser": ["o"]}, 40003),
        ("template", {"template_id": "unknown-template"}, 40037),
        ("template", {"template_id": "short"}, 40037),
        ("template", {"template_id": None}, 40037),
        ("template", {"url": "http://h/" + "x" * 3000}, 40039),
        ("template", {"data": {}}, 47003),
        ("template", {"data": {"keyword1": "bare"}}, 47003),
        ("template", {"data": {"keyword1": {"value": None}}}, 47003),
        ("template", {"miniprogram": "wx9"}, 47003),
        ("text", {"touser": "o-stranger"}, 40003),
        ("text", {"msgtype": "smoke"}, 40008),
        ("text", {"msgtype": "image"}, 44004),
        ("text", {"text": {"content": ""}}, 44004),
        ("text", {"msgtype": "news", "news": {"articles": []}}, 44003),
        ("text", {"msgtype": "news", "news": {"articles": [{}, {}]}}, 45008),
        ("text", {}, 45015),
        ("notice", {"touser": "o-stranger"}, 40003),
        ("notice", {"template_id": "unknown-template"}, 40037),
        ("notice", {"data": {"thing1": {"value": "x" * 21}}}, 47003),
        ("notice", {"data": {"thing1": {"value": ""}}}, 47003),
        ("template", {"data": {"time1": {"value": "tomorrow"}}}, 47003),
        ("notice", {}, 43101),
    ],
)
async def test_a_message_that_is_refused_is_not_shown(
    wechat: WeChat, what: str, changes: dict[str, Any], errcode: int
) -> None:
    assert await send(wechat, what, **changes) == errcode
    assert wechat.sandbox.people.received(APPID) == []


@pytest.mark.parametrize(
    ("what", "blocked", "gone"),
    [("template", 43101, 43004), ("text", 48002, 45015), ("notice", 43101, 43101)],
)
async def test_a_user_who_blocks_or_unfollowed_is_not_reached(
    wechat: WeChat, what: str, blocked: int, gone: int
) -> None:
    people = wechat.sandbox.people
    people.write(APPID, READER, "hello")
    people.accept(APPID, READER, "order-shipped", None)

    people.block(APPID, READER)
    while_blocked = await send(wechat, what)
    people.unblock(APPID, READER)
    afterwards = await send(wechat, what)
    people.unfollow(APPID, READER)

    assert [while_blocked, afterwards, await send(wechat, what)] == [blocked, 0, gone]


async def test_a_message_of_the_user_allows_five_answers_within_48_hours(wechat: WeChat) -> None:
    wechat.sandbox.people.write(APPID, READER, "hello")
    wechat.advance(hours=47)
    wechat.bearer = ""
    answers = [await send(wechat, "text") for _ in range(6)]
    wechat.sandbox.people.voice(APPID, READER, "and now")
    wechat.advance(hours=48)
    wechat.bearer = ""

    assert answers == [0, 0, 0, 0, 0, 45047]
    assert await send(wechat, "text") == 45015


@pytest.mark.parametrize("deed", ["scan", "click", "follow"])
async def test_a_user_who_followed_or_scanned_may_get_three_messages_within_a_minute(
    wechat: WeChat, deed: str
) -> None:
    people = wechat.sandbox.people
    match deed:
        case "scan":
            people.scan(APPID, READER, scene="shop")
        case "click":
            people.click(APPID, READER, "MENU")
        case "follow":
            people.unfollow(APPID, READER)
            people.follow(APPID, READER)

    answers = [await send(wechat, "text") for _ in range(4)]
    wechat.advance(minutes=1)

    assert [*answers, await send(wechat, "text")] == [0, 0, 0, 45047, 45015]


async def test_each_consent_allows_one_notice(wechat: WeChat) -> None:
    wechat.sandbox.people.accept(APPID, READER, "order-shipped", 2)

    assert [await send(wechat, "notice") for _ in range(3)] == [0, 0, 43101]


async def test_users_of_a_sandbox_can_accept_all_notices(start: Start) -> None:
    wechat = await start(users=((APPID, READER),), accept_all=True)
    accepted = await send(wechat, "notice")
    wechat.sandbox.people.accept(APPID, READER, "order-shipped", 0)

    assert [accepted, await send(wechat, "notice")] == [0, 43101]


async def test_a_phone_keeps_the_newest_messages_and_the_sandbox_the_ids_of_all(
    start: Start,
) -> None:
    wechat = await start(users=((APPID, READER),), history=2)
    for number in range(5):
        await send(wechat, "template", client_msg_id=f"delivery-{number}")

    people = wechat.sandbox.people
    assert [it.client_msg_id for it in people.arrived(APPID, READER)] == [
        "delivery-3",
        "delivery-4",
    ]
    assert people.phone(APPID, READER).count == 5
    assert len({it.client_msg_id for it in people.received(APPID)}) == 5


async def test_the_windows_for_messages_shrink_with_the_lifetime_of_tokens(start: Start) -> None:
    wechat = await start(users=((APPID, READER),), token_lifetime=timedelta(seconds=72))
    await send(wechat, "template")
    wechat.advance(seconds=6)
    await send(wechat, "template")

    assert len(wechat.sandbox.people.received(APPID)) == 2


async def test_a_lost_answer_leaves_one_message_on_the_phone(wechat: WeChat) -> None:
    wechat.sandbox.script("/cgi-bin/message/template/send", lose=True)
    with pytest.raises(ServerDisconnectedError):
        await send(wechat, "template")

    again = await wechat.call("message/template/send", TEMPLATE)

    _, answer = await wechat.control("GET", f"received/{APPID}")
    arrival = {"openid": READER, "kind": "template", "client_msg_id": "delivery-1"}
    assert answer["received"] == [arrival | {"msgid": again["msgid"]}]
